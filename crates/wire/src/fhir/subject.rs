//! Whom a resource is about.

use serde::Deserialize;

use super::Resource;
use super::datatypes::Reference;
use super::element::{Element, Text};
use super::neighbours::tail;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Raw {
    subject: Element<Reference>,
    patient: Element<Reference>,
}

/// Whether a resource is about the patient with this id; `None` when it doesn't say.
///
/// A server that doesn't know a search parameter may ignore it (hl7.org/fhir/R4/search.html#errors) and answer with everybody's
/// resources, so each one is asked.
pub fn is_about(resource: &Resource, patient: &str) -> Option<bool> {
    let raw: Raw = resource.read()?;
    let reference = raw.subject.get().or_else(|| raw.patient.get())?;
    let target = reference.reference.get().map(Text::as_str)?;
    Some(tail(target).strip_prefix("Patient/") == Some(patient))
}
