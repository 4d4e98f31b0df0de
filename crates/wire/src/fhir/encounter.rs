//! Encounter (hl7.org/fhir/R4/encounter.html): a visit to a department.

use kinfold_domain::{Attendance, Personal};
use serde::Deserialize;

use super::datatypes::{CodeableConcept, Coding, Meta, Period, Reference, code, date, said};
use super::element::{Element, Elements, Text};
use super::{Neighbours, Problems, Reading, Resource};

/// A visit that took place.
#[derive(Clone, Debug, PartialEq)]
pub struct Visit {
    /// The visit.
    pub attendance: Attendance,
    /// That it took place is itself sensitive.
    pub sensitive: bool,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Raw {
    meta: Element<Meta>,
    status: Element<Text>,
    class: Element<Coding>,
    #[serde(rename = "type")]
    kinds: Elements<CodeableConcept>,
    service_type: Element<CodeableConcept>,
    period: Element<Period>,
    reason_code: Elements<CodeableConcept>,
    location: Elements<Place>,
    service_provider: Element<Reference>,
    hospitalization: Element<Stay>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Place {
    location: Element<Reference>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Stay {
    discharge_disposition: Element<CodeableConcept>,
}

/// Reads an Encounter. `None` when it took no place (planned, cancelled, entered in error) or can't be loaded; `problems` then says why.
pub fn encounter(
    resource: &Resource,
    known: &Neighbours<'_>,
    reading: &Reading,
    problems: &mut Problems,
) -> Option<Visit> {
    let raw: Raw = resource.read_or_refuse(problems)?;
    match raw.status.noted("Encounter.status", problems).map_or("unknown", Text::as_str) {
        "planned" | "cancelled" | "entered-in-error" => return None,
        _ => {}
    }
    let period = raw.period.get();
    let start = period.and_then(|period| date(&period.start)?.moment(&reading.zone));
    let Some(arrived) = start else {
        problems.refuse("Encounter.period.start", "is missing or no date-time");
        return None;
    };
    let left = period.and_then(|period| match &period.end {
        Element::Absent => None,
        end => {
            let left = date(end).and_then(|end| end.moment(&reading.zone));
            if left.is_none() {
                problems.note("Encounter.period.end", "it is no date-time");
            }
            left
        }
    });
    let reason = raw.reason_code.noted("Encounter.reasonCode", problems);
    let mut concepts: Vec<&CodeableConcept> = reason.iter().chain(raw.kinds.get()).collect();
    concepts.extend(raw.service_type.get());
    let outcome = raw.hospitalization.get().and_then(|stay| stay.discharge_disposition.get());
    Some(Visit {
        sensitive: reading.is_sensitive(raw.meta.get(), &concepts)
            || matches!(raw.meta, Element::Bad),
        attendance: Attendance {
            arrived,
            left,
            place: place(resource, &raw, known),
            reason: reason.iter().find_map(CodeableConcept::words).map(Personal::new),
            outcome: outcome.and_then(CodeableConcept::words).map(Personal::new),
        },
    })
}

fn place(resource: &Resource, raw: &Raw, known: &Neighbours<'_>) -> String {
    let locations = raw.location.get().iter().filter_map(|place| place.location.get());
    let mut named = locations.chain(raw.service_provider.get());
    let named = named.find_map(|reference| known.party(resource, reference).name);
    let service = || raw.service_type.get().and_then(CodeableConcept::words);
    let kind = || raw.kinds.get().iter().find_map(CodeableConcept::words);
    let class = || raw.class.get().and_then(class_words);
    named.or_else(service).or_else(kind).or_else(class).unwrap_or_else(|| "Not recorded".to_owned())
}

/// v3-ActCode's classes of encounter, where the server gives the code alone.
fn class_words(class: &Coding) -> Option<String> {
    said(&class.display).or_else(|| {
        Some(match code(&class.code) {
            "" => return None,
            "EMER" => "Emergency department".to_owned(),
            "AMB" => "Outpatients".to_owned(),
            "IMP" | "ACUTE" | "NONAC" => "Inpatient".to_owned(),
            "HH" => "Home visit".to_owned(),
            "VR" => "Virtual".to_owned(),
            other => other.to_owned(),
        })
    })
}
