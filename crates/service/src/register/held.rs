//! Entries that nobody may end by the way: a child who is being handed over stays on the register until the other council has taken over,
//! whatever the case system says meanwhile.

use std::sync::Arc;

use jiff::Timestamp;
use kinfold_domain::{ChangeKind, Detail, EntryId, RegisterEntry};

use super::RegisterFeed;
use crate::{ports::Amendment, records::HandOverId};

/// How often one entry may have taken another's place.
const MOST_SUCCESSORS: usize = 16;

impl RegisterFeed {
    /// Holds an entry for a hand-over, or lets go of it.
    pub(super) fn hold(&self, id: HandOverId, entry: Option<(EntryId, String)>) {
        let mut held = self.held.write();
        match entry {
            Some(entry) => drop(held.insert(id, entry)),
            None => drop(held.remove(&id)),
        }
    }

    /// Whether an entry is held.
    pub(super) fn is_held(&self, id: &EntryId) -> bool {
        let held = self.held.read();
        held.values().any(|(entry, _)| {
            entry == id || self.living(entry).is_some_and(|living| living.id == *id)
        })
    }

    /// The entry of that reference, or the one that stands for the same plan in its place.
    pub(super) fn living(&self, id: &EntryId) -> Option<Arc<RegisterEntry>> {
        let mut entry = self.register.known(id)?;
        for _ in 0..MOST_SUCCESSORS {
            let next = entry.successor.as_ref().and_then(|next| self.register.known(next));
            // A newborn's plan is another one than the mother's.
            let Some(next) = next.filter(|next| next.status == entry.status) else { break };
            entry = next;
        }
        Some(entry)
    }

    /// What holds entries, as if somebody had said by hand that they are in force: where the case system says otherwise, that is a
    /// difference to decide.
    pub(super) fn held_rows(&self, at: Timestamp) -> Vec<Amendment> {
        let held = self.held.read();
        let rows = held.values().filter_map(|(entry, why)| {
            let entry = self.living(entry).filter(|entry| entry.end.is_none())?;
            Some(Amendment {
                entry: entry.id.clone(),
                detail: Detail::End(None),
                kind: ChangeKind::Reopened,
                by: "hand-over".to_owned(),
                at,
                reason: why.clone().into(),
                over: Some(Detail::End(None)),
                differs: None,
                owner: None,
                look_again: None,
            })
        });
        rows.collect()
    }
}
