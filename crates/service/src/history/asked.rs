//! A child's history: the question, the answer, and why there is none.

use jiff::Timestamp;
use kinfold_domain::{AgencyId, AskId, EntryId, Purpose, Subject};
use serde::Serialize;

use super::{join::HistoryPart, told::HistoryTold};
use crate::{agreements::NoAgreement, audit::LinesError, journal::JournalError, ports::PortError};

/// Whose history, and why.
#[derive(Clone, Debug)]
pub struct HistoryQuestion {
    /// The child, as the answer had it.
    pub subject: Subject,
    /// The entries of registers that the answer was about.
    pub entries: Vec<(AgencyId, EntryId)>,
    /// Why.
    pub purpose: Purpose,
}

/// A child's history.
#[derive(Clone, Debug, Serialize)]
pub struct ChildHistory {
    /// The ask.
    pub ask: AskId,
    /// When.
    pub at: Timestamp,
    /// What all who answered know.
    pub told: HistoryTold,
    /// How each agency answered, this one first.
    pub parts: Vec<HistoryPart>,
}

/// Why there is no history. The answer itself stands.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// Nothing flows at all.
    #[error(transparent)]
    NoAgreement(#[from] NoAgreement),
    /// Not for this role and purpose; recorded.
    #[error("{0}")]
    Refused(String),
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] JournalError),
    /// The store.
    #[error(transparent)]
    Store(#[from] PortError),
}

impl From<LinesError> for HistoryError {
    fn from(error: LinesError) -> Self {
        match error {
            LinesError::Ledger(error) => Self::Ledger(error),
            LinesError::Store(error) => Self::Store(error),
        }
    }
}
