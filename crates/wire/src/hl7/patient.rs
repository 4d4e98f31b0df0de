//! PID: who it is.

use jiff::civil::Date;
use kinfold_domain::{BirthDate, MovingPatient, PersonName, Postcode, Sex, Subject};

use super::identifiers::Numbers;
use super::segment::{Repeat, Segment};
use super::times::{Day, day};
use super::{Fault, Omission, Version};

/// Nobody has lived longer, in years (the record is 122).
const OLDEST: i16 = 125;

/// Reads PID as of `today`; what can't be read is left out and told in `omitted`.
pub(super) fn patient(
    pid: &Segment<'_>,
    version: Version,
    today: Date,
    omitted: &mut Vec<Omission>,
) -> Result<MovingPatient, Fault> {
    let mut numbers = Numbers::read(pid.repeats(3), today);
    if !numbers.has_own() {
        // Before 2.4 many systems sent their own number as the "external" one.
        let external = Numbers::read(pid.repeats(2), today);
        let refused = numbers.refused || external.refused;
        let nhs = numbers.nhs.or(external.nhs);
        if external.has_own() || numbers.own().is_none() {
            numbers = external;
        }
        (numbers.nhs, numbers.refused) = (nhs, refused);
    }
    let number = numbers.own().ok_or(Fault::NoPatientNumber)?;
    if numbers.nhs.is_none() && numbers.refused {
        omitted.push(Omission::NhsNumber);
    }
    Ok(MovingPatient {
        number: number.into(),
        subject: Subject {
            nhs_number: numbers.nhs,
            name: name(pid, version, omitted),
            birth_date: birth_date(pid, today, omitted),
            postcode: postcode(pid, omitted),
            sex: pid.first(8).map_or(Sex::Unknown, |code| sex(&code)),
        },
    })
}

/// The legal name, otherwise one without a type, otherwise the first (XPN, HL7 table 0200).
fn name(pid: &Segment<'_>, version: Version, omitted: &mut Vec<Omission>) -> Option<PersonName> {
    let mut names: Vec<Repeat<'_>> = pid.repeats(5).filter(says_a_name).collect();
    names.sort_by_key(|name| match name.part(7).as_deref() {
        Some("L") => 0,
        None => 1,
        Some("D") => 2,
        _ => 3,
    });
    let found = names.iter().find_map(|name| person_name(name, version));
    if found.is_none() && !names.is_empty() {
        omitted.push(Omission::Name);
    }
    found
}

fn says_a_name(name: &Repeat<'_>) -> bool {
    (1..=3).any(|component| name.part(component).is_some())
}

fn person_name(name: &Repeat<'_>, version: Version) -> Option<PersonName> {
    let surname = name.part(1).unwrap_or_default();
    // 2.3.1 has the prefix apart from the surname; from 2.4 on the surname has it already.
    let prefix = name.subpart(1, 2).filter(|_| version < Version::V2_4);
    let family = prefix.map_or_else(|| surname.clone(), |prefix| format!("{prefix} {surname}"));
    let given: Vec<String> = [name.part(2), name.part(3)].into_iter().flatten().collect();
    PersonName::new(&family, &given.join(" ")).ok()
}

/// A year or a month alone is legal and compares with nothing.
fn birth_date(pid: &Segment<'_>, today: Date, omitted: &mut Vec<Omission>) -> Option<BirthDate> {
    let text = pid.first(7)?;
    let read = match day(&text) {
        Day::Partial => return None,
        Day::Known(date) => BirthDate::try_from(date).ok(),
        // Some systems write it as people do.
        Day::Unreadable => text.parse().ok(),
    };
    let read = read.filter(|born| born.expose() <= today && born.age_on(today) <= OLDEST);
    if read.is_none() {
        omitted.push(Omission::BirthDate);
    }
    read
}

/// HL7 table 0001, and the NHS data dictionary's codes, which some systems send instead.
fn sex(code: &str) -> Sex {
    match code.to_ascii_uppercase().as_str() {
        "F" | "2" => Sex::Female,
        "M" | "1" => Sex::Male,
        "O" | "A" => Sex::Other,
        _ => Sex::Unknown,
    }
}

/// The home's postcode, otherwise that of an address without a type, otherwise the first (XAD, HL7 table 0190).
fn postcode(pid: &Segment<'_>, omitted: &mut Vec<Omission>) -> Option<Postcode> {
    let mut addresses: Vec<(u8, String)> = pid
        .repeats(11)
        .filter_map(|address| Some((usual(address.part(7).as_deref())?, address.part(5)?)))
        .collect();
    addresses.sort_by_key(|(rank, _)| *rank);
    let found = addresses.iter().find_map(|(_, text)| text.parse().ok());
    if found.is_none() && !addresses.is_empty() {
        omitted.push(Omission::Postcode);
    }
    found
}

fn usual(kind: Option<&str>) -> Option<u8> {
    match kind {
        Some("H") => Some(0),
        None => Some(1),
        Some("P" | "C" | "L") => Some(2),
        // Known to be wrong; where somebody was born or works.
        Some("BA" | "N" | "BDL" | "BR" | "B" | "O") => None,
        Some(_) => Some(3),
    }
}
