//! The register: fed from the council's case system, held in memory, replicated to partners as signed changes.

mod ahead;
mod amending;
mod book;
mod continued;
mod custody;
mod difference;
mod discussion;
mod feed;
mod freshness;
mod frontier;
mod hand;
mod handmade;
mod handover;
mod head;
mod held;
mod overlay;
mod projection;
mod pulled;
mod replica;
mod rung;
mod serve;
mod taking;
mod vanished;

pub use book::{Register, RegisterMatch, RegisterSearch};
pub use custody::{
    Change, ChangeError, Corrupt, Custodian, CustodyError, CustodyParts, Decision, DiscussionEnd,
    DiscussionLine, DiscussionList, DueLine, DueList, Extract, ExtractTerms, FileCode, Found,
    HandOverLine, HandOverList, HistoryLine, ImportReport, ImportRow, LONGEST_FILE, NewDiscussion,
    NewEntry, Opened, OpenedHandOver, Overview, PlanType, Planned, PlannedHandOver, PlannedStep,
    QueueLine, RowAnswer, RowCode, ToChange, ToHandOver, WorkQueue, read_import,
};
pub use discussion::{Discussion, Unborn};
pub use feed::{FeedError, FeedState, FeedStores, RegisterFeed};
pub use freshness::Freshness;
pub use handover::{
    Act, HandOver, HandOverError, HandOverParts, HandOvers, Handed, NotNow, Side, State, Taken,
};
pub use head::RegisterHead;
pub use projection::project;
pub(crate) use projection::release;
pub use replica::{Replica, ReplicaError};
pub use serve::{DeskParts, RegisterDesk};
pub use vanished::{ConfirmError, Vanished};

use std::{collections::BTreeMap, sync::Arc};

use kinfold_domain::{AgencyId, EntryId};

/// A source's own reference of an entry as ours: lower case, with hyphens for what may not stand in one.
pub fn entry_reference(text: &str) -> Option<EntryId> {
    text.to_lowercase().replace([' ', '/', ':'], "-").parse().ok()
}

/// The registers that this node can search: its own where it is a council's, and replicas of its partners'.
#[derive(Clone, Default)]
pub struct Registers(Arc<BTreeMap<AgencyId, Arc<Register>>>);

impl Registers {
    /// These registers.
    pub fn new(registers: impl IntoIterator<Item = Arc<Register>>) -> Self {
        Self(Arc::new(registers.into_iter().map(|r| (r.owner().id.clone(), r)).collect()))
    }

    /// The register of one owner.
    pub fn of(&self, owner: &AgencyId) -> Option<&Arc<Register>> {
        self.0.get(owner)
    }

    /// All registers, by owner.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Register>> {
        self.0.values()
    }
}
