//! A good part of the register that vanished from its source at once: not believed, until a named employee confirms this very part.

use kinfold_domain::{Employee, EntryId, Role};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{FeedError, RegisterFeed};
use crate::{
    journal::JournalError,
    records::{Confirmation, Entry},
};

/// The longest reason, in characters.
const LONGEST_REASON: usize = 500;

/// How much vanished. It names nobody.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Vanished {
    /// Entries in force that the source lacks.
    pub gone: usize,
    /// Entries in force.
    pub of: usize,
    /// Names this reading, in 12 hex digits: with an entry more or less it is another.
    pub reading: String,
}

impl Vanished {
    /// These entries, in their order, of so many.
    pub(super) fn of<'a>(gone: impl Iterator<Item = &'a EntryId>, of: usize) -> Self {
        let (mut count, mut digest) = (0, Sha256::new());
        for entry in gone {
            count += 1;
            digest.update(entry.as_str());
            digest.update([0]);
        }
        Self { gone: count, of, reading: hex::encode(&digest.finalize()[..6]) }
    }
}

/// Why a confirmation ended nothing.
#[derive(Debug, thiserror::Error)]
pub enum ConfirmError {
    /// Another role.
    #[error("only a register custodian or an operator may confirm that entries have ended")]
    NotForRole,
    /// No reason, or too long a one.
    #[error("give the reason, in 500 characters at most")]
    Reason,
    /// The source was read anew, and lacks nothing or too little to be asked about.
    #[error("nothing waits to be confirmed: the case system has all its entries")]
    Nothing,
    /// The source was read anew, and lacks other entries.
    #[error("the case system has changed since: {0} entries are missing now, read them anew")]
    Changed(usize),
    /// The ledger can't be written: nothing ends.
    #[error(transparent)]
    Ledger(#[from] JournalError),
    /// The source failed, or the change could not be kept.
    #[error(transparent)]
    Feed(#[from] FeedError),
}

impl RegisterFeed {
    /// Reads the source anew; answers what of the register vanished, if too much did to be believed.
    pub async fn vanished(&self) -> Result<Option<Vanished>, FeedError> {
        self.poll().await?;
        Ok(self.state().vanished)
    }

    /// Ends the entries that vanished, if they are those of this reading still; answers how many changes that made. Recorded first, with
    /// the employee and the reason. It counts for one reading of the source.
    pub async fn confirm_vanished(
        &self,
        employee: &Employee,
        reading: &str,
        reason: &str,
    ) -> Result<usize, ConfirmError> {
        if ![Role::REGISTER_CUSTODIAN, Role::OPERATOR].contains(&employee.role.as_str()) {
            return Err(ConfirmError::NotForRole);
        }
        let reason = reason.trim();
        if !(1..=LONGEST_REASON).contains(&reason.chars().count()) {
            return Err(ConfirmError::Reason);
        }
        let vanished = self.still_vanished(reading).await?;
        let confirmation = Confirmation {
            at: self.now(),
            employee: employee.id,
            role: employee.role.clone(),
            reading: vanished.reading.clone(),
            gone: vanished.gone as u64,
            of: vanished.of as u64,
            reason: reason.to_owned(),
        };
        self.record(Entry::RegisterEndConfirmed(Box::new(confirmation))).await?;
        let changes = self.poll_confirmed(reading).await?;
        match self.state().vanished {
            Some(other) => Err(ConfirmError::Changed(other.gone)),
            None => Ok(changes),
        }
    }

    async fn still_vanished(&self, reading: &str) -> Result<Vanished, ConfirmError> {
        match self.vanished().await? {
            None => Err(ConfirmError::Nothing),
            Some(vanished) if vanished.reading == reading => Ok(vanished),
            Some(other) => Err(ConfirmError::Changed(other.gone)),
        }
    }
}
