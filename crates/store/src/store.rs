//! The open store: its connections and its seals.

use std::fmt;
use std::sync::Arc;

use kinfold_service::ports::PortError;
use sqlx::{Sqlite, SqlitePool, Transaction};
use tokio::sync::{RwLock, RwLockReadGuard};

use crate::columns::Columns;
use crate::fault::{Doing, Fault};
use crate::seeds::SeedSeals;

/// One node's store, open. Cloning shares the connections.
///
/// Opened by [`Store::open`]; close it with [`Store::close`] when the node stops, so that the write-ahead log is folded in.
#[derive(Clone)]
pub struct Store {
    /// A few connections that can't write.
    pub(crate) read: SqlitePool,
    /// The one connection that writes, so that writers queue here and not at the file's lock.
    pub(crate) write: SqlitePool,
    pub(crate) columns: Arc<Columns>,
    pub(crate) seeds: Arc<RwLock<SeedSeals>>,
}

impl Store {
    /// Begins a write that takes the file's lock at once: a later upgrade of a read could fail after work was done.
    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Sqlite>, Fault> {
        Ok(self.write.begin_with("BEGIN IMMEDIATE").await?)
    }

    /// The seals of what the key `seeds` seals. Held from before a row is read until it is open, and from before a value is sealed
    /// until it is committed: so no key comes or goes in between. Taken before [`begin`](Self::begin) and once at a time, or two
    /// would wait for each other.
    pub(crate) async fn seeds(&self) -> RwLockReadGuard<'_, SeedSeals> {
        self.seeds.read().await
    }

    /// `SQLite`'s own check of the file's structure and of every reference. Reads the whole file: for `doctor` and for tests,
    /// not for each start. An error says that there is damage.
    pub async fn check(&self) -> Result<(), PortError> {
        self.checked().await.doing("checking the database file")
    }

    async fn checked(&self) -> Result<(), Fault> {
        let found: Vec<String> =
            sqlx::query_scalar("PRAGMA quick_check").fetch_all(&self.read).await?;
        let strays = sqlx::query("PRAGMA foreign_key_check").fetch_all(&self.read).await?.len();
        let damage = found.iter().filter(|line| *line != "ok").count() + strays;
        if damage == 0 { Ok(()) } else { Err(Fault::Check(damage)) }
    }

    /// Waits for what is running, folds the write-ahead log into the file and closes it.
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
