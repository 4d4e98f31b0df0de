//! `RelatedPerson` (hl7.org/fhir/R4/relatedperson.html) and Patient.contact: household and family.

use kinfold_domain::{BirthDate, HouseholdMember, Personal};
use serde::Deserialize;

use super::datatypes::{CodeableConcept, HumanName, Period, code, date};
use super::element::{Element, Elements, Text};
use super::neighbours::whole_name;
use super::patient::sex;
use super::{PartialDate, Problems, Reading, Resource};

#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Relative {
    active: Element<bool>,
    relationship: Elements<CodeableConcept>,
    name: Elements<HumanName>,
    gender: Element<Text>,
    birth_date: Element<Text>,
    period: Element<Period>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WithContacts {
    contact: Elements<Contact>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Contact {
    relationship: Elements<CodeableConcept>,
    name: Element<HumanName>,
    gender: Element<Text>,
    period: Element<Period>,
}

/// Reads a `RelatedPerson`. `None` when the relationship is over or it can't be loaded; `problems` then says why.
pub fn related_person(
    resource: &Resource,
    reading: &Reading,
    problems: &mut Problems,
) -> Option<HouseholdMember> {
    let raw: Relative = resource.read_or_refuse(problems)?;
    let over = raw.period.get().is_some_and(|p| p.is_over(reading.today, &reading.zone));
    if raw.active.get() == Some(&false) || over {
        return None;
    }
    let mut names: Vec<&HumanName> = raw.name.get().iter().collect();
    names.sort_by_key(|name| matches!(code(&name.r#use), "old" | "maiden" | "nickname"));
    let Some(name) = names.into_iter().find_map(whole_name) else {
        problems.refuse("RelatedPerson.name", "is missing");
        return None;
    };
    let birth_date = match (date(&raw.birth_date), &raw.birth_date) {
        (Some(PartialDate::Day(day)), _) => BirthDate::try_from(day).ok(),
        (Some(_), _) | (None, Element::Absent) => None,
        (None, _) => {
            problems.note("RelatedPerson.birthDate", "it is no date, written YYYY-MM-DD");
            None
        }
    };
    let sex = sex(&raw.gender, "RelatedPerson.gender", problems);
    Some(HouseholdMember { birth_date, sex, ..member(name, raw.relationship.get(), reading) })
}

/// The people whom a Patient resource names itself.
pub fn patient_contacts(
    resource: &Resource,
    reading: &Reading,
    problems: &mut Problems,
) -> Vec<HouseholdMember> {
    let raw: WithContacts = resource.read().unwrap_or_default();
    let mut members = Vec::new();
    for contact in raw.contact.noted("Patient.contact", problems) {
        let over = contact.period.get().is_some_and(|p| p.is_over(reading.today, &reading.zone));
        let name = contact.name.get().filter(|_| !over).and_then(whole_name);
        let Some(name) = name else { continue };
        let sex = sex(&contact.gender, "Patient.contact.gender", problems);
        members.push(HouseholdMember { sex, ..member(name, contact.relationship.get(), reading) });
    }
    members
}

fn member(name: String, relationships: &[CodeableConcept], reading: &Reading) -> HouseholdMember {
    HouseholdMember {
        name: Personal::new(name),
        relationship: relationships
            .iter()
            .find_map(relationship_words)
            .unwrap_or_else(|| "Not recorded".to_owned()),
        birth_date: None,
        sex: kinfold_domain::Sex::Unknown,
        parental_responsibility: relationships.iter().any(|r| reading.is_parental(r)),
        has_plan: false,
    }
}

/// v3-RoleCode's commonest codes, where the server gives the code alone.
fn relationship_words(relationship: &CodeableConcept) -> Option<String> {
    let words = relationship.words()?;
    Some(match words.as_str() {
        "MTH" | "NMTH" => "Mother".to_owned(),
        "FTH" | "NFTH" => "Father".to_owned(),
        "PRN" => "Parent".to_owned(),
        "SIB" => "Sibling".to_owned(),
        "BRO" => "Brother".to_owned(),
        "SIS" => "Sister".to_owned(),
        "GRPRN" => "Grandparent".to_owned(),
        "GRMTH" => "Grandmother".to_owned(),
        "GRFTH" => "Grandfather".to_owned(),
        "STPPRN" => "Step-parent".to_owned(),
        "STPMTH" => "Stepmother".to_owned(),
        "STPFTH" => "Stepfather".to_owned(),
        "GUARD" => "Guardian".to_owned(),
        "C" => "Emergency contact".to_owned(),
        "N" => "Next of kin".to_owned(),
        _ => words,
    })
}
