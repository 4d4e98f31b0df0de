//! Opening the file.

use std::fs::OpenOptions;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use kinfold_service::ports::{Entropy, PortError};
use kinfold_store::{OpenError, StoreKeys};
use sqlx::Connection;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};

use crate::Store;
use crate::engine::OwnFault;
use crate::fault::{Doing, Fault};

/// Connections for reading: more would only cost memory, since reads take microseconds.
const READERS: u32 = 3;
/// How long a statement waits for another process's lock.
const BUSY: Duration = Duration::from_secs(5);
/// How long a caller waits for a connection before it is told that the store is busy.
const QUEUE: Duration = Duration::from_secs(15);

impl Store {
    /// Opens the store at `path`, making it where there is none (readable by its owner alone), and brings its tables up to
    /// this release.
    pub async fn open(
        path: &Path,
        keys: &StoreKeys,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, OpenError> {
        create(path).map_err(OpenError::File)?;
        let write = pool(path, 1, false).await?;
        let read = pool(path, READERS, true).await?;
        Self::over([read, write], keys, entropy).await
    }

    /// `SQLite`'s own check of the file's structure and of every reference. Reads the whole file: not for each start. An error
    /// says that there is damage.
    pub async fn check(&self) -> Result<(), PortError> {
        self.checked().await.doing("checking the database file")
    }

    async fn checked(&self) -> Result<(), Fault> {
        let found: Vec<String> =
            sqlx::query_scalar("PRAGMA quick_check").fetch_all(&self.read).await?;
        let strays = sqlx::query("PRAGMA foreign_key_check").fetch_all(&self.read).await?.len();
        let damage = found.iter().filter(|line| *line != "ok").count() + strays;
        if damage == 0 { Ok(()) } else { Err(OwnFault::Check(damage).into()) }
    }
}

/// An empty file is an empty database; its write-ahead log takes over its permissions.
fn create(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(|_| ())
}

/// Connections with a small page cache: an index of people is read once at start, and what is asked often lives in memory.
async fn pool(path: &Path, connections: u32, reader: bool) -> Result<SqlitePool, Fault> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY)
        .statement_cache_capacity(64)
        .row_buffer_size(1024)
        .pragma("cache_size", if reader { "-256" } else { "-1024" })
        .pragma("journal_size_limit", "8388608")
        .pragma("temp_store", "MEMORY")
        .pragma("trusted_schema", "OFF")
        .pragma("query_only", if reader { "ON" } else { "OFF" });
    Ok(SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(QUEUE)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .after_release(|connection, _| {
            Box::pin(async move {
                // A full disk makes SQLite roll back by itself; the driver then believes in a transaction that is no more.
                connection.ping().await?;
                Ok(!connection.is_in_transaction())
            })
        })
        .connect_with(options)
        .await?)
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;
