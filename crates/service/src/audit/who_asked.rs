//! A review of who looked: the question, the answer, and why there is none.

use jiff::Timestamp;
use kinfold_domain::{AskId, Purpose, Subject};
use serde::Serialize;

use super::{Joined, LedgerPart, LinesError};
use crate::{agreements::NoAgreement, journal::JournalError, ports::PortError};

/// What is asked.
#[derive(Clone, Debug)]
pub struct WhoQuestion {
    /// Looks at whom.
    pub subject: Subject,
    /// Why.
    pub purpose: Purpose,
}

/// Who looked at a child.
#[derive(Clone, Debug, Serialize)]
pub struct WhoLookedAt {
    /// The ask: this reading of the ledgers is in them too.
    pub ask: AskId,
    /// When.
    pub at: Timestamp,
    /// At whom.
    pub subject: Subject,
    /// The looks, the newest first.
    pub looks: Vec<Joined>,
    /// How each ledger answered.
    pub ledgers: Vec<LedgerPart>,
}

/// Why nobody can be told.
#[derive(Debug, thiserror::Error)]
pub enum WhoError {
    /// Nothing flows at all.
    #[error(transparent)]
    NoAgreement(#[from] NoAgreement),
    /// This employee may not review for this purpose; recorded.
    #[error("{0}")]
    Refused(String),
    /// Too little to look anybody up by.
    #[error("type an NHS number, or a name with a date of birth")]
    TooLittle,
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] JournalError),
    /// The search tables.
    #[error(transparent)]
    Store(#[from] PortError),
}

impl From<LinesError> for WhoError {
    fn from(error: LinesError) -> Self {
        match error {
            LinesError::Ledger(error) => Self::Ledger(error),
            LinesError::Store(error) => Self::Store(error),
        }
    }
}
