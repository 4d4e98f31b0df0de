//! The moment by which codes are judged: the one place where this node's clock refuses them.

use jiff::Timestamp;
use kinfold_domain::EmployeeId;

use super::{Door, SignIn, SignInError};
use crate::{journal::JournalError, own_clock::ClockOff, records::Entry};

/// Why there is no moment by which codes may be judged.
#[derive(Debug)]
pub(crate) enum NoTime {
    /// This node's clock is off.
    Clock(ClockOff),
    /// The refusal could not be recorded.
    Ledger(JournalError),
}

impl From<NoTime> for SignInError {
    fn from(why: NoTime) -> Self {
        match why {
            NoTime::Clock(off) => Self::Clock(off),
            NoTime::Ledger(error) => Self::Ledger(error),
        }
    }
}

impl SignIn {
    /// Now, for judging a code. While this node's clock is off nobody's code is judged, and that is recorded; it counts as no miss.
    pub(crate) async fn time_for_codes(
        &self,
        door: Option<&Door>,
        employee: Option<EmployeeId>,
    ) -> Result<Timestamp, NoTime> {
        let off = match self.clock.for_codes() {
            Ok(now) => return Ok(now),
            Err(off) => off,
        };
        let (at, why, by) = (self.clock.now(), "clock".to_owned(), door.map(Door::label));
        let entry = Entry::SignInRefused { at, employee, why, by };
        self.journal.record(entry).await.map_err(NoTime::Ledger)?;
        Err(NoTime::Clock(off))
    }
}
