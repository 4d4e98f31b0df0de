//! What this server can do: the `CapabilityStatement`, and where SMART clients get their tokens.

use axum::{extract::State, http::StatusCode, response::Response};
use kinfold_service::today;
use serde_json::{Value, json};

use super::{
    answer::{Desk, Fhir, Shared, json},
    media::TakesJson,
};

/// `GET /fhir/metadata`
pub(super) async fn capabilities(State(desk): State<Shared>, _: TakesJson) -> Fhir {
    Fhir(StatusCode::OK, statement(&desk))
}

/// `GET /fhir/.well-known/smart-configuration`
pub(super) async fn smart(State(desk): State<Shared>) -> Response {
    let body = json!({
        "token_endpoint": desk.address("fhir/token"),
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS384", "ES384"],
        "grant_types_supported": ["client_credentials"],
        "scopes_supported": ["system/Flag.rs", "system/Patient.r"],
        "capabilities": ["client-confidential-asymmetric", "permission-v1", "permission-v2"],
    });
    json(StatusCode::OK, "application/json", &body)
}

fn statement(desk: &Desk) -> Value {
    json!({
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": today(desk.started).to_string(),
        "kind": "instance",
        "software": { "name": "Kinfold", "version": env!("CARGO_PKG_VERSION") },
        "implementation": {
            "description": format!("{}: child protection flags and identity matches", desk.services.agency.name),
            "url": desk.address("fhir"),
        },
        "fhirVersion": "4.0.1",
        "format": ["json", "application/fhir+json"],
        "rest": [{
            "mode": "server",
            "documentation": "Every answer is decided by the agreement between the agencies, recorded, and never empty: an \
                OperationOutcome says in words what was found and what that does not mean.",
            "security": {
                "service": [{ "coding": [{
                    "system": "http://terminology.hl7.org/CodeSystem/restful-security-service",
                    "code": "SMART-on-FHIR",
                }] }],
                "description": "SMART backend services: client credentials by a signed assertion, RS384 or ES384.",
            },
            "resource": [flags(), patients()],
        }],
    })
}

fn flags() -> Value {
    json!({
        "type": "Flag",
        "documentation": "Whether a child is on a register. Prefer POST Flag/_search, which keeps the child out of addresses.",
        "interaction": [{ "code": "search-type" }],
        "searchParam": [{
            "name": "patient",
            "definition": "http://hl7.org/fhir/SearchParameter/clinical-patient",
            "type": "reference",
            "documentation": "Chained only: patient.identifier with the NHS number; patient.family, patient.given, \
                patient.birthdate, patient.gender, patient.address-postalcode to confirm the identity, or to search by \
                where there is no number.",
        }],
    })
}

fn patients() -> Value {
    json!({
        "type": "Patient",
        "operation": [{
            "name": "match",
            "definition": "http://hl7.org/fhir/OperationDefinition/Patient-match",
            "documentation": "Among the people whom this agency itself knows.",
        }],
    })
}
