//! Visits, conditions, allergies, medication, and who cares for a patient, as FHIR resources.

use jiff::{Timestamp, civil::Date};
use serde_json::{Value, json};

use super::records::instant;
use crate::Worker;

const SNOMED: &str = "http://snomed.info/sct";
const ACT: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
const DISPOSITION: &str = "https://ashmoor-general.example/codes/discharge-disposition";
/// What a code means, and the label of sensitivity that it carries (HL7 v3 `ActCode`), if any.
pub(super) type Coded = (&'static str, &'static str, Option<&'static str>);

pub(super) const CONDITIONS: [Coded; 12] = [
    ("195967001", "Asthma", None),
    ("43116000", "Eczema", None),
    ("65363002", "Otitis media", None),
    ("4120002", "Bronchiolitis", None),
    ("25374005", "Gastroenteritis", None),
    ("84757009", "Epilepsy", None),
    ("46635009", "Type 1 diabetes mellitus", None),
    ("408856003", "Autistic disorder", None),
    ("54840006", "Failure to thrive", None),
    ("41497008", "Febrile convulsion", None),
    ("361055000", "Misuses drugs", Some("ETH")),
    ("8098009", "Sexually transmitted infectious disease", Some("SEX")),
];
pub(super) const ALLERGIES: [Coded; 4] = [
    ("91936005", "Allergy to penicillin", None),
    ("91935009", "Allergy to peanut", None),
    ("91930004", "Allergy to egg", None),
    ("91934008", "Allergy to nut", None),
];
pub(super) const REASONS: [&str; 10] = [
    "Fall from playground equipment, painful wrist",
    "Head injury, no loss of consciousness",
    "High temperature and rash",
    "Wheeze, known asthma",
    "Burn to hand from hot drink",
    "Vomiting and diarrhoea",
    "Bruising noticed by school",
    "Swallowed foreign body",
    "Abdominal pain",
    "Laceration to forehead",
];
pub(super) const OUTCOMES: [(&str, &str); 4] = [
    ("home", "Discharged home"),
    ("gp", "Discharged to the care of the general practitioner"),
    ("ward", "Admitted to the children's ward"),
    ("left", "Left before being seen"),
];

/// One visit to the emergency department.
pub(super) struct Visit<'a> {
    pub(super) id: String,
    pub(super) patient: &'a str,
    pub(super) reason: &'a str,
    pub(super) start: Timestamp,
    /// When it ended, and how; `None` while the patient is there.
    pub(super) end: Option<(Timestamp, (&'a str, &'a str))>,
}

pub(super) fn encounter(visit: &Visit<'_>) -> Value {
    let mut body = json!({
        "resourceType": "Encounter",
        "id": visit.id,
        "status": "in-progress",
        "class": { "system": ACT, "code": "EMER", "display": "emergency" },
        "serviceType": { "text": "Emergency medicine" },
        "subject": subject(visit.patient),
        "period": { "start": instant(visit.start) },
        "reasonCode": [{ "text": visit.reason }],
        "location": [{ "location": { "display": "Emergency Department, Ashmoor General" } }],
    });
    if let Some((end, outcome)) = visit.end {
        finish(&mut body, end, outcome);
    }
    body
}

/// Ends a visit.
pub(super) fn finish(body: &mut Value, end: Timestamp, (code, words): (&str, &str)) {
    body["status"] = json!("finished");
    body["period"]["end"] = json!(instant(end));
    let coding = json!([{ "system": DISPOSITION, "code": code, "display": words }]);
    body["hospitalization"] =
        json!({ "dischargeDisposition": { "coding": coding, "text": words } });
}

pub(super) fn condition(id: &str, patient: &str, coded: Coded, onset: Date) -> Value {
    let mut body = json!({
        "resourceType": "Condition",
        "id": id,
        "clinicalStatus": status("condition-clinical", "active"),
        "verificationStatus": status("condition-ver-status", "confirmed"),
        "code": concept(coded),
        "subject": subject(patient),
        "recordedDate": onset.to_string(),
    });
    if let Some(label) = coded.2 {
        body["meta"] = json!({ "security": [{ "system": ACT, "code": label }] });
    }
    body
}

