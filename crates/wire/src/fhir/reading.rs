//! What a reader has to know that stands in no resource.

use std::collections::BTreeSet;

use jiff::{civil::Date, tz::TimeZone};

use super::datatypes::{CodeableConcept, Meta};

/// The system of the NHS number in UK Core.
pub const NHS_NUMBER_SYSTEM: &str = "https://fhir.nhs.uk/Id/nhs-number";

const CONFIDENTIALITY: &str = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";
const ACT_CODE: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";

/// HL7's sensitivity labels that fall under the category `sensitive`: substance misuse, HIV, sexual health, abuse, psychiatry.
const SENSITIVE_LABELS: [&str; 8] = ["ETH", "ETHUD", "HIV", "STD", "SEX", "SDV", "PSY", "SUD"];

/// How one source is read.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Identifier systems whose values are NHS numbers.
    pub nhs_number_systems: BTreeSet<String>,
    /// Codes, as `system|code` or as the bare code, whose items belong to the category `sensitive`.
    pub sensitive_codes: BTreeSet<String>,
    /// Relationship codes (`system|code` or bare) that mean parental responsibility.
    pub parental_codes: BTreeSet<String>,
    /// The zone of dates and times that carry none.
    pub zone: TimeZone,
    /// Today: names and addresses that ended before are former ones.
    pub today: Date,
}

impl Reading {
    /// UK Core's systems and nothing sensitive by code.
    pub fn uk_core(zone: TimeZone, today: Date) -> Self {
        Self {
            nhs_number_systems: BTreeSet::from([NHS_NUMBER_SYSTEM.to_owned()]),
            sensitive_codes: BTreeSet::new(),
            // A guardian holds parental responsibility under the Children Act 1989 section 5(6).
            parental_codes: BTreeSet::from(["GUARD".to_owned()]),
            zone,
            today,
        }
    }

    /// Whether a label restricts the resource (`R`, `V`): PDS marks a sealed patient so.
    pub(crate) fn is_restricted(meta: Option<&Meta>) -> bool {
        labels(meta).any(|(system, code)| {
            matches!(code, "R" | "V") && (system.is_empty() || system == CONFIDENTIALITY)
        })
    }

    /// Whether an item belongs to the category `sensitive`, by its codes or its labels.
    pub(crate) fn is_sensitive(&self, meta: Option<&Meta>, concepts: &[&CodeableConcept]) -> bool {
        let labelled = labels(meta)
            .any(|(system, code)| system == ACT_CODE && SENSITIVE_LABELS.contains(&code));
        labelled
            || Self::is_restricted(meta)
            || concepts.iter().any(|concept| named(concept, &self.sensitive_codes))
    }

    /// Whether a relationship means parental responsibility.
    pub(crate) fn is_parental(&self, relationship: &CodeableConcept) -> bool {
        named(relationship, &self.parental_codes)
    }
}

fn labels(meta: Option<&Meta>) -> impl Iterator<Item = (&str, &str)> {
    meta.into_iter()
        .flat_map(|meta| meta.security.get())
        .map(|label| (label.system.get().map_or("", super::element::Text::as_str), label.code()))
}

fn named(concept: &CodeableConcept, codes: &BTreeSet<String>) -> bool {
    concept.coding.get().iter().any(|coding| {
        codes.contains(coding.code()) || coding.token().is_some_and(|token| codes.contains(&token))
    })
}
