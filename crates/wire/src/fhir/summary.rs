//! Condition, `AllergyIntolerance`, `MedicationStatement`, `MedicationRequest`: items of the health summary.

use kinfold_domain::{Personal, SummaryItem};
use serde::Deserialize;

use super::datatypes::{CodeableConcept, Meta, Period, Reference, code, date};
use super::element::{Element, Elements, Text};
use super::{Neighbours, PartialDate, Problems, Reading, Resource};

/// One item of a summary.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// The item.
    pub item: SummaryItem,
    /// It belongs to the category `sensitive`.
    pub sensitive: bool,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Raw {
    meta: Element<Meta>,
    clinical_status: Element<CodeableConcept>,
    verification_status: Element<CodeableConcept>,
    status: Element<Text>,
    code: Element<CodeableConcept>,
    medication_codeable_concept: Element<CodeableConcept>,
    medication_reference: Element<Reference>,
    onset_date_time: Element<Text>,
    recorded_date: Element<Text>,
    effective_date_time: Element<Text>,
    effective_period: Element<Period>,
    authored_on: Element<Text>,
    reason_code: Elements<CodeableConcept>,
}

/// Reads an item. `None` when it doesn't hold (refuted, entered in error, not taken) or can't be loaded; `problems` then says why.
pub fn summary_item(
    resource: &Resource,
    known: &Neighbours<'_>,
    reading: &Reading,
    problems: &mut Problems,
) -> Option<Item> {
    let raw: Raw = resource.read_or_refuse(problems)?;
    let kind = match resource.kind.as_str() {
        "AllergyIntolerance" => "Allergy",
        "MedicationStatement" | "MedicationRequest" => "Medication",
        _ => "Condition",
    };
    if !holds(&raw) {
        return None;
    }
    let concept = raw.code.get().or_else(|| raw.medication_codeable_concept.get());
    let medication = raw.medication_reference.get();
    let words = concept
        .and_then(CodeableConcept::words)
        .or_else(|| medication.and_then(|reference| known.party(resource, reference).name));
    let Some(words) = words else {
        problems.refuse(&format!("{}.code", resource.kind), "has neither text nor coding");
        return None;
    };
    let (on, told) = when(&raw, reading);
    let text = [Some(words), status(&raw), told].into_iter().flatten().collect::<Vec<_>>();
    let concepts: Vec<&CodeableConcept> =
        concept.into_iter().chain(raw.reason_code.get()).collect();
    Some(Item {
        sensitive: reading.is_sensitive(raw.meta.get(), &concepts)
            || matches!(raw.meta, Element::Bad),
        item: SummaryItem {
            kind: kind.to_owned(),
            text: Personal::new(text.join(", ")),
            on,
            code: concept.and_then(CodeableConcept::token),
        },
    })
}

fn holds(raw: &Raw) -> bool {
    let verified = raw.verification_status.get().map_or("", CodeableConcept::code);
    let status = code(&raw.status);
    !matches!(verified, "refuted" | "entered-in-error")
        && !matches!(status, "entered-in-error" | "not-taken" | "cancelled" | "draft")
}

/// What a reader must know of an item that is over or only suspected.
fn status(raw: &Raw) -> Option<String> {
    let clinical = raw.clinical_status.get().map_or("", CodeableConcept::code);
    let verified = raw.verification_status.get().map_or("", CodeableConcept::code);
    let over = matches!(clinical, "inactive" | "resolved" | "remission").then_some(clinical);
    let stopped =
        Some(code(&raw.status)).filter(|s| matches!(*s, "stopped" | "completed" | "on-hold"));
    let unsure =
        matches!(verified, "unconfirmed" | "provisional" | "differential").then_some(verified);
    over.or(stopped).or(unsure).map(str::to_owned)
}

/// The item's date; in words where only its year or month is known.
fn when(raw: &Raw, reading: &Reading) -> (Option<jiff::civil::Date>, Option<String>) {
    let period = raw.effective_period.get().map(|period| &period.start);
    let elements = [&raw.onset_date_time, &raw.effective_date_time, &raw.authored_on];
    let first = elements.into_iter().chain(period).chain([&raw.recorded_date]).find_map(date);
    (first.and_then(|date| date.day(&reading.zone)), first.and_then(PartialDate::words))
}
