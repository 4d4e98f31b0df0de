//! A change of the register by hand.

use jiff::Timestamp;
use kinfold_domain::{AskId, DetailKind, EntryId, Personal, Purpose};
use serde::{Deserialize, Serialize};

use super::Asker;

/// A custodian is about to change the register, or has decided on a difference from the case system. Durable before anything changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Amending {
    /// The ask.
    pub ask: AskId,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub asker: Asker,
    /// Why they may.
    pub purpose: Purpose,
    /// The clauses that allow it.
    pub clauses: Vec<String>,
    /// Which entries, the first the one that the work was about.
    pub register_entries: Vec<EntryId>,
    /// What: a kind of change, or `case-system-is-right`, `register-is-right`, `taken`.
    pub what: String,
    /// Which details.
    pub details: Vec<DetailKind>,
    /// Why, in their words.
    pub reason: Personal<String>,
}
