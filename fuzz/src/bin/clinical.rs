//! What a clinical system may send: the input of `$match`, a call of CDS Hooks.
#![no_main]

use jiff::{civil::date, tz::TimeZone};
use kinfold_wire::{
    fhir::{Limits, MatchRequest, Problems, Reading, Resource, sought},
    hooks::PatientView,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(request) = MatchRequest::parse(bytes, Limits::default()) {
        assert_ne!(request.count, Some(0), "a count of none asks for nothing");
        look_for(&request.patient);
    }
    if let Ok(call) = PatientView::parse(bytes, Limits::default()) {
        look_for(&call.patient);
    }
});

fn look_for(patient: &Resource) {
    assert_eq!(patient.kind, "Patient");
    let reading = Reading::uk_core(TimeZone::UTC, date(2026, 6, 1));
    let mut problems = Problems::of("Patient");
    let read = sought(patient, &reading, &mut problems);
    assert!(read.is_some() || !problems.into_found().is_empty(), "unread without a reason");
}
