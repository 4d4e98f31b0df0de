//! What named employees changed by hand in the register, over what the case system says.

use async_trait::async_trait;
use jiff::{Timestamp, civil::Date};
use kinfold_domain::{ChangeKind, Detail, DetailKind, EntryId, Personal, Telephone, UserName};
use serde::{Deserialize, Serialize};

use super::PortError;

/// One detail of one entry as it was changed by hand. It stands until the case system says the same, or until somebody decides that
/// the case system is right.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Amendment {
    /// Which entry.
    pub entry: EntryId,
    /// What the register says.
    pub detail: Detail,
    /// What was done.
    pub kind: ChangeKind,
    /// Who did it: a user name, or the feed's name where it noticed by itself.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: Personal<String>,
    /// What the register said before.
    pub over: Option<Detail>,
    /// The case system says otherwise; `None` until it was read.
    pub differs: Option<Differs>,
    /// Who sees to the difference.
    pub owner: Option<UserName>,
    /// The difference was looked at and stays; when to look again.
    pub look_again: Option<Date>,
}

/// What the case system says instead.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Differs {
    /// The first reading that said otherwise.
    pub since: Timestamp,
    /// What the last one said; `None` where it does not have the entry.
    pub says: Option<Detail>,
}

/// What an amendment is known by: there is one for each detail of an entry.
pub type AmendmentKey = (EntryId, DetailKind);

impl Amendment {
    /// What it is known by.
    pub fn key(&self) -> AmendmentKey {
        (self.entry.clone(), self.detail.kind())
    }
}

/// A number that somebody rang and found right. It counts for every entry in which the number stands.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct RungNumber {
    /// The number, with the day.
    pub number: Telephone,
    /// Who rang it: a user name.
    pub by: String,
    /// When that was told.
    pub at: Timestamp,
}

/// Keeps amendments, sealed at rest.
#[async_trait]
pub trait AmendmentStore: Send + Sync {
    /// All that stand.
    async fn amendments(&self) -> Result<Vec<Amendment>, PortError>;

    /// Numbers that were rung and found right, once each.
    async fn rung_numbers(&self) -> Result<Vec<RungNumber>, PortError>;

    /// Puts some, each in place of what is kept of the same number.
    async fn put_rung(&self, rung: &[RungNumber]) -> Result<(), PortError>;

    /// Puts some, each in place of an older one of its key, and takes others away, in one transaction.
    async fn amend(&self, put: &[Amendment], gone: &[AmendmentKey]) -> Result<(), PortError>;
}
