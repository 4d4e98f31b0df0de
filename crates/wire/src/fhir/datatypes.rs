//! FHIR's complex data types, as far as they are read (hl7.org/fhir/R4/datatypes.html).

use serde::Deserialize;

use super::PartialDate;
use super::element::{Element, Elements, Text};

#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Meta {
    pub(crate) last_updated: Element<Text>,
    pub(crate) security: Elements<Coding>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Coding {
    pub(crate) system: Element<Text>,
    pub(crate) code: Element<Text>,
    pub(crate) display: Element<Text>,
}

impl Coding {
    /// `system|code`, or the code alone.
    pub(crate) fn token(&self) -> Option<String> {
        let code = self.code.get()?.as_str();
        Some(match self.system.get() {
            Some(system) => format!("{}|{code}", system.as_str()),
            None => code.to_owned(),
        })
    }

    pub(crate) fn code(&self) -> &str {
        self.code.get().map_or("", Text::as_str)
    }

    pub(crate) fn words(&self) -> Option<String> {
        [&self.display, &self.code].into_iter().find_map(said)
    }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct CodeableConcept {
    pub(crate) coding: Elements<Coding>,
    pub(crate) text: Element<Text>,
}

impl CodeableConcept {
    /// Its text, or what its first coding says.
    pub(crate) fn words(&self) -> Option<String> {
        said(&self.text).or_else(|| {
            let codings = self.coding.get();
            let display = codings.iter().find_map(|coding| said(&coding.display));
            display.or_else(|| codings.iter().find_map(Coding::words))
        })
    }

    /// The SNOMED CT code, or else the first: `http://snomed.info/sct|91936005`.
    pub(crate) fn token(&self) -> Option<String> {
        let codings = self.coding.get();
        let snomed = codings
            .iter()
            .find(|c| c.system.get().is_some_and(|s| s.as_str() == "http://snomed.info/sct"));
        snomed.or_else(|| codings.first()).and_then(Coding::token)
    }

    /// The code of its first coding.
    pub(crate) fn code(&self) -> &str {
        self.coding.get().first().map_or("", Coding::code)
    }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Period {
    pub(crate) start: Element<Text>,
    pub(crate) end: Element<Text>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Reference {
    pub(crate) reference: Element<Text>,
    pub(crate) display: Element<Text>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Identifier {
    #[serde(rename = "use")]
    pub(crate) r#use: Element<Text>,
    pub(crate) system: Element<Text>,
    pub(crate) value: Element<Text>,
    pub(crate) period: Element<Period>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct HumanName {
    #[serde(rename = "use")]
    pub(crate) r#use: Element<Text>,
    pub(crate) text: Element<Text>,
    pub(crate) family: Element<Text>,
    pub(crate) given: Elements<Text>,
    pub(crate) prefix: Elements<Text>,
    pub(crate) period: Element<Period>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Address {
    #[serde(rename = "use")]
    pub(crate) r#use: Element<Text>,
    #[serde(rename = "type")]
    pub(crate) kind: Element<Text>,
    pub(crate) text: Element<Text>,
    pub(crate) line: Elements<Text>,
    pub(crate) city: Element<Text>,
    pub(crate) district: Element<Text>,
    pub(crate) postal_code: Element<Text>,
    pub(crate) period: Element<Period>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ContactPoint {
    pub(crate) system: Element<Text>,
    pub(crate) value: Element<Text>,
    #[serde(rename = "use")]
    pub(crate) r#use: Element<Text>,
    pub(crate) period: Element<Period>,
}

/// A text that says something.
pub(crate) fn said(text: &Element<Text>) -> Option<String> {
    text.get().map(Text::tidy).filter(|text| !text.is_empty())
}

/// A code, such as a `use` or a `status`; empty when it is missing.
pub(crate) fn code(text: &Element<Text>) -> &str {
    text.get().map_or("", Text::as_str)
}

/// A date element's date, where it is one.
pub(crate) fn date(text: &Element<Text>) -> Option<PartialDate> {
    text.get().and_then(|text| PartialDate::parse(text.as_str()))
}

impl Period {
    /// Whether it is over on `day`.
    pub(crate) fn is_over(&self, day: jiff::civil::Date, zone: &jiff::tz::TimeZone) -> bool {
        date(&self.end).is_some_and(|end| end.is_before(day, zone))
    }
}
