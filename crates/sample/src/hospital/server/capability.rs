//! What the server can do, as a `CapabilityStatement`.

use serde_json::{Value, json};

use super::parameters::Kind;

pub(super) fn statement(base: &str) -> Value {
    let resources: Vec<Value> = Kind::ALL.into_iter().map(|kind| resource(Kind(kind))).collect();
    json!({
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": "2026-11-01",
        "kind": "instance",
        "implementation": { "description": "Ashmoor General Hospitals NHS Trust (synthetic)", "url": base },
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json"],
        "rest": [{ "mode": "server", "resource": resources }],
    })
}

fn resource(kind: Kind) -> Value {
    let mut search = vec![("_id", "token"), ("_lastUpdated", "date"), ("identifier", "token")];
    if kind.of_patient() {
        search.extend([("patient", "reference"), ("subject", "reference")]);
    }
    if kind.0 == "Patient" {
        search.extend([("family", "string"), ("birthdate", "date")]);
    }
    let search: Vec<Value> =
        search.into_iter().map(|(name, kind)| json!({ "name": name, "type": kind })).collect();
    let mut body = json!({
        "type": kind.0,
        "interaction": [{ "code": "read" }, { "code": "search-type" }],
        "versioning": "versioned",
        "searchParam": search,
    });
    if kind.0 == "CareTeam" {
        body["searchInclude"] = json!(["CareTeam:participant"]);
    }
    body
}
