//! What stands by hand: amendments in memory, and at rest.

use std::{collections::BTreeMap, sync::Arc};

use kinfold_domain::{DetailKind, EntryId};
use parking_lot::RwLock;

use crate::ports::{Amendment, AmendmentKey, AmendmentStore, PortError};

/// Amendments by entry, and within an entry in the order in which they lie over it.
pub(super) type Standing = BTreeMap<AmendmentKey, Amendment>;

/// All amendments that stand.
pub(super) struct Hand {
    store: Arc<dyn AmendmentStore>,
    standing: RwLock<Standing>,
}

impl Hand {
    pub(super) fn new(store: Arc<dyn AmendmentStore>) -> Self {
        Self { store, standing: RwLock::default() }
    }

    pub(super) async fn load(&self) -> Result<(), PortError> {
        let stored = self.store.amendments().await?;
        *self.standing.write() = stored.into_iter().map(|a| (a.key(), a)).collect();
        Ok(())
    }

    pub(super) fn all(&self) -> Standing {
        self.standing.read().clone()
    }

    pub(super) fn of(&self, entry: &EntryId) -> Vec<Amendment> {
        rows_of(&self.standing.read(), entry)
    }

    pub(super) fn find(&self, key: &AmendmentKey) -> Option<Amendment> {
        self.standing.read().get(key).cloned()
    }

    /// At rest first: what is in memory alone would be lost with the process.
    pub(super) async fn amend(
        &self,
        put: Vec<Amendment>,
        gone: &[AmendmentKey],
    ) -> Result<(), PortError> {
        if put.is_empty() && gone.is_empty() {
            return Ok(());
        }
        self.store.amend(&put, gone).await?;
        let mut standing = self.standing.write();
        for key in gone {
            standing.remove(key);
        }
        standing.extend(put.into_iter().map(|amendment| (amendment.key(), amendment)));
        Ok(())
    }
}

/// What stands over one entry, in its order.
pub(super) fn rows_of(standing: &Standing, entry: &EntryId) -> Vec<Amendment> {
    let from = (entry.clone(), DetailKind::Entry);
    let rows = standing.range(from..).take_while(|((id, _), _)| id == entry);
    rows.map(|(_, amendment)| amendment.clone()).collect()
}