pub(super) fn allergy(id: &str, patient: &str, coded: Coded, recorded: Date) -> Value {
    json!({
        "resourceType": "AllergyIntolerance",
        "id": id,
        "clinicalStatus": status("allergyintolerance-clinical", "active"),
        "verificationStatus": status("allergyintolerance-verification", "confirmed"),
        "code": concept(coded),
        "patient": subject(patient),
        "recordedDate": recorded.to_string(),
    })
}

pub(super) fn inhaler(id: &str, patient: &str, since: Date) -> Value {
    json!({
        "resourceType": "MedicationStatement",
        "id": id,
        "status": "active",
        "medicationCodeableConcept": { "text": "Salbutamol 100 micrograms/dose inhaler" },
        "subject": subject(patient),
        "effectivePeriod": { "start": since.to_string() },
        "dosage": [{ "text": "Two puffs when needed, by spacer" }],
    })
}

pub(super) fn practitioner(id: &str, worker: &Worker) -> Value {
    json!({
        "resourceType": "Practitioner",
        "id": id,
        "active": true,
        "name": [super::demographics::name("official", &worker.name)],
        "telecom": [{ "system": "phone", "value": worker.telephone, "use": "work" }],
        "qualification": [{ "code": { "text": worker.job_title } }],
    })
}

/// Who cares for a patient: each clinician by reference and by name.
pub(super) fn care_team(
    id: &str,
    patient: &str,
    since: Date,
    members: &[(String, &Worker)],
) -> Value {
    let participants: Vec<Value> = members
        .iter()
        .map(|(practitioner, worker)| {
            json!({
                "role": [{ "text": worker.job_title }],
                "member": {
                    "reference": format!("Practitioner/{practitioner}"),
                    "display": display(worker),
                },
                "onBehalfOf": { "display": worker.team },
            })
        })
        .collect();
    let telecom: Vec<Value> = members
        .iter()
        .map(|(_, worker)| json!({ "system": "phone", "value": worker.telephone, "use": "work" }))
        .collect();
    json!({
        "resourceType": "CareTeam",
        "id": id,
        "status": "active",
        "name": "Child health team",
        "subject": subject(patient),
        "period": { "start": since.to_string() },
        "participant": participants,
        "telecom": telecom,
    })
}

/// A service's involvement with a patient.
pub(super) fn episode(
    id: &str,
    patient: &str,
    (start, end): (Date, Option<Date>),
    (practitioner, worker): (&str, &Worker),
) -> Value {
    let mut body = json!({
        "resourceType": "EpisodeOfCare",
        "id": id,
        "status": if end.is_some() { "finished" } else { "active" },
        "type": [{ "text": worker.team }],
        "patient": subject(patient),
        "managingOrganization": { "display": "Ashmoor General Hospitals NHS Trust (synthetic)" },
        "period": { "start": start.to_string() },
        "careManager": { "reference": format!("Practitioner/{practitioner}"), "display": display(worker) },
    });
    if let Some(end) = end {
        body["period"]["end"] = json!(end.to_string());
    }
    body
}

fn display(worker: &Worker) -> String {
    format!("{} {}", worker.name.given(), worker.name.family())
}

fn subject(patient: &str) -> Value {
    json!({ "reference": format!("Patient/{patient}") })
}

fn concept((code, words, _): Coded) -> Value {
    json!({ "coding": [{ "system": SNOMED, "code": code, "display": words }], "text": words })
}

fn status(system: &str, code: &str) -> Value {
    let system = format!("http://terminology.hl7.org/CodeSystem/{system}");
    json!({ "coding": [{ "system": system, "code": code }] })
}
