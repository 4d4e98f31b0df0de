//! The input of `Patient/$match` (hl7.org/fhir/R4/patient-operation-match.html): Parameters.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{BundleError, Limits, Resource};

/// Whom somebody looks for, and how they want to be answered.
#[derive(Debug)]
pub struct MatchRequest {
    /// The Patient that describes them; not read yet.
    pub patient: Resource,
    /// Nobody but whom the server is certain of.
    pub only_certain: bool,
    /// So many at most.
    pub count: Option<u32>,
}

/// Why bytes are no such input. Nothing of them is repeated.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum MatchRequestError {
    /// Not whole JSON, too large, or nested too deeply.
    #[error("the body is not whole JSON, too large, or nests too deeply")]
    NotJson,
    /// JSON, but no Parameters resource.
    #[error("the body is no Parameters resource")]
    NotParameters,
    /// No parameter `resource` with a Patient, or two of them.
    #[error("Parameters needs one parameter named resource that holds a Patient")]
    NoPatient,
    /// A parameter that can't be read, or is there twice.
    #[error("the parameter {0} is there twice or is not of its type")]
    Parameter(&'static str),
    /// A parameter that `$match` does not have.
    #[error("Parameters has a parameter that is none of resource, onlyCertainMatches, count")]
    Unknown,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw<'a> {
    resource_type: String,
    #[serde(default, borrow)]
    parameter: Vec<Parameter<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parameter<'a> {
    name: String,
    #[serde(default, borrow)]
    resource: Option<&'a RawValue>,
    #[serde(default)]
    value_boolean: Option<bool>,
    #[serde(default)]
    value_integer: Option<i64>,
}

impl MatchRequest {
    /// Reads the body of a request.
    pub fn parse(bytes: &[u8], limits: Limits) -> Result<Self, MatchRequestError> {
        let whole = Resource::parse(bytes, limits).map_err(|error| match error {
            BundleError::OtherResource => MatchRequestError::NotParameters,
            _ => MatchRequestError::NotJson,
        })?;
        let raw: Raw<'_> = whole.read().ok_or(MatchRequestError::NotParameters)?;
        if raw.resource_type != "Parameters" {
            return Err(MatchRequestError::NotParameters);
        }
        let (mut patient, mut only_certain, mut count) = (None, None, None);
        for parameter in &raw.parameter {
            match parameter.name.as_str() {
                "resource" => once(&mut patient, parameter.patient(), "resource")?,
                "onlyCertainMatches" => {
                    once(&mut only_certain, parameter.value_boolean, "onlyCertainMatches")?;
                }
                "count" => once(&mut count, parameter.count(), "count")?,
                _ => return Err(MatchRequestError::Unknown),
            }
        }
        let patient = patient.ok_or(MatchRequestError::NoPatient)?;
        Ok(Self { patient, only_certain: only_certain.unwrap_or(false), count })
    }
}

impl Parameter<'_> {
    fn patient(&self) -> Option<Resource> {
        Resource::of(self.resource?.to_owned()).filter(|resource| resource.kind == "Patient")
    }

    fn count(&self) -> Option<u32> {
        self.value_integer.and_then(|count| u32::try_from(count).ok()).filter(|count| *count > 0)
    }
}

fn once<T>(
    place: &mut Option<T>,
    value: Option<T>,
    name: &'static str,
) -> Result<(), MatchRequestError> {
    let value = value.ok_or(MatchRequestError::Parameter(name))?;
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(MatchRequestError::Parameter(name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(parameters: &str) -> Result<MatchRequest, MatchRequestError> {
        let json = format!(r#"{{"resourceType":"Parameters","parameter":[{parameters}]}}"#);
        MatchRequest::parse(json.as_bytes(), Limits::default())
    }

    const PATIENT: &str = r#"{"name":"resource","resource":{"resourceType":"Patient"}}"#;

    #[test]
    fn a_patient_with_both_options_is_read() {
        let options = r#"{"name":"onlyCertainMatches","valueBoolean":true},{"name":"count","valueInteger":3}"#;
        let request = parse(&format!("{PATIENT},{options}")).unwrap();
        assert_eq!(
            (request.patient.kind.as_str(), request.only_certain, request.count),
            ("Patient", true, Some(3))
        );
        let request = parse(PATIENT).unwrap();
        assert_eq!((request.only_certain, request.count), (false, None));
    }

    #[test]
    fn what_is_not_understood_is_refused_and_never_skipped() {
        use MatchRequestError::{NoPatient, NotJson, NotParameters, Parameter, Unknown};
        let twice = format!("{PATIENT},{PATIENT}");
        for (parameters, error) in [
            ("", NoPatient),
            (r#"{"name":"resource","resource":{"resourceType":"Person"}}"#, Parameter("resource")),
            (&twice, Parameter("resource")),
            (r#"{"name":"count","valueInteger":0}"#, Parameter("count")),
            (r#"{"name":"count","valueString":"1"}"#, Parameter("count")),
            (r#"{"name":"onlyCertainMatches"}"#, Parameter("onlyCertainMatches")),
            (r#"{"name":"everything","valueBoolean":true}"#, Unknown),
        ] {
            assert_eq!(parse(parameters).unwrap_err(), error, "{parameters}");
        }
        for (json, error) in [
            ("{", NotJson),
            ("[]", NotParameters),
            (r#"{"resourceType":"Patient"}"#, NotParameters),
            (r#"{"resourceType":"Parameters","parameter":{}}"#, NotParameters),
        ] {
            let read = MatchRequest::parse(json.as_bytes(), Limits::default());
            assert_eq!(read.unwrap_err(), error, "{json}");
        }
    }
}
