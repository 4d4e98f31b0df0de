//! Whom a Patient resource describes, and why clinical systems ask.

use jiff::tz::TimeZone;
use kinfold_domain::{Purpose, Subject};
use kinfold_service::today;
use kinfold_wire::fhir::{Problems, Reading, Resource, sought};

use super::{PURPOSE, answer::Desk, refusal::Refusal};

/// Why clinical systems ask.
#[expect(clippy::expect_used, reason = "a constant label, and a test that reads it")]
pub(super) fn purpose() -> Purpose {
    PURPOSE.parse().expect("a label")
}

/// Whom it describes, and what of it could not be read, by the names of elements alone.
pub(super) fn described(
    desk: &Desk,
    patient: &Resource,
) -> Result<(Subject, Vec<String>), Refusal> {
    let zone = TimeZone::get("Europe/London").unwrap_or(TimeZone::UTC);
    let reading = Reading::uk_core(zone, today(desk.now()));
    let mut problems = Problems::of("Patient");
    let subject = sought(patient, &reading, &mut problems);
    let subject = subject
        .ok_or_else(|| Refusal::invalid("structure", "the Patient resource can't be read"))?;
    let unread = problems.into_found().into_iter().map(|found| found.problem).collect();
    Ok((subject, unread))
}
