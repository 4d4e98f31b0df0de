//! Changes by hand, taken over at once; and what is left to do of them when a process ended in between.

use std::collections::HashSet;

use kinfold_domain::{ChangeKind, Detail, DetailKind, EntryId, RegisterChange};

use super::{FeedError, RegisterFeed, difference::Moment, overlay::amended};
use crate::ports::{Amendment, AmendmentKey, Differs, PortError};

/// Why an entry that left the case system is work for somebody.
const LEFT: &str = "The case system does not have this entry any more, and gave no end date.";

impl RegisterFeed {
    /// Takes amendments over: stored, then in the list, in their order; what they replace is remembered. `gone` have nothing left to say.
    pub(super) async fn amend(
        &self,
        amendments: Vec<Amendment>,
        gone: &[AmendmentKey],
    ) -> Result<usize, FeedError> {
        let _alone = self.alone().await?;
        let mut met = HashSet::new();
        let entries = amendments.iter().map(|amendment| amendment.entry.clone());
        let order: Vec<EntryId> = entries.filter(|entry| met.insert(entry.clone())).collect();
        let kept = amendments.into_iter().map(|amendment| self.over_what_stands(amendment));
        self.hand.amend(kept.collect(), gone).await?;
        self.make_changes(&order).await
    }

    /// Stores what was decided about differences: nothing changes in the register.
    pub(super) async fn decide(
        &self,
        put: Vec<Amendment>,
        gone: &[AmendmentKey],
    ) -> Result<(), PortError> {
        let _alone = self.alone().await?;
        self.hand.amend(put, gone).await
    }

    /// Makes the changes of amendments that were stored and are not in the list: the process ended in between.
    pub(super) async fn finish(&self) -> Result<usize, FeedError> {
        let _alone = self.alone().await?;
        let mut order: Vec<EntryId> = self.hand.all().into_keys().map(|(entry, _)| entry).collect();
        order.dedup();
        self.make_changes(&order).await
    }

    async fn make_changes(&self, order: &[EntryId]) -> Result<usize, FeedError> {
        let changes: Vec<RegisterChange> =
            order.iter().filter_map(|entry| self.change_by_hand(entry)).collect();
        let count = changes.len();
        if count > 0 {
            self.take_over(changes).await?;
        }
        Ok(count)
    }

    /// The change that makes an entry say what stands by hand, in the name of whoever amended it; `None` where it says so already.
    fn change_by_hand(&self, entry: &EntryId) -> Option<RegisterChange> {
        let known = self.register.known(entry);
        let rows = self.hand.of(entry);
        // What the case system took over is in its hands, until the amendments that made it are cleared away.
        let is_made = rows.iter().any(|row| row.detail.kind() == DetailKind::Entry);
        if is_made && known.as_ref().is_some_and(|known| known.successor.is_some()) {
            return None;
        }
        let mut after = amended(known.as_deref(), &rows)?;
        self.hand.stamp(after.telephones_mut());
        after.handing_over = self.handing_over().remove(entry);
        if known.as_deref() == Some(&after) {
            return None;
        }
        // What the entry says already was changed earlier, by somebody else perhaps.
        let is_new =
            |row: &&Amendment| known.as_deref().is_none_or(|known| !row.detail.agrees(known));
        let last = rows.iter().filter(is_new).max_by_key(|row| row.at)?;
        Some(RegisterChange {
            kind: last.kind,
            at: last.at,
            by: last.by.clone(),
            reason: Some(last.reason.clone()),
            entry: after,
        })
    }

    /// An amendment that remembers what it replaces, and since when the case system has said otherwise.
    fn over_what_stands(&self, amendment: Amendment) -> Amendment {
        let known = self.register.known(&amendment.entry);
        let said = known.and_then(|known| amendment.detail.kind().of(&known));
        match self.hand.find(&amendment.key()) {
            Some(earlier) => Amendment {
                over: earlier.over,
                differs: earlier.differs,
                owner: earlier.owner,
                ..amendment
            },
            None => Amendment { over: said, ..amendment },
        }
    }
}

/// Entries that left the case system: they have ended, and somebody is to look.
pub(super) fn left(changes: &[RegisterChange], moment: Moment<'_>) -> Vec<Amendment> {
    let withdrawn = changes.iter().filter(|change| change.kind == ChangeKind::Withdrawn);
    withdrawn
        .map(|change| Amendment {
            entry: change.entry.id.clone(),
            detail: Detail::Left,
            kind: ChangeKind::Withdrawn,
            by: moment.by.to_owned(),
            at: moment.at,
            reason: LEFT.into(),
            over: None,
            differs: Some(Differs { since: moment.at, says: None }),
            owner: None,
            look_again: None,
        })
        .collect()
}
