//! MSH: from whom a message comes, what it is, and how it is written.

use hl7_parser::message::Separators;
use hl7_parser::parser::parse_msh;
use kinfold_domain::MovementEvent;
use serde::Deserialize;

use super::{Refusal, delimiters};

/// The longest MSH-10 (HL7 2.7 allows the most, 199).
const LONGEST_CONTROL_ID: usize = 199;

/// The versions that are read.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Version {
    /// 2.3
    V2_3,
    /// 2.3.1
    V2_3_1,
    /// 2.4
    V2_4,
    /// 2.5
    V2_5,
    /// 2.5.1
    V2_5_1,
}

/// What a message is for (MSH-11, HL7 table 0103).
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
pub enum Processing {
    /// `P`
    #[serde(rename = "P")]
    Production,
    /// `T`
    #[serde(rename = "T")]
    Training,
    /// `D`
    #[serde(rename = "D")]
    Debugging,
}

/// MSH, its values as they stand, escapes and all: what an acknowledgement repeats. Empty where there is no MSH.
#[derive(Clone)]
pub struct Header {
    fields: Vec<String>,
    pub(super) separators: Separators,
    readable: bool,
}

impl Header {
    /// Reads the first line of a message.
    pub(super) fn read(line: &str) -> Self {
        let declared = delimiters::declared(line);
        let parsed = declared.and_then(|_| parse_msh(line).ok());
        Self {
            readable: parsed.is_some(),
            separators: declared.unwrap_or_default(),
            fields: parsed.map_or_else(Vec::new, |(_, msh)| {
                msh.fields.iter().map(|field| echo(field.raw_value())).collect()
            }),
        }
    }

    /// A field as it stands.
    pub(super) fn field(&self, number: usize) -> &str {
        self.fields.get(number.wrapping_sub(1)).map_or("", String::as_str)
    }

    /// A component of a field's first repetition.
    pub(super) fn part(&self, number: usize, component: usize) -> &str {
        let first = self.field(number).split(self.separators.repetition).next().unwrap_or("");
        first.split(self.separators.component).nth(component - 1).unwrap_or("").trim()
    }

    /// Whether there is an MSH at all; otherwise everything else here is empty.
    pub const fn is_readable(&self) -> bool {
        self.readable
    }

    /// The sending application (MSH-3, first component).
    pub fn sending_application(&self) -> &str {
        self.part(3, 1)
    }

    /// The sending facility (MSH-4, first component).
    pub fn sending_facility(&self) -> &str {
        self.part(4, 1)
    }

    /// The sender's identifier of the message (MSH-10).
    pub fn control_id(&self) -> &str {
        self.field(10).trim()
    }

    /// The event's code (MSH-9, second component): `A04`.
    pub fn event_code(&self) -> &str {
        self.part(9, 2)
    }

    /// The version, where it is one that is read (MSH-12).
    pub fn version(&self) -> Option<Version> {
        Some(match self.part(12, 1) {
            "2.3" => Version::V2_3,
            "2.3.1" => Version::V2_3_1,
            "2.4" => Version::V2_4,
            "2.5" => Version::V2_5,
            "2.5.1" => Version::V2_5_1,
            _ => return None,
        })
    }

    /// What the message is for, where it says so (MSH-11).
    pub fn processing(&self) -> Option<Processing> {
        Some(match self.part(11, 1) {
            "P" => Processing::Production,
            "T" => Processing::Training,
            "D" => Processing::Debugging,
            _ => return None,
        })
    }

    /// What the message tells, if it is one that is taken from a sender of this kind of `processing`.
    pub fn event(&self, processing: &[Processing]) -> Result<MovementEvent, Refusal> {
        if !self.readable {
            return Err(Refusal::NotHl7);
        }
        let id = self.control_id();
        if id.is_empty() || id.chars().count() > LONGEST_CONTROL_ID || id.contains(UNPRINTABLE) {
            return Err(Refusal::ControlId);
        }
        if self.part(9, 1) != "ADT" {
            return Err(Refusal::MessageType);
        }
        let event = movement_event(self.event_code()).ok_or(Refusal::Event)?;
        self.version().ok_or(Refusal::Version)?;
        match self.processing() {
            Some(said) if processing.contains(&said) => Ok(event),
            _ => Err(Refusal::Processing),
        }
    }
}

/// Stands for what must not be repeated to anybody: control characters would end a segment or a frame.
const UNPRINTABLE: char = '\u{fffd}';

fn echo(raw: &str) -> String {
    raw.chars().map(|c| if c.is_control() { UNPRINTABLE } else { c }).collect()
}

const fn movement_event(code: &str) -> Option<MovementEvent> {
    Some(match code.as_bytes() {
        b"A01" => MovementEvent::Admitted,
        b"A03" => MovementEvent::Discharged,
        b"A04" => MovementEvent::Registered,
        b"A08" => MovementEvent::Updated,
        b"A11" => MovementEvent::ArrivalCancelled,
        b"A13" => MovementEvent::DischargeCancelled,
        b"A28" => MovementEvent::PersonAdded,
        b"A31" => MovementEvent::PersonUpdated,
        b"A40" => MovementEvent::Merged,
        _ => return None,
    })
}
