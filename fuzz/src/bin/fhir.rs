//! What a FHIR server may answer.
#![no_main]

use jiff::{civil::date, tz::TimeZone};
use kinfold_wire::fhir::{
    Bundle, Capabilities, Limits, Neighbours, Outcome, PartialDate, Problems, Reading, Resource,
    care_team, encounter, episode_of_care, general_practitioners, patient, patient_contacts,
    related_person, summary_item,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let reading = Reading::uk_core(TimeZone::UTC, date(2026, 3, 1));
    let _ = Outcome::parse(bytes);
    let _ = Capabilities::parse(bytes, Limits::default());
    let _ = std::str::from_utf8(bytes).ok().and_then(PartialDate::parse);
    if let Ok(resource) = Resource::parse(bytes, Limits::default()) {
        read_as_everything(&resource, &reading);
    }
    if let Ok(bundle) = Bundle::parse(bytes, Limits::default()) {
        for entry in &bundle.entries {
            if let Some(resource) = &entry.resource {
                read_as_everything(resource, &reading);
            }
        }
    }
});

/// A server may also put one resource where another belongs.
fn read_as_everything(resource: &Resource, reading: &Reading) {
    let (known, problems) = (Neighbours::none(reading), &mut Problems::of("Patient/1"));
    let _ = patient(resource, reading, problems);
    let _ = general_practitioners(resource, &known);
    let _ = care_team(resource, &known, reading, problems);
    let _ = episode_of_care(resource, &known, reading, problems);
    let _ = encounter(resource, &known, reading, problems);
    let _ = related_person(resource, reading, problems);
    let _ = patient_contacts(resource, reading, problems);
    let _ = summary_item(resource, &known, reading, problems);
}
