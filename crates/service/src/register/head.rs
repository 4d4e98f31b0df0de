//! A register's signed head: how many changes there are, their root, and for which moment that is known to be all.

use jiff::Timestamp;
use kinfold_domain::{AgencyId, AsAt, Categories};
use serde::{Deserialize, Serialize};

/// The head of a register's list of changes as one partner receives it, carried in a signed note.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegisterHead {
    /// Whose register.
    pub owner: AgencyId,
    /// For whom the changes are projected.
    pub partner: AgencyId,
    /// The agreement's digest: under another agreement the list begins anew.
    pub agreement: String,
    /// The categories that this copy holds: what lies beyond them was left out. With other categories the list begins anew.
    pub projection: Categories,
    /// The number of changes.
    pub size: u64,
    /// Root over the changes (RFC 6962), base64.
    pub root: String,
    /// The moment for which the owner knows that these are all: its case system was last read then. `None` before the first reading.
    pub confirmed: Option<AsAt>,
    /// When it was signed.
    pub signed_at: Timestamp,
    /// Whom to ring at the owner, for the day when it can't be reached.
    pub phones: Option<kinfold_domain::RegisterPhones>,
}
