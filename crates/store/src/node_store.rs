//! What a node asks of its store.

use async_trait::async_trait;
use kinfold_service::ports::{
    AgreementStore, AlarmStore, AmendmentStore, AttendanceStore, CorrectionStore, DepartmentStore,
    DiscussionStore, HandOverStore, LinkStore, NotificationStore, PasskeyStore, PeopleStore,
    PortError, RegisterStore, RowsToMend, SheetStore, StaffStore, TokenStore, TrailStore,
};

use crate::{Round, StoreKey};

/// A node's store: every port that outlives a process, and the replacement of its key.
pub trait NodeStore:
    AgreementStore
    + AlarmStore
    + AmendmentStore
    + AttendanceStore
    + CorrectionStore
    + DepartmentStore
    + DiscussionStore
    + HandOverStore
    + LinkStore
    + NotificationStore
    + PasskeyStore
    + PeopleStore
    + RegisterStore
    + RowsToMend
    + SeedsRotation
    + SheetStore
    + StaffStore
    + TokenStore
    + TrailStore
{
}

/// Replacing the key `seeds` while the node serves. `docs/store.md` gives the order and what survives a crash in it.
#[async_trait]
pub trait SeedsRotation: Send + Sync {
    /// From now on all that the key `seeds` seals is sealed under `key`, and what is older opens with the one until now. Waits for
    /// whoever reads or writes one just now; writes nothing. The key must be durable in its file before.
    async fn replace_seeds_key(&self, key: &StoreKey);

    /// Whether two keys are in use.
    async fn is_replacing_seeds_key(&self) -> bool;

    /// Forgets the key before the newest: only when a whole [`Round`] found nothing of it.
    async fn forget_seeds_key(&self);

    /// How many values the key `seeds` seals.
    async fn under_seeds_key(&self) -> Result<u64, PortError>;

    /// Goes on with a round by a few rows, in one transaction.
    async fn seal_anew(&self, round: &mut Round) -> Result<(), PortError>;

    /// Writes the tables' files anew, so that none of them still holds what was sealed before. Writers wait meanwhile.
    async fn write_files_anew(&self) -> Result<(), PortError>;
}
