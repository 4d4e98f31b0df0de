//! What a partner tells of an attendance, kept until somebody has answered for it.

use std::sync::Arc;

use jiff::Timestamp;
use kinfold_domain::{AgencyId, EntryId, Role};
use serde::{Deserialize, Serialize};
use tokio::sync::{Mutex, watch};

use crate::{
    agreements::Agreements,
    department::{Acknowledged, AttendanceId, AttendanceStep, StepKind},
    journal::Journal,
    ports::{AttendanceStore, Clock, Mark},
    records::Entry,
};

use super::listed::ListError;

/// A role that was asked to answer for an attendance.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct AskedRole {
    /// The role.
    pub role: Role,
    /// Since when.
    pub at: Timestamp,
}

/// An attendance at a partner, as it stands. About a person: sealed at rest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeardAttendance {
    /// Where.
    pub partner: AgencyId,
    /// The attendance.
    pub attendance: AttendanceId,
    /// When this node first heard of it.
    pub heard: Timestamp,
    /// Its steps, by number.
    pub steps: Vec<AttendanceStep>,
    /// Who was asked, the latest last; before anybody else the key worker's own role.
    pub asked: Vec<AskedRole>,
    /// Who answered for it.
    pub acknowledged: Option<Acknowledged>,
}

impl HeardAttendance {
    /// The entries of this agency's register that it concerns.
    pub fn entries(&self, own: &AgencyId) -> Vec<EntryId> {
        let mut entries: Vec<EntryId> = self
            .steps
            .iter()
            .filter_map(|step| step.concerns.get(own))
            .flatten()
            .cloned()
            .collect();
        entries.sort_unstable();
        entries.dedup();
        entries
    }

    /// The last word on it.
    pub fn last(&self) -> Option<&AttendanceStep> {
        self.steps.last()
    }

    /// Whether it was entered in error: it is another child's, or nobody's.
    pub fn is_struck(&self) -> bool {
        self.last().is_some_and(|step| matches!(step.what, StepKind::Cancelled | StepKind::InError))
    }

    /// Whether somebody has still to answer for it. One that was entered in error needs nobody.
    pub fn waits(&self) -> bool {
        self.acknowledged.is_none() && !self.is_struck()
    }

    /// What it is found by.
    pub fn marks(&self) -> Vec<Mark> {
        let concerns = self.steps.iter().flat_map(|step| &step.concerns);
        let marks = concerns.flat_map(|(owner, entries)| {
            entries.iter().map(move |entry| Mark::entry(owner, entry))
        });
        let mut marks: Vec<Mark> = marks.collect();
        marks.sort_unstable();
        marks.dedup();
        marks
    }
}

/// Keeps attendances at partners.
pub struct Attendances {
    /// The agreement.
    pub agreements: Arc<Agreements>,
    /// Where they are kept.
    pub store: Arc<dyn AttendanceStore>,
    /// The ledger.
    pub journal: Journal,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    changed: watch::Sender<u64>,
    /// One change at a time.
    pub(super) changing: Mutex<()>,
}

impl Attendances {
    /// Over these parts.
    pub fn new(
        agreements: Arc<Agreements>,
        store: Arc<dyn AttendanceStore>,
        journal: Journal,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let (changed, changing) = (watch::Sender::default(), Mutex::default());
        Self { agreements, store, journal, clock, changed, changing }
    }

    /// Tells whenever something changed.
    pub fn changed(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Takes over one step that a partner tells. The same step told again changes nothing.
    pub(crate) async fn hear(
        &self,
        partner: &AgencyId,
        step: AttendanceStep,
    ) -> Result<(), ListError> {
        let own = self.agreements.own();
        if !step.concerns.contains_key(own) {
            return Ok(());
        }
        let _changing = self.changing.lock().await;
        let now = self.clock.now();
        let known = self.store.attendance_of(partner, step.attendance).await?;
        let mut known = known.unwrap_or_else(|| HeardAttendance {
            partner: partner.clone(),
            attendance: step.attendance,
            heard: now,
            steps: Vec::new(),
            asked: Vec::new(),
            acknowledged: None,
        });
        if known.steps.iter().any(|other| other.number == step.number) {
            return Ok(());
        }
        let entry = Entry::AttendanceHeard {
            at: now,
            partner: partner.clone(),
            step: Box::new(step.clone()),
        };
        self.journal.record(entry).await?;
        known.steps.push(step);
        known.steps.sort_by_key(|step| step.number);
        self.put(&known).await
    }

    /// For the tests of other crates: what a partner's message would tell.
    #[cfg(feature = "testing")]
    #[allow(clippy::expect_used, reason = "a test that can't be set up has failed")]
    pub async fn hear_for_tests(&self, partner: &AgencyId, step: AttendanceStep) {
        self.hear(partner, step).await.expect("heard");
    }

    pub(super) async fn put(&self, known: &HeardAttendance) -> Result<(), ListError> {
        self.store.put_attendance(known).await?;
        self.changed.send_modify(|version| *version += 1);
        Ok(())
    }
}
