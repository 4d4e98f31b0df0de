//! Patient (hl7.org/fhir/R4/patient.html; UK Core Patient): identity.

use jiff::Timestamp;
use kinfold_domain::{
    BirthDate, Demographics, NhsNumber, PersonName, Personal, Postcode, Professional, Sex,
};
use serde::Deserialize;

use super::datatypes::{Address, HumanName, Identifier, Meta, Reference, code, date, said};
use super::element::{Element, Elements, Text};
use super::{Neighbours, PartialDate, Problems, Reading, Resource};

/// What a Patient resource says of somebody.
#[derive(Clone, Debug, PartialEq)]
pub enum PatientState {
    /// They are known.
    Known(Box<Known>),
    /// The record is no longer in use: inactive, or replaced by another.
    Gone,
}

/// A patient who is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    /// Who they are.
    pub demographics: Demographics,
    /// Their whereabouts must not be shown.
    pub sealed: bool,
    /// When the server last changed the record.
    pub updated: Option<Timestamp>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Raw {
    meta: Element<Meta>,
    active: Element<bool>,
    pub(super) identifier: Elements<Identifier>,
    pub(super) name: Elements<HumanName>,
    pub(super) gender: Element<Text>,
    pub(super) birth_date: Element<Text>,
    address: Elements<Address>,
    link: Elements<Link>,
    general_practitioner: Elements<Reference>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Link {
    #[serde(rename = "type")]
    kind: Element<Text>,
}

/// Reads a Patient. `None` when it can't be loaded; `problems` then says why.
pub fn patient(
    resource: &Resource,
    reading: &Reading,
    problems: &mut Problems,
) -> Option<PatientState> {
    let Some(raw) = resource.read::<Raw>() else {
        problems.refuse("Patient", "is not an object");
        return None;
    };
    let replaced = raw.link.get().iter().any(|link| code(&link.kind) == "replaced-by");
    // `active` and `link` change the meaning of all the rest: unread, they must not be skipped.
    if matches!(raw.active, Element::Bad) {
        problems.refuse("Patient.active", "is neither true nor false");
        return None;
    }
    if raw.active.get() == Some(&false) || replaced {
        return Some(PatientState::Gone);
    }
    let meta = raw.meta.noted("Patient.meta", problems);
    Some(PatientState::Known(Box::new(Known {
        sealed: Reading::is_restricted(meta) || matches!(raw.meta, Element::Bad),
        updated: meta.and_then(|meta| date(&meta.last_updated)?.moment(&reading.zone)),
        demographics: demographics(&raw, reading, problems)?,
    })))
}

/// The patient's GP and other registered practices, where the answer names them.
pub fn general_practitioners(resource: &Resource, known: &Neighbours<'_>) -> Vec<Professional> {
    let raw: Raw = resource.read().unwrap_or_default();
    let parties = raw.general_practitioner.get().iter().map(|to| known.party(resource, to));
    parties.filter_map(|party| party.professional(Some("GP".to_owned()))).collect()
}

fn demographics(raw: &Raw, reading: &Reading, problems: &mut Problems) -> Option<Demographics> {
    let (name, other_names) = names(raw, reading, problems)?;
    let (address, former_postcodes) = addresses(raw, reading, problems);
    Some(Demographics {
        nhs_number: nhs_number(raw, reading, problems),
        name,
        other_names,
        birth_date: birth_date(raw, problems),
        sex: sex(&raw.gender, "Patient.gender", problems),
        address,
        former_postcodes,
    })
}

/// Reads `administrative-gender`.
pub(crate) fn sex(gender: &Element<Text>, element: &str, problems: &mut Problems) -> Sex {
    match gender.noted(element, problems).map_or("unknown", Text::as_str) {
        "female" => Sex::Female,
        "male" => Sex::Male,
        "other" => Sex::Other,
        "unknown" => Sex::Unknown,
        _ => {
            problems.note(element, "it is none of female, male, other, unknown");
            Sex::Unknown
        }
    }
}

pub(super) fn nhs_number(
    raw: &Raw,
    reading: &Reading,
    problems: &mut Problems,
) -> Option<NhsNumber> {
    raw.identifier.noted("Patient.identifier", problems);
    let first = nhs_numbers(raw, reading).next()?;
    match first.parse() {
        Ok(number) => Some(number),
        Err(error) => {
            let error: kinfold_domain::NhsNumberError = error;
            problems.note("the NHS number in Patient.identifier", &error.to_string());
            None
        }
    }
}

/// The NHS numbers in use, as written.
pub(super) fn nhs_numbers(raw: &Raw, reading: &Reading) -> impl Iterator<Item = String> {
    let in_use = raw.identifier.get().iter().filter(|identifier| {
        let system = identifier.system.get().map_or("", Text::as_str);
        let over = identifier.period.get().is_some_and(|p| p.is_over(reading.today, &reading.zone));
        reading.nhs_number_systems.contains(system) && code(&identifier.r#use) != "old" && !over
    });
    in_use.filter_map(|identifier| said(&identifier.value))
}

pub(super) fn birth_date(raw: &Raw, problems: &mut Problems) -> Option<BirthDate> {
    const ELEMENT: &str = "Patient.birthDate";
    let text = raw.birth_date.noted(ELEMENT, problems)?;
    let read = match PartialDate::parse(text.as_str()) {
        // A year or a month is a legal birth date that compares with nothing.
        Some(PartialDate::Year(_) | PartialDate::Month(..)) => return None,
        Some(PartialDate::Day(day)) => BirthDate::try_from(day).ok(),
        _ => None,
    };
    if read.is_none() {
        problems.note(ELEMENT, "there is no such date, written YYYY-MM-DD, from 1890 on");
    }
    read
}

pub(super) fn names(
    raw: &Raw,
    reading: &Reading,
    problems: &mut Problems,
) -> Option<(PersonName, Vec<PersonName>)> {
    let mut read: Vec<(u8, PersonName)> = Vec::new();
    for name in raw.name.noted("Patient.name", problems) {
        let over = name.period.get().is_some_and(|p| p.is_over(reading.today, &reading.zone));
        let rank = match code(&name.r#use) {
            _ if over => 5,
            "official" => 0,
            "usual" => 1,
            "" => 2,
            "temp" => 3,
            _ => 4,
        };
        match person_name(name) {
            Ok(name) => read.push((rank, name)),
            Err(error) => problems.note("a Patient.name", &error.to_string()),
        }
    }
    read.sort_by_key(|(rank, _)| *rank);
    let mut names = read.into_iter().map(|(_, name)| name);
    let Some(first) = names.next() else {
        problems.refuse("Patient.name", "is missing, and nobody can be found without a name");
        return None;
    };
    let mut others: Vec<PersonName> = Vec::new();
    for name in names {
        if name != first && !others.contains(&name) {
            others.push(name);
        }
    }
    Some((first, others))
}

fn person_name(name: &HumanName) -> Result<PersonName, kinfold_domain::NameError> {
    let family = said(&name.family).unwrap_or_default();
    let given: Vec<String> = name.given.get().iter().map(Text::tidy).collect();
    if !family.is_empty() || !given.is_empty() {
        return PersonName::new(&family, &given.join(" "));
    }
    let whole = said(&name.text).unwrap_or_default();
    match whole.split_once(',').or_else(|| whole.rsplit_once(' ').map(|(g, f)| (f, g))) {
        Some((family, given)) => PersonName::new(family, given),
        None => PersonName::new(&whole, ""),
    }
}

pub(super) type Addresses = (Option<kinfold_domain::Address>, Vec<Postcode>);

pub(super) fn addresses(raw: &Raw, reading: &Reading, problems: &mut Problems) -> Addresses {
    let mut present: Vec<(u8, kinfold_domain::Address)> = Vec::new();
    let mut former = Vec::new();
    for raw in raw.address.noted("Patient.address", problems) {
        let over = raw.period.get().is_some_and(|p| p.is_over(reading.today, &reading.zone));
        let rank = match (code(&raw.r#use), code(&raw.kind)) {
            ("old", _) => 9,
            _ if over => 9,
            ("home", "postal") => 2,
            ("home", _) => 0,
            (_, "postal") | ("billing" | "work", _) => 4,
            ("temp", _) => 3,
            _ => 1,
        };
        let read = address(raw, problems);
        if rank == 9 {
            former.extend(read.postcode);
        } else {
            present.push((rank, read));
        }
    }
    present.sort_by_key(|(rank, _)| *rank);
    (present.into_iter().next().map(|(_, address)| address), former)
}

fn address(raw: &Address, problems: &mut Problems) -> kinfold_domain::Address {
    let mut lines: Vec<String> = raw.line.get().iter().map(Text::tidy).collect();
    lines.extend([&raw.city, &raw.district].into_iter().filter_map(said));
    if lines.is_empty() {
        lines.extend(said(&raw.text));
    }
    lines.retain(|line| !line.is_empty());
    let postcode = said(&raw.postal_code).and_then(|text| match text.parse::<Postcode>() {
        Ok(postcode) => Some(postcode),
        Err(error) => {
            problems.note("Patient.address.postalCode", &error.to_string());
            None
        }
    });
    kinfold_domain::Address { lines: lines.into_iter().map(Personal::new).collect(), postcode }
}
