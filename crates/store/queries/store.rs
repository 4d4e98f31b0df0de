//! The open store: its connections and its seals.

use std::fmt;
use std::sync::Arc;

use kinfold_service::ports::Entropy;
use kinfold_store::{NodeStore, OpenError, StoreKeys};
use sqlx::Transaction;
use tokio::sync::{RwLock, RwLockReadGuard};

use crate::columns::Columns;
use crate::engine::{self, Database, Pool};
use crate::fault::Fault;
use crate::opening;
use crate::seeds::SeedSeals;

/// One node's store, open. Cloning shares the connections.
#[derive(Clone)]
pub struct Store {
    /// A few connections that can't write.
    pub(crate) read: Pool,
    /// The one connection that writes, so that writers queue here and not at the database's lock.
    pub(crate) write: Pool,
    pub(crate) columns: Arc<Columns>,
    pub(crate) seeds: Arc<RwLock<SeedSeals>>,
}

impl NodeStore for Store {}

impl Store {
    /// Version and keys are judged before anything is written, so that a wrong key file or an older program leaves the
    /// store as it is.
    pub(crate) async fn over(
        [read, write]: [Pool; 2],
        keys: &StoreKeys,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, OpenError> {
        opening::prepare(&write, keys, &*entropy).await?;
        let store = Self {
            read,
            write,
            columns: Arc::new(Columns::new(keys, entropy)),
            seeds: Arc::new(RwLock::new(SeedSeals::new(&keys.seeds, keys.seeds_before.as_ref()))),
        };
        store.key_older_items().await?;
        Ok(store)
    }

    /// Begins a write that takes the database's lock at once: nobody else writes between what it reads and what it writes.
    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Database>, Fault> {
        engine::begin(&self.write).await
    }

    /// The seals of what the key `seeds` seals. Held from before a row is read until it is open, and from before a value is sealed
    /// until it is committed: so no key comes or goes in between. Taken before [`begin`](Self::begin) and once at a time, or two
    /// would wait for each other.
    pub(crate) async fn seeds(&self) -> RwLockReadGuard<'_, SeedSeals> {
        self.seeds.read().await
    }

    /// Waits for what is running and closes the connections.
    pub async fn close(&self) {
        self.read.close().await;
        self.write.close().await;
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Store")
    }
}
