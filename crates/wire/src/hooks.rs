//! CDS Hooks (cds-hooks.hl7.org, 1.0 and 2.0): what a clinical system sends when somebody opens a patient.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::fhir::{BundleError, Limits, Resource};

/// A call of the hook `patient-view`.
#[derive(Debug)]
pub struct PatientView {
    /// The patient whose record was opened, as it came along; not read yet.
    pub patient: Resource,
}

/// Why a call can't be answered. Nothing of it is repeated.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum HookError {
    /// Not whole JSON, too large, nested too deeply, or not of the shape that CDS Hooks gives a call.
    #[error("the body is not whole JSON of the shape of a CDS Hooks call")]
    Malformed,
    /// Another hook than the service offers.
    #[error("this service answers the hook patient-view alone")]
    OtherHook,
    /// The patient did not come along.
    #[error("prefetch.patient is missing: this service fetches nothing by itself")]
    NotPrefetched,
    /// The patient that came along is not the one that was opened.
    #[error("prefetch.patient is not the patient that context.patientId names")]
    OtherPatient,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw<'a> {
    hook: String,
    hook_instance: String,
    context: Context,
    #[serde(default, borrow)]
    prefetch: Option<Prefetch<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Context {
    patient_id: String,
}

#[derive(Deserialize)]
struct Prefetch<'a> {
    #[serde(default, borrow)]
    patient: Option<&'a RawValue>,
}

impl PatientView {
    /// Reads a call.
    pub fn parse(bytes: &[u8], limits: Limits) -> Result<Self, HookError> {
        let raw: Raw<'_> = crate::fhir::whole(bytes, limits).map_err(|error| match error {
            BundleError::TooLarge
            | BundleError::TooDeep
            | BundleError::NotJson
            | BundleError::OtherResource => HookError::Malformed,
        })?;
        if raw.hook_instance.is_empty() || raw.context.patient_id.is_empty() {
            return Err(HookError::Malformed);
        }
        if raw.hook != "patient-view" {
            return Err(HookError::OtherHook);
        }
        // A system whose own read failed sends null, nothing, or an OperationOutcome.
        let sent = raw.prefetch.and_then(|prefetch| prefetch.patient);
        let patient = sent.and_then(|sent| Resource::of(sent.to_owned()));
        let patient = patient.filter(|resource| resource.kind == "Patient");
        let patient = patient.ok_or(HookError::NotPrefetched)?;
        let opened = raw.context.patient_id.as_str();
        let opened = opened.strip_prefix("Patient/").unwrap_or(opened);
        if patient.id != opened {
            return Err(HookError::OtherPatient);
        }
        Ok(Self { patient })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(hook: &str, context: &str, prefetch: &str) -> Result<PatientView, HookError> {
        let json = format!(
            r#"{{"hook":"{hook}","hookInstance":"d1577c69","context":{context},"prefetch":{prefetch}}}"#
        );
        PatientView::parse(json.as_bytes(), Limits::default())
    }

    const OPENED: &str = r#"{"userId":"Practitioner/1","patientId":"7"}"#;
    const PATIENT: &str = r#"{"patient":{"resourceType":"Patient","id":"7"}}"#;

    #[test]
    fn the_patient_that_was_opened_comes_along() {
        assert_eq!(parse("patient-view", OPENED, PATIENT).unwrap().patient.id, "7");
    }

    #[test]
    fn another_patient_than_the_one_opened_is_never_answered_for() {
        let other = r#"{"patient":{"resourceType":"Patient","id":"8"}}"#;
        let nameless = r#"{"patient":{"resourceType":"Patient"}}"#;
        for prefetch in [other, nameless] {
            let read = parse("patient-view", OPENED, prefetch);
            assert_eq!(read.unwrap_err(), HookError::OtherPatient, "{prefetch}");
        }
    }

    #[test]
    fn a_call_without_a_patient_says_that_it_was_not_prefetched() {
        for prefetch in [
            "null",
            "{}",
            r#"{"patient":null}"#,
            r#"{"patient":{"resourceType":"OperationOutcome"}}"#,
        ] {
            let read = parse("patient-view", OPENED, prefetch);
            assert_eq!(read.unwrap_err(), HookError::NotPrefetched, "{prefetch}");
        }
    }

    #[test]
    fn other_hooks_and_shapes_are_refused() {
        let read = parse("order-sign", OPENED, PATIENT);
        assert_eq!(read.unwrap_err(), HookError::OtherHook);
        assert_eq!(parse("patient-view", "{}", PATIENT).unwrap_err(), HookError::Malformed);
        for json in ["", "[]", "{", "null", r#"{"hook":"patient-view"}"#] {
            let read = PatientView::parse(json.as_bytes(), Limits::default());
            assert_eq!(read.unwrap_err(), HookError::Malformed, "{json}");
        }
    }
}
