//! PV1: the visit.

use jiff::Timestamp;
use kinfold_domain::Visit;

use super::segment::Segment;
use super::times::moment;
use super::{Omission, Reading};

/// The longest name of a place, in characters.
const LONGEST_PLACE: usize = 80;
/// HL7 table 0009: pregnant.
const PREGNANT: &str = "B6";

/// Reads PV1, with PID's account number where PV1 has no number of the visit. `None` when it says nothing.
pub(super) fn visit(
    pv1: &Segment<'_>,
    pid: &Segment<'_>,
    reading: &Reading<'_>,
    omitted: &mut Vec<Omission>,
) -> Option<Visit> {
    let number = [(pv1, 19), (pv1, 50), (pid, 18)]
        .into_iter()
        .find_map(|(segment, field)| segment.first(field));
    let mut time = |field, omission| -> Option<Timestamp> {
        let read = moment(&pv1.first(field)?, reading.zone, reading.now);
        if read.is_none() {
            omitted.push(omission);
        }
        read
    };
    let (arrived, left) = (time(44, Omission::Arrival), time(45, Omission::Departure));
    let pregnant = pv1.repeats(15).any(|status| status.part(1).as_deref() == Some(PREGNANT));
    let visit =
        Visit { number: number.map(Into::into), place: place(pv1), arrived, left, pregnant };
    (visit != Visit::default()).then_some(visit)
}

/// The first readable part of PV1-3: the point of care, otherwise room, bed, facility…
fn place(pv1: &Segment<'_>) -> Option<String> {
    let location = pv1.repeats(3).next()?;
    let mut parts = (1..=location.components()).filter_map(|part| location.part(part));
    let plain = |part: String| {
        let kept: String = part.chars().filter(|c| !c.is_control()).take(LONGEST_PLACE).collect();
        Some(kept.trim().to_owned()).filter(|kept| !kept.is_empty())
    };
    parts.find_map(plain)
}
