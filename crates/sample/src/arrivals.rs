//! What the hospital's patient administration system says when somebody comes and goes: HL7 v2.5.1 ADT messages.

use jiff::Timestamp;
use kinfold_domain::{Address, Sex};

use crate::RecordCopy;

/// A visit of one of the hospital's patients to its emergency department.
#[derive(Clone, Debug)]
pub struct VisitMessage<'a> {
    /// Who.
    pub patient: &'a RecordCopy,
    /// The hospital's number of the visit.
    pub visit: String,
    /// When the visit began.
    pub arrived: Timestamp,
    /// The patient is expecting a child.
    pub pregnant: bool,
}

impl VisitMessage<'_> {
    /// `ADT^A04`: registered in the department.
    pub fn arrival(&self, control_id: &str, now: Timestamp) -> String {
        self.message("A04", control_id, now)
    }

    /// `ADT^A03`: the visit ended.
    pub fn departure(&self, control_id: &str, now: Timestamp) -> String {
        self.message("A03", control_id, now)
    }

    /// `ADT^A08`: something about the patient or the visit is other than was said.
    pub fn update(&self, control_id: &str, now: Timestamp) -> String {
        self.message("A08", control_id, now)
    }

    /// `ADT^A31`: something about the person, whether or not they are here.
    pub fn person(&self, control_id: &str, now: Timestamp) -> String {
        self.message("A31", control_id, now)
    }

    fn message(&self, event: &str, control_id: &str, now: Timestamp) -> String {
        let (sent, arrived) = (moment(now), moment(self.arrived));
        let structure = match event {
            "A03" => "ADT_A03",
            "A31" => "ADT_A05",
            _ => "ADT_A01",
        };
        let left = if event == "A03" { sent.as_str() } else { "" };
        let segments = [
            format!(
                "MSH|^~\\&|ASHMOOR-PAS|ASHMOOR-GENERAL|KINFOLD|ASHMOOR-GENERAL|{sent}||ADT^{event}^{structure}|{control_id}|P|2.5.1||||||UNICODE UTF-8"
            ),
            format!("EVN||{sent}"),
            self.pid(),
            if event == "A31" { "PV1|1|N".to_owned() } else { self.pv1(&arrived, left) },
        ];
        segments.map(|segment| segment + "\r").concat()
    }

    /// PV1-3 place, PV1-15 whether pregnant, PV1-19 the visit's number, PV1-44 and -45 its beginning and end.
    fn pv1(&self, arrived: &str, left: &str) -> String {
        format!(
            "PV1|1|E|Emergency department||||||||||||{}||||{}|||||||||||||||||||||||||{arrived}|{left}",
            if self.pregnant { "B6" } else { "" },
            escaped(&self.visit)
        )
    }

    fn pid(&self) -> String {
        let known = self.patient;
        let number = format!("H{:06}^^^ASHMOOR-GENERAL^MR", known.number);
        let nhs = known.nhs_number.as_ref().map(|n| format!("~{}^^^NHS^NH", n.expose()));
        let born = known.born.map(|born| born.expose().strftime("%Y%m%d").to_string());
        let (family, given) = (escaped(known.name.family()), escaped(known.name.given()));
        format!(
            "PID|1||{number}{}||{family}^{given}^^^^^L||{}|{}|||{}",
            nhs.unwrap_or_default(),
            born.unwrap_or_default(),
            sex(known.sex),
            known.address.as_ref().map(address).unwrap_or_default(),
        )
    }
}

const fn sex(sex: Sex) -> &'static str {
    match sex {
        Sex::Female => "F",
        Sex::Male => "M",
        Sex::Other => "O",
        Sex::Unknown => "U",
    }
}

fn address(address: &Address) -> String {
    let line = address.lines.first().map(|line| escaped(line.expose())).unwrap_or_default();
    let postcode = address.postcode.as_ref().map(|code| code.expose().to_owned());
    format!("{line}^^^^{}^GBR^H", postcode.unwrap_or_default())
}

fn moment(at: Timestamp) -> String {
    at.strftime("%Y%m%d%H%M%S+0000").to_string()
}

/// HL7 v2.5.1 section 2.7: what separates is written otherwise within a value.
fn escaped(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '|' => written.push_str("\\F\\"),
            '^' => written.push_str("\\S\\"),
            '~' => written.push_str("\\R\\"),
            '&' => written.push_str("\\T\\"),
            '\\' => written.push_str("\\E\\"),
            other => written.push(other),
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::{District, Seed, Size};

    #[test]
    fn a_visit_is_told_in_the_fields_where_hospitals_look_for_it() {
        let district =
            District::generate(Seed(7), Size { people_per_agency: 200 }, date(2026, 11, 1));
        let visit = VisitMessage {
            patient: &district.patients[0],
            visit: "V1".to_owned(),
            arrived: "2026-11-01T02:03:04Z".parse().unwrap(),
            pregnant: true,
        };
        let message = visit.departure("C1", "2026-11-01T03:00:00Z".parse().unwrap());
        let segments: Vec<Vec<&str>> =
            message.trim_end().split('\r').map(|segment| segment.split('|').collect()).collect();
        assert_eq!(segments[0][8], "ADT^A03^ADT_A03");
        assert_eq!(segments[0][9], "C1");
        let pv1 = &segments[3];
        assert_eq!((pv1[2], pv1[3]), ("E", "Emergency department"));
        assert_eq!((pv1[15], pv1[19]), ("B6", "V1"));
        assert_eq!((pv1[44], pv1[45]), ("20261101020304+0000", "20261101030000+0000"));
    }
}
