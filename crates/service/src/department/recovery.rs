//! After a start: what the ledger has of attendances and the store has not, because the process ended between the two.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use kinfold_domain::{Personal, Role, Subject};

use super::{
    attendance::{Attendance, AttendanceId, Recorded, Whereabouts},
    steps::{AttendanceStep, StepKind},
};
use crate::{
    journal::{Journal, JournalError},
    records::Entry,
};

/// The steps that the latest change recorded, perhaps with some before them; none when there was no step since `since`.
pub(super) fn latest_steps(
    journal: &Journal,
    since: Timestamp,
) -> Result<Vec<AttendanceStep>, JournalError> {
    let mut steps = Vec::new();
    for stretch in journal.backwards(since) {
        let stretch = stretch?;
        // A change's steps stand together: where a stretch begins with one, those before it may belong to it.
        let is_cut_off = matches!(stretch.first(), Some(Entry::Attendance(_)));
        let earlier = stretch.into_iter().filter_map(|entry| match entry {
            Entry::Attendance(step) => Some(*step),
            _ => None,
        });
        steps.splice(0..0, earlier);
        if !steps.is_empty() && !is_cut_off {
            break;
        }
    }
    Ok(steps)
}

/// Steps by attendance, each number once.
pub(super) fn by_attendance(
    steps: Vec<AttendanceStep>,
) -> BTreeMap<AttendanceId, Vec<AttendanceStep>> {
    let mut all: BTreeMap<AttendanceId, Vec<AttendanceStep>> = BTreeMap::new();
    for step in steps {
        all.entry(step.attendance).or_default().push(step);
    }
    all
}

/// An attendance that a nurse recorded by hand and that the store lacks: no message will tell of it again. Who it was stands in the entries
/// that it concerns.
pub(super) fn by_hand(first: &AttendanceStep) -> Option<Attendance> {
    let of_message = first.by.role.as_str() == Role::ARRIVALS;
    (!of_message && first.number == 0).then(|| Attendance {
        id: first.attendance,
        sender: None,
        patient: Personal::default(),
        visit: None,
        subject: Subject::default(),
        pregnant: false,
        place: None,
        arrived: first.arrived,
        heard: first.at,
        whereabouts: Whereabouts::Present,
        check: None,
        first_checked: Some(first.at),
        failure: None,
        recorded: None,
        steps: 0,
        told: Vec::new(),
        ever_told: BTreeSet::new(),
        acknowledged: Vec::new(),
    })
}

impl Attendance {
    /// Takes over what the ledger has of it beyond what it knows; whether there was anything.
    pub(super) fn catch_up(&mut self, steps: &[AttendanceStep]) -> bool {
        let known = self.steps;
        for step in steps {
            if step.number == self.steps {
                self.take(step);
            }
        }
        self.steps > known
    }

    fn take(&mut self, step: &AttendanceStep) {
        self.steps = step.number + 1;
        self.ever_told.extend(step.concerns.keys().cloned());
        match step.what {
            StepKind::Arrived => {
                if !matches!(self.whereabouts, Whereabouts::Present) {
                    self.told.clear();
                }
                self.whereabouts = Whereabouts::Present;
                self.told.retain(|(owner, _)| !step.concerns.contains_key(owner));
                self.told.extend(step.concerns.clone());
                self.told.sort();
            }
            StepKind::Cancelled => {
                self.told.retain(|(owner, _)| !step.concerns.contains_key(owner));
            }
            StepKind::Left => self.whereabouts = Whereabouts::Left { at: step.at },
            StepKind::Seen | StepKind::LeftUnseen | StepKind::Referred | StepKind::InError => {
                let outcome = step.what.outcome();
                self.recorded =
                    outcome.map(|outcome| Recorded { outcome, at: step.at, by: step.by.clone() });
            }
        }
    }
}
