//! Registers at rest: the node's own list of changes, and replicas of its partners'.

use async_trait::async_trait;
use kinfold_domain::{AgencyId, RegisterChange};

use super::PortError;

/// One change with its place in the list.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredChange {
    /// Its place, from 0.
    pub sequence: u64,
    /// The change.
    pub change: RegisterChange,
}

/// Keeps registers, sealed at rest. A register is known by its owner; the node's own too.
#[async_trait]
pub trait RegisterStore: Send + Sync {
    /// Appends changes in one transaction; the first one's sequence must be the number of those already there.
    async fn append(&self, owner: &AgencyId, changes: &[StoredChange]) -> Result<(), PortError>;

    /// Changes in order from a place on, at most `limit` of them.
    async fn changes(
        &self,
        owner: &AgencyId,
        from: u64,
        limit: u32,
    ) -> Result<Vec<StoredChange>, PortError>;

    /// Forgets a replica's changes and head (a new feed begins, the replica expired, or the agreement ended).
    async fn forget(&self, owner: &AgencyId) -> Result<(), PortError>;

    /// Keeps the newest signed head of a replica, as it came.
    async fn save_head(&self, owner: &AgencyId, head: &str) -> Result<(), PortError>;

    /// The newest signed head of a replica.
    async fn head(&self, owner: &AgencyId) -> Result<Option<String>, PortError>;
}
