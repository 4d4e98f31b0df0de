//! What stands by hand: amendments in memory, and at rest.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use jiff::civil::Date;
use kinfold_domain::{DetailKind, EntryId, Telephone};
use parking_lot::RwLock;

use crate::ports::{Amendment, AmendmentKey, AmendmentStore, PortError, RungNumber};

/// Amendments by entry, and within an entry in the order in which they lie over it.
pub(super) type Standing = BTreeMap<AmendmentKey, Amendment>;

/// All amendments that stand.
pub(super) struct Hand {
    store: Arc<dyn AmendmentStore>,
    standing: RwLock<Standing>,
    /// The day on which each number was last rung and found right, by its digits.
    rung: RwLock<HashMap<String, Date>>,
}

impl Hand {
    pub(super) fn new(store: Arc<dyn AmendmentStore>) -> Self {
        Self { store, standing: RwLock::default(), rung: RwLock::default() }
    }

    pub(super) async fn load(&self) -> Result<(), PortError> {
        let stored = self.store.amendments().await?;
        *self.standing.write() = stored.into_iter().map(|a| (a.key(), a)).collect();
        let rung = self.store.rung_numbers().await?;
        let days =
            rung.iter().filter_map(|rung| Some((rung.number.digits(), rung.number.confirmed()?)));
        *self.rung.write() = days.collect();
        Ok(())
    }

    /// Confirms numbers as they were rung.
    pub(super) fn stamp<'a>(&self, numbers: impl Iterator<Item = &'a mut Telephone>) {
        let rung = self.rung.read();
        if rung.is_empty() {
            return;
        }
        for number in numbers {
            number.confirm(rung.get(&number.digits()).copied());
        }
    }

    /// Whether a number was not rung on that day or later.
    pub(super) fn is_news(&self, rung: &RungNumber) -> bool {
        rung.number.confirmed() > self.rung.read().get(&rung.number.digits()).copied()
    }

    /// At rest first, as amendments are.
    pub(super) async fn put_rung(&self, rung: &[RungNumber]) -> Result<(), PortError> {
        self.store.put_rung(rung).await?;
        let days =
            rung.iter().filter_map(|rung| Some((rung.number.digits(), rung.number.confirmed()?)));
        self.rung.write().extend(days);
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
