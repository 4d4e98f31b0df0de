//! The search tables over the ledger: made from it, and made anew from it when in doubt. They hold no names.

use async_trait::async_trait;
use jiff::Timestamp;
use kinfold_domain::{AgencyId, AskId, EmployeeId};
use serde::{Deserialize, Serialize};

use super::PortError;

/// What a child is found by: HMAC-SHA-256 under the node's trail key of an NHS number, a record's identifier, or a
/// folded name with a birth date.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct LookKey(pub [u8; 32]);

/// Which ledger entry a look comes from.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LookKind {
    /// An employee of this agency was about to look.
    Intent,
    /// What the employee was in fact shown.
    Receipt,
    /// This agency told a partner's employee.
    Disclosure,
    /// This agency, or a partner, refused.
    Refusal,
    /// A partner's employee read this agency's register from its replica.
    ReplicaLook,
    /// Governance reviewed a broken glass.
    GlassReview,
}

/// One searchable look.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Look {
    /// Its place in the ledger.
    pub index: u64,
    /// Which entry.
    pub kind: LookKind,
    /// The ask: the same in both agencies' ledgers.
    pub ask: AskId,
    /// When.
    pub at: Timestamp,
    /// The asker's agency.
    pub agency: AgencyId,
    /// The asker, where it is an employee of this agency.
    pub employee: Option<EmployeeId>,
    /// What the child is found by.
    pub keys: Vec<LookKey>,
}

/// Keeps the search tables.
#[async_trait]
pub trait TrailStore: Send + Sync {
    /// Adds looks and moves the follower's place, in one transaction. Adding the same look twice changes nothing.
    async fn index(&self, looks: &[Look], followed: u64) -> Result<(), PortError>;

    /// The number of ledger entries already followed.
    async fn followed(&self) -> Result<u64, PortError>;

    /// Forgets everything, to be made anew.
    async fn forget(&self) -> Result<(), PortError>;

    /// Looks found by any of the keys, and those of the same asks, the newest first.
    async fn by_keys(&self, keys: &[LookKey], limit: u32) -> Result<Vec<Look>, PortError>;

    /// Looks of these asks, the newest first.
    async fn by_asks(&self, asks: &[AskId], limit: u32) -> Result<Vec<Look>, PortError>;

    /// Intents of one employee, the newest first, with the receipts and refusals of the same asks.
    async fn by_employee(&self, employee: EmployeeId, limit: u32) -> Result<Vec<Look>, PortError>;

    /// How many ledger entries a partner has acknowledged notices of.
    async fn delivered(&self, partner: &AgencyId) -> Result<u64, PortError>;

    /// Moves that place forward.
    async fn set_delivered(&self, partner: &AgencyId, upto: u64) -> Result<(), PortError>;
}
