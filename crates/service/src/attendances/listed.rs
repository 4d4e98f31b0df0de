//! The list of attendances as its reader gets it, and why there is none.

use jiff::Timestamp;
use kinfold_domain::{AgencyId, AskId, RegisterEntry};
use serde::Serialize;

use super::{
    heard::HeardAttendance,
    looked_up::{LookedUp, LookedUpRow},
};
use crate::{agreements::NoAgreement, audit::LinesError, journal::JournalError, ports::PortError};

/// Why there is no list, or nothing was recorded.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// Nothing flows at all.
    #[error(transparent)]
    NoAgreement(#[from] NoAgreement),
    /// Not for this role; recorded.
    #[error("{0}")]
    Refused(String),
    /// There is none such.
    #[error("that attendance is not known here")]
    Unknown,
    /// The ledger can't be written.
    #[error(transparent)]
    Ledger(#[from] JournalError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] PortError),
}

impl From<LinesError> for ListError {
    fn from(error: LinesError) -> Self {
        match error {
            LinesError::Ledger(error) => Self::Ledger(error),
            LinesError::Store(error) => Self::Store(error),
        }
    }
}

/// One attendance on the list.
#[derive(Clone, Debug, Serialize)]
pub struct AttendanceRow {
    /// What the partner told, and who answered.
    pub heard: HeardAttendance,
    /// The entries of this agency's register that it concerns, as far as the reader may see them.
    pub entries: Vec<RegisterEntry>,
    /// The reader is the key worker, by name.
    pub yours: bool,
    /// Look-ups of the reader's own child that are part of it.
    pub looks: Vec<LookedUp>,
}

/// The list.
#[derive(Clone, Debug, Serialize)]
pub struct AttendanceList {
    /// The ask.
    pub ask: AskId,
    /// When it was put together.
    pub at: Timestamp,
    /// Those that wait: the reader's own first, then what was escalated, then the oldest. After them what was answered for lately.
    pub rows: Vec<AttendanceRow>,
    /// How many more there are.
    pub more: usize,
    /// Look-ups of the reader's own children without an attendance, the newest first.
    pub looked_up: Vec<LookedUpRow>,
    /// There are more of those than are listed.
    pub more_looked_up: bool,
    /// Partners whose attendances the reader may not see, with the reason.
    pub withheld: Vec<(AgencyId, String)>,
}
