//! Changes taken over into the register's list: recorded, stored, and only then counted.

use std::sync::atomic::Ordering;

use kinfold_domain::RegisterChange;
use tokio::sync::MutexGuard;

use super::{FeedError, RegisterFeed, feed::PAGE};
use crate::{
    ports::{PortError, StoredChange},
    records::Entry,
};

impl RegisterFeed {
    /// One change of the list at a time, over all that the store has of it.
    pub(super) async fn alone(&self) -> Result<MutexGuard<'_, ()>, PortError> {
        let alone = self.changing.lock().await;
        if self.doubted.load(Ordering::Relaxed) {
            let (first, _) = self.register.size_and_root();
            for stored in self.store.changes(&self.register.owner().id, first, PAGE).await? {
                self.apply(stored.change);
            }
            self.grown.send_replace(self.register.size_and_root().0);
            self.doubted.store(false, Ordering::Relaxed);
        }
        Ok(alone)
    }

    /// Records, stores and counts changes, in their order. Whoever calls it is [`alone`](Self::alone).
    pub(super) async fn take_over(&self, changes: Vec<RegisterChange>) -> Result<(), FeedError> {
        // A first reading brings thousands: each part is recorded, stored and counted before the next.
        let mut changes = changes.into_iter().peekable();
        while changes.peek().is_some() {
            self.take_over_part(changes.by_ref().take(PAGE as usize).collect()).await?;
        }
        Ok(())
    }

    async fn take_over_part(&self, changes: Vec<RegisterChange>) -> Result<(), FeedError> {
        let (first, _) = self.register.size_and_root();
        let stored: Vec<StoredChange> = (first..)
            .zip(changes)
            .map(|(sequence, change)| StoredChange { sequence, change })
            .collect();
        let entries = stored.iter().map(|stored| Entry::RegisterChanged {
            at: stored.change.at,
            sequence: stored.sequence,
            register_entry: stored.change.entry.id.clone(),
            by: stored.change.by.clone(),
        });
        self.journal.record_all(entries.collect()).await?;
        let appended = self.store.append(&self.register.owner().id, &stored).await;
        // A server that falls may have them, and not have said so.
        self.doubted.store(appended.is_err(), Ordering::Relaxed);
        appended?;
        for stored in stored {
            self.apply(stored.change);
        }
        self.grown.send_replace(self.register.size_and_root().0);
        Ok(())
    }

    pub(super) fn apply(&self, change: RegisterChange) {
        let leaf = leaf(&change);
        self.register.apply(change, leaf.as_bytes());
    }
}

/// The JSON text of a change whose bytes are the list's leaf.
pub(super) fn leaf(change: &RegisterChange) -> String {
    // A change is plain data with string keys: serialising it can't fail.
    serde_json::to_string(change).unwrap_or_default()
}
