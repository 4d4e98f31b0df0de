//! What a sender is answered (HL7 2.5.1 sections 2.9 and 2.14: ACK, MSA, ERR), in the original mode.

use jiff::Timestamp;

use super::fault::Coded;
use super::{Fault, Message, Refusal, Version};

/// What came of a message.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// `AA`: it is kept, now or from before.
    Accepted,
    /// `AE`: it is kept, and somebody has to look at it.
    Broken(Fault),
    /// `AR`: nothing of it is kept.
    Refused(Refusal),
}

/// When an acknowledgement is given, and under which identifier.
#[derive(Clone, Copy, Debug)]
pub struct Stamp<'a> {
    /// When.
    pub at: Timestamp,
    /// MSH-10 of the acknowledgement: letters and digits, at most 20.
    pub control_id: &'a str,
}

impl Outcome {
    const fn code(self) -> &'static str {
        match self {
            Self::Accepted => "AA",
            Self::Broken(_) => "AE",
            Self::Refused(_) => "AR",
        }
    }

    fn problem(self) -> Option<(Coded, String)> {
        match self {
            Self::Accepted => None,
            Self::Broken(fault) => Some((fault.coded(), fault.to_string())),
            Self::Refused(refusal) => Some((refusal.coded(), refusal.to_string())),
        }
    }
}

impl Message {
    /// The acknowledgement's bytes: in the message's own separators, character set and version. It repeats of the message MSH-1 to
    /// MSH-6, 10, 11, 12, 18 and the event, and nothing else.
    pub fn acknowledge(&self, outcome: Outcome, stamp: &Stamp<'_>) -> Vec<u8> {
        let version = self.header().version().unwrap_or(Version::V2_5_1);
        let mut segments = vec![self.msh(version, stamp)];
        segments.extend(self.verdict(version, outcome));
        self.charset().encode(&(segments.join("\r") + "\r"))
    }

    fn msh(&self, version: Version, stamp: &Stamp<'_>) -> String {
        let (header, separators) = (self.header(), self.header().separators);
        let c = separators.component;
        let event = header.event_code();
        let kind = match version {
            _ if !is_event(event) => "ACK".to_owned(),
            Version::V2_3 => format!("ACK{c}{event}"),
            _ => format!("ACK{c}{event}{c}ACK"),
        };
        let at = stamp.at.strftime("%Y%m%d%H%M%S+0000").to_string();
        let encoding: String =
            [c, separators.repetition, separators.escape, separators.subcomponent].iter().collect();
        let processing = Some(header.field(11)).filter(|said| !said.is_empty()).unwrap_or("P");
        let version = if header.version().is_some() { header.field(12) } else { "2.5.1" };
        let mut fields = vec!["MSH", &encoding];
        fields.extend([5, 6, 3, 4].map(|number| header.field(number)));
        fields.extend([&at, "", &kind, stamp.control_id, processing, version]);
        if !header.field(18).is_empty() {
            fields.extend(["", "", "", "", "", header.field(18)]);
        }
        fields.join(&separators.field.to_string())
    }

    /// MSA, and ERR where something is wrong. Before 2.5 the sentence stands in MSA-3, from then on in ERR-8.
    fn verdict(&self, version: Version, outcome: Outcome) -> Vec<String> {
        let separators = self.header().separators;
        let (f, c, s) = (separators.field, separators.component, separators.subcomponent);
        let msa = format!("MSA{f}{}{f}{}", outcome.code(), self.header().field(10));
        let Some((((code, meaning), (segment, field)), sentence)) = outcome.problem() else {
            return vec![msa];
        };
        let sentence = separators.encode(&sentence).to_string();
        let place = match field {
            0 => format!("{segment}{c}1"),
            _ => format!("{segment}{c}1{c}{field}"),
        };
        if version >= Version::V2_5 {
            let coded = format!("{code}{c}{meaning}{c}HL70357");
            return vec![msa, format!("ERR{f}{f}{place}{f}{coded}{f}E{f}{f}{f}{f}{sentence}")];
        }
        let coded = format!("{code}{c}{meaning}{c}HL70357");
        let field = if field == 0 { String::new() } else { field.to_string() };
        let within = format!("{code}{s}{meaning}{s}HL70357");
        vec![
            format!("{msa}{f}{sentence}{f}{f}{f}{coded}"),
            format!("ERR{f}{segment}{c}1{c}{field}{c}{within}"),
        ]
    }
}

fn is_event(code: &str) -> bool {
    code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_alphanumeric())
}
