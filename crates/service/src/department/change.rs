//! One change of the department at a time: recorded, stored, then shown.
//!
//! It can be cut short between the ledger and the store: whoever asked for it has gone, the store fails, the process ends. What is cut
//! short stays noted and is finished by whoever comes next, before anything else is recorded. So at most one change, the latest, stands
//! in the ledger and not in the store when a process ends, and a start makes it good (`recovery.rs`).

use tokio::sync::MutexGuard;

use super::{arrivals::WorkError, attendance::Attendance, presence::Present};
use crate::{journal::Journal, ports::DepartmentStore, records::Entry};

/// What is to be recorded, and how attendances and messages then stand.
#[derive(Default)]
pub(super) struct Change {
    /// The entries, in order.
    entries: Vec<Entry>,
    /// The attendances as they then stand.
    attendances: Vec<Attendance>,
    /// Messages before this place are then dealt with.
    upto: u64,
    recorded: bool,
}

impl Change {
    pub(super) fn new(entries: Vec<Entry>, attendances: Vec<Attendance>) -> Self {
        Self { entries, attendances, upto: 0, recorded: false }
    }

    /// With which messages before this place are dealt with.
    pub(super) fn with_messages(self, upto: u64) -> Self {
        Self { upto, ..self }
    }
}

/// The right to change attendances, from reading them to storing them.
pub(super) struct Changing<'a> {
    pub(super) present: &'a Present,
    pub(super) journal: &'a Journal,
    pub(super) store: &'a dyn DepartmentStore,
    /// What was begun and is not done.
    pub(super) begun: MutexGuard<'a, Option<Change>>,
}

impl Changing<'_> {
    /// Records, stores and shows a change.
    pub(super) async fn carry_out(&mut self, change: Change) -> Result<(), WorkError> {
        *self.begun = Some(change);
        self.finish().await
    }

    /// Finishes what was begun. Entries of which nobody knows whether they became durable are recorded once more: they are the same.
    pub(super) async fn finish(&mut self) -> Result<(), WorkError> {
        let Some(change) = self.begun.as_mut() else { return Ok(()) };
        if !change.recorded {
            self.journal.record_all(change.entries.clone()).await?;
            change.recorded = true;
        }
        if !change.attendances.is_empty() {
            self.store.settle(change.upto, &change.attendances).await?;
        }
        if let Some(done) = self.begun.take() {
            self.present.put(done.attendances);
        }
        Ok(())
    }
}
