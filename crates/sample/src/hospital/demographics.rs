//! Patients and their relatives as FHIR resources, after UK Core.

use kinfold_domain::{Address, PersonName, Personal, Sex};
use serde_json::{Value, json};

use super::{HOSPITAL_NUMBER, NHS_NUMBER};
use crate::{
    District, NameKind, Part, RecordCopy, Resident,
    chance::Chance,
    resident::ResidentId,
    telephones::{landline, mobile},
};

const PROFILE: &str = "https://fhir.hl7.org.uk/StructureDefinition/UKCore-Patient";
const VERIFICATION: &str =
    "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus";
const VERIFICATION_CODES: &str =
    "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland";
const CONFIDENTIALITY: &str = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";
const RELATION: &str = "http://terminology.hl7.org/CodeSystem/v3-RoleCode";
const PRACTICES: [&str; 4] =
    ["Millrace Surgery", "Viaduct Medical Centre", "Heron Lane Practice", "Wexley Health Centre"];

/// `pat-000123`.
pub(super) fn patient_id(number: usize) -> String {
    format!("pat-{number:06}")
}

/// `AGH0000123`.
pub(super) fn hospital_number(number: usize) -> String {
    format!("AGH{number:07}")
}

pub(super) fn patient(district: &District, copy: &RecordCopy, chance: &mut Chance) -> Value {
    let mut identifiers = vec![json!({
        "use": "usual", "system": HOSPITAL_NUMBER, "value": hospital_number(copy.number),
    })];
    identifiers.extend(copy.nhs_number.as_ref().map(|n| number(n.expose(), copy.nhs_verified)));
    let mut body = json!({
        "resourceType": "Patient",
        "id": patient_id(copy.number),
        "meta": { "profile": [PROFILE] },
        "identifier": identifiers,
        "active": true,
        "name": names(copy),
        "telecom": [
            { "system": "phone", "value": mobile(chance.below(1000)), "use": "mobile" },
        ],
        "gender": gender(copy.sex),
        "address": addresses(copy),
        "generalPractitioner": [{ "display": chance.pick(&PRACTICES) }],
    });
    if let Some(born) = copy.born {
        body["birthDate"] = json!(born.expose().to_string());
    }
    if copy.sealed {
        let restricted = json!({ "system": CONFIDENTIALITY, "code": "R", "display": "restricted" });
        body["meta"]["security"] = json!([restricted]);
    }
    if let Some(mother) = mother(district, copy.resident) {
        body["contact"] = json!([contact(mother, chance)]);
    }
    body
}

/// A relative of a child, numbered within the child's record.
pub(super) fn relative(
    child: &RecordCopy,
    relative: &Resident,
    place: usize,
    chance: &mut Chance,
) -> Value {
    let (code, words) = match relative.part {
        Part::Mother => ("MTH", "mother"),
        Part::Father => ("FTH", "father"),
        Part::Child => ("SIB", "sibling"),
        Part::Grandparent => ("GRPRN", "grandparent"),
    };
    let telephone =
        if chance.odds(600) { mobile(chance.below(1000)) } else { landline(chance.below(100)) };
    json!({
        "resourceType": "RelatedPerson",
        "id": format!("rel-{:06}-{place}", child.number),
        "active": true,
        "patient": { "reference": format!("Patient/{}", patient_id(child.number)) },
        "relationship": [{ "coding": [{ "system": RELATION, "code": code, "display": words }] }],
        "name": [name("usual", &relative.name)],
        "telecom": [{ "system": "phone", "value": telephone }],
        "gender": gender(relative.sex),
        "birthDate": relative.born.expose().to_string(),
    })
}

/// The body of a name: `given` has one entry a name.
pub(super) fn name(usage: &str, name: &PersonName) -> Value {
    let given: Vec<&str> = name.given().split(' ').filter(|part| !part.is_empty()).collect();
    json!({ "use": usage, "family": name.family(), "given": given })
}

fn number(digits: &str, verified: bool) -> Value {
    let (code, words) = if verified {
        ("01", "Number present and verified")
    } else {
        ("02", "Number present but not traced")
    };
    let status =
        json!({ "coding": [{ "system": VERIFICATION_CODES, "code": code, "display": words }] });
    json!({
        "extension": [{ "url": VERIFICATION, "valueCodeableConcept": status }],
        "use": "official", "system": NHS_NUMBER, "value": digits,
    })
}

fn names(copy: &RecordCopy) -> Vec<Value> {
    let mut names = vec![name("official", &copy.name)];
    for other in &copy.other_names {
        names.push(match other.kind {
            NameKind::Former => name("old", &other.name),
            NameKind::Alias | NameKind::Script => name("usual", &other.name),
        });
    }
    if let Some(known) = &copy.known_as {
        names.push(json!({ "use": "nickname", "given": [known.expose()] }));
    }
    names
}

fn addresses(copy: &RecordCopy) -> Vec<Value> {
    let home = copy.address.iter().map(|place| address("home", place));
    home.chain(copy.former_addresses.iter().map(|place| address("old", place))).collect()
}

pub(super) fn address(usage: &str, place: &Address) -> Value {
    let lines: Vec<&String> = place.lines.iter().map(Personal::expose).collect();
    let mut body = json!({ "use": usage, "line": lines });
    if let [first, town] = lines[..] {
        body = json!({ "use": usage, "line": [first], "city": town });
    }
    if let Some(postcode) = &place.postcode {
        body["postalCode"] = json!(postcode.expose());
    }
    body
}

fn mother(district: &District, resident: ResidentId) -> Option<&Resident> {
    let child = district.resident(resident).is_child();
    district.kin(resident).find(|other| child && other.part == Part::Mother)
}

fn contact(mother: &Resident, chance: &mut Chance) -> Value {
    let relation = json!({ "system": RELATION, "code": "MTH", "display": "mother" });
    json!({
        "relationship": [{ "coding": [relation] }],
        "name": name("usual", &mother.name),
        "telecom": [{ "system": "phone", "value": mobile(chance.below(1000)), "use": "mobile" }],
    })
}

pub(super) const fn gender(sex: Sex) -> &'static str {
    match sex {
        Sex::Female => "female",
        Sex::Male => "male",
        Sex::Other => "other",
        Sex::Unknown => "unknown",
    }
}
