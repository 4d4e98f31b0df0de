//! `CapabilityStatement` (hl7.org/fhir/R4/capabilitystatement.html): what a server says it can.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::element::{Element, Elements, Text};
use super::{BundleError, Limits, Resource};

/// What a server announces.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Capabilities {
    /// Its FHIR version: `4.0.1`.
    pub fhir_version: Option<String>,
    /// Search parameters by resource type; a type that is missing is not served.
    pub searches: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw {
    #[serde(default)]
    fhir_version: Element<Text>,
    #[serde(default)]
    rest: Elements<Rest>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Rest {
    resource: Elements<Served>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Served {
    #[serde(rename = "type")]
    kind: Element<Text>,
    search_param: Elements<Param>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Param {
    name: Element<Text>,
}

impl Capabilities {
    /// Reads a `CapabilityStatement`.
    pub fn parse(bytes: &[u8], limits: Limits) -> Result<Self, BundleError> {
        let resource = Resource::parse(bytes, limits)?;
        if resource.kind != "CapabilityStatement" {
            return Err(BundleError::OtherResource);
        }
        let raw: Raw = resource.read().ok_or(BundleError::OtherResource)?;
        let word = |text: &Text| Some(text.as_str().to_owned()).filter(|t| t.len() <= 64);
        let mut searches = BTreeMap::<String, Vec<String>>::new();
        for served in raw.rest.get().iter().flat_map(|rest| rest.resource.get()) {
            let Some(kind) = served.kind.get().and_then(word) else { continue };
            let names = served.search_param.get().iter();
            let names = names.filter_map(|param| param.name.get().and_then(word));
            searches.entry(kind).or_default().extend(names);
        }
        Ok(Self { fhir_version: raw.fhir_version.get().and_then(word), searches })
    }

    /// Whether the server serves a resource type. One that announces no type at all is taken to serve every one.
    pub fn serves(&self, kind: &str) -> bool {
        self.searches.is_empty() || self.searches.contains_key(kind)
    }
}
