//! Entries that nobody may end by the way: a child who is being handed over stays on the register until the other council has taken over,
//! whatever the case system says meanwhile. Whoever reads such an entry is told who will take over, and afterwards who has.

use std::{collections::HashMap, sync::Arc};

use jiff::Timestamp;
use kinfold_domain::{
    ChangeKind, Detail, EntryId, HandingOver, RegisterChange, RegisterEntry, Standing,
};

use super::{FeedError, RegisterFeed};
use crate::{ports::Amendment, records::HandOverId, today};

/// How often one entry may have taken another's place.
const MOST_SUCCESSORS: usize = 16;
/// Who changed an entry, where a hand-over did.
pub(super) const HAND_OVER: &str = "hand-over";

/// What a hand-over means for an entry of this register.
pub(super) struct Held {
    /// Which entry.
    pub(super) entry: EntryId,
    /// Why neither custodian nor case system may end it now; `None` where they may.
    pub(super) why: Option<String>,
    /// What its readers are told.
    pub(super) told: Option<HandingOver>,
}

impl RegisterFeed {
    /// Takes over what a hand-over means for an entry, or that it means nothing any more.
    pub(super) fn hold(&self, id: HandOverId, entry: Option<Held>) {
        let mut held = self.held.write();
        match entry {
            Some(entry) => drop(held.insert(id, entry)),
            None => drop(held.remove(&id)),
        }
    }

    /// Whether an entry is held.
    pub(super) fn is_held(&self, id: &EntryId) -> bool {
        let held = self.held.read();
        held.values().filter(|held| held.why.is_some()).any(|held| self.is_living(held, id))
    }

    /// Whether an entry is held by another hand-over than this one.
    pub(super) fn is_held_beside(&self, id: HandOverId, entry: &EntryId) -> bool {
        let held = self.held.read();
        let others = held.iter().filter(|(other, held)| **other != id && held.why.is_some());
        others.into_iter().any(|(_, held)| self.is_living(held, entry))
    }

    fn is_living(&self, held: &Held, id: &EntryId) -> bool {
        held.entry == *id || self.living(&held.entry).is_some_and(|living| living.id == *id)
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
        let rows = held.values().filter_map(|held| {
            let why = held.why.clone()?;
            let entry = self.living(&held.entry).filter(|entry| entry.end.is_none())?;
            Some(Amendment {
                entry: entry.id.clone(),
                detail: Detail::End(None),
                kind: ChangeKind::Reopened,
                by: HAND_OVER.to_owned(),
                at,
                reason: why.into(),
                over: Some(Detail::End(None)),
                differs: None,
                owner: None,
                look_again: None,
            })
        });
        rows.collect()
    }

    /// What the readers of entries are told of hand-overs, by entry: the latest of each.
    pub(super) fn handing_over(&self) -> HashMap<EntryId, HandingOver> {
        let mut told: HashMap<EntryId, HandingOver> = HashMap::new();
        for held in self.held.read().values() {
            let Some(new) = &held.told else { continue };
            let Some(living) = self.living(&held.entry) else { continue };
            let rank = |told: &HandingOver| (told.since, told.accepted.is_none());
            match told.get_mut(&living.id) {
                Some(known) if rank(known) >= rank(new) => {}
                Some(known) => known.clone_from(new),
                None => drop(told.insert(living.id.clone(), new.clone())),
            }
        }
        told
    }

    /// Has an entry say at once what a hand-over means for it; answers whether it did not yet.
    pub(super) async fn tell_hand_over(
        &self,
        entry: &EntryId,
        reason: String,
    ) -> Result<bool, FeedError> {
        let _alone = self.alone().await?;
        let Some(known) = self.living(entry) else { return Ok(false) };
        let told = self.handing_over().remove(&known.id);
        let at = self.clock.now();
        // What has ended long ago is shown to nobody: it stays as it is.
        if known.handing_over == told || known.standing(today(at)) == Standing::Past {
            return Ok(false);
        }
        let entry = RegisterEntry { handing_over: told, ..known.as_ref().clone() };
        let (kind, by) = (ChangeKind::HandingOver, HAND_OVER.to_owned());
        let change = RegisterChange { kind, at, by, reason: Some(reason.into()), entry };
        self.take_over(vec![change]).await?;
        Ok(true)
    }
}
