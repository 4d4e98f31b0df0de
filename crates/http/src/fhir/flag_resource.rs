//! `Flag` (hl7.org/fhir/R4/flag.html): one register entry, in the pattern of the Child Protection – Information Sharing service.
//!
//! Codes: SNOMED CT UK. *Child protection plan* and *looked after child* as the NHS's Digital Child Health specification gives them for the
//! child protection information of CP-IS; *unborn child subject to child protection plan* as in UK Core's value set of such flags.

use kinfold_domain::{RegisterHit, RegisterStatus};
use kinfold_service::{check::Checked, today};
use kinfold_wire::fhir::NHS_NUMBER_SYSTEM;
use serde_json::{Value, json};
use uuid::Uuid;

/// The SNOMED CT concept and its term.
pub(super) const fn concept(status: RegisterStatus) -> (&'static str, &'static str) {
    match status {
        RegisterStatus::ChildProtectionPlan => ("1064311000000109", "Child protection plan"),
        RegisterStatus::LookedAfter => ("764841000000100", "Looked after child"),
        RegisterStatus::UnbornPlan => {
            ("818901000000100", "Unborn child subject to child protection plan")
        }
    }
}

/// The flag. Its id holds for this answer alone: the register's own reference stays here.
pub(super) fn flag(id: Uuid, checked: &Checked, hit: &RegisterHit) -> Value {
    let entry = &hit.entry;
    let (code, term) = concept(entry.status);
    let text = match entry.category {
        Some(category) => format!("{term}: {}", category.words()),
        None => term.to_owned(),
    };
    let status = if hit.ended.is_none() { "active" } else { "inactive" };
    let mut period = json!({ "start": entry.start.to_string() });
    if let Some(end) = entry.end.filter(|end| hit.ended.is_some() || *end > today(checked.at)) {
        period["end"] = json!(end.to_string());
    }
    json!({
        "resourceType": "Flag",
        "id": id.to_string(),
        "meta": meta(checked, hit),
        "contained": [council(hit)],
        "status": status,
        "category": [{ "coding": [{
            "system": "http://terminology.hl7.org/CodeSystem/flag-category",
            "code": "safety",
            "display": "Safety",
        }] }],
        "code": {
            "coding": [{ "system": "http://snomed.info/sct", "code": code, "display": term }],
            "text": text,
        },
        "subject": subject(checked, hit),
        "period": period,
        "author": { "reference": "#council", "display": hit.agency.name },
    })
}

/// The moment for which the register's owner last confirmed it, and that this is nobody else's business.
fn meta(checked: &Checked, hit: &RegisterHit) -> Value {
    let mut meta = json!({ "security": [{
        "system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality",
        "code": "R",
        "display": "restricted",
    }] });
    let register = checked.registers.iter().find(|known| known.agency.id == hit.agency.id);
    if let Some(at) = register.and_then(|register| register.as_at) {
        meta["lastUpdated"] = json!(at.0.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
    }
    meta
}

/// The child; of an unborn one the mother.
fn subject(checked: &Checked, hit: &RegisterHit) -> Value {
    let number = checked.subject.nhs_number.or(hit.entry.subject.nhs_number);
    let display = match hit.entry.status {
        RegisterStatus::UnbornPlan => "the mother who was asked about",
        RegisterStatus::ChildProtectionPlan | RegisterStatus::LookedAfter => {
            "the child who was asked about"
        }
    };
    let mut subject = json!({ "type": "Patient", "display": display });
    if let Some(number) = number {
        subject["identifier"] = json!({ "system": NHS_NUMBER_SYSTEM, "value": number.digits() });
    }
    subject
}

/// The council with its lines, and the professionals whom the agreement lets this system show.
fn council(hit: &RegisterHit) -> Value {
    let phone = |number: &str| json!({ "system": "phone", "value": number, "use": "work" });
    let entry = &hit.entry;
    let duty = entry.phones.emergency_duty_team.as_str();
    let mut contacts = vec![json!({
        "purpose": { "text": "Emergency Duty Team phone number" },
        "telecom": [phone(duty)],
    })];
    contacts.extend(entry.professionals.iter().filter_map(|known| {
        let number = known.telephone.as_ref()?.as_str();
        let purpose = known
            .team
            .as_ref()
            .map_or_else(|| known.role.clone(), |team| format!("{}, {team}", known.role));
        Some(json!({
            "purpose": { "text": purpose },
            "name": { "text": known.name.expose() },
            "telecom": [phone(number)],
        }))
    }));
    json!({
        "resourceType": "Organization",
        "id": "council",
        "name": hit.agency.name,
        "telecom": [phone(entry.phones.office.as_str())],
        "contact": contacts,
    })
}
