//! Emergency codes: ten on a sheet of paper, for the day on which a token is lost or left at home. Each is good once, in place of the
//! token's code, beside the same PIN.
//!
//! A code on paper is weaker than a token: whoever reads it over a shoulder has it for good. So it signs in and unlocks, and proves
//! nothing else: what calls for a fresh code, two people or a door outside the pages takes a token's code, whose type this is not.

mod prove;
mod record;
mod sheets;
mod sign_in;

pub use prove::EmergencyCredentials;
pub use record::SheetWord;
pub use sheets::{FreshSheet, SheetLine};

use std::sync::Arc;

use crate::{
    journal::{Journal, JournalError},
    ports::{Clock, Entropy, PortError, SheetRow, SheetStore, StaffStore},
    records::Entry,
    sign_in::{SignIn, SignInError},
};

/// Why a sheet was not made or ended.
#[derive(Debug, thiserror::Error)]
pub enum EmergencyError {
    /// A code for one shift can't bring what outlasts the shift.
    #[error("a code for one shift makes no emergency codes: use your own token")]
    OneShift,
    /// Another sheet was made or ended in the same moment.
    #[error("your emergency codes were changed just now: look again")]
    Changed,
    /// There is no sheet.
    #[error("there are no emergency codes to end: they have ended already")]
    NoSheet,
    /// There is no such employee.
    #[error("there is no such employee")]
    NoAccount,
    /// Sessions.
    #[error(transparent)]
    SignIn(#[from] SignInError),
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] JournalError),
    /// The store.
    #[error(transparent)]
    Store(#[from] PortError),
}

/// What emergency codes work with.
pub struct EmergencyParts {
    /// The sheets.
    pub sheets: Arc<dyn SheetStore>,
    /// The employees.
    pub staff: Arc<dyn StaffStore>,
    /// Sessions.
    pub sign_in: Arc<SignIn>,
    /// The ledger.
    pub journal: Journal,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub entropy: Arc<dyn Entropy>,
}

/// Keeps sheets of emergency codes, and lets people in by them.
pub struct Emergency {
    parts: EmergencyParts,
}

impl Emergency {
    /// Over these parts.
    pub const fn new(parts: EmergencyParts) -> Self {
        Self { parts }
    }

    /// What happened to a sheet, or by it.
    fn word(&self, row: &SheetRow, what: &str) -> SheetWord {
        SheetWord {
            at: self.parts.clock.now(),
            sheet: Some(row.id.0),
            employee: Some(row.employee),
            what: what.to_owned(),
            why: None,
            left: u8::try_from(row.sheet.left()).ok(),
            by: None,
            address: None,
        }
    }

    async fn record(&self, word: SheetWord) -> Result<(), JournalError> {
        self.parts.journal.record(Entry::EmergencyCodes(Box::new(word))).await.map(drop)
    }
}
