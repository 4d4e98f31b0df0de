//! Opening a store: the file, its version, its keys, its migrations, in that order.

use std::fs::OpenOptions;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use kinfold_service::ports::Entropy;
use sqlx::Connection;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use tokio::sync::RwLock;

use crate::Store;
use crate::columns::Columns;
use crate::fault::Fault;
use crate::keys::{KeyName, StoreKey, StoreKeys};
use crate::seal::ColumnSeal;
use crate::seeds::SeedSeals;

pub(crate) static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// Connections for reading: more would only cost memory, since reads take microseconds.
const READERS: u32 = 3;
/// How long a statement waits for another process's lock.
const BUSY: Duration = Duration::from_secs(5);
/// How long a caller waits for a connection before it is told that the store is busy.
const QUEUE: Duration = Duration::from_secs(15);
/// The column of the known texts.
pub(crate) const MARK: &str = "store_key.sealed";
/// What is sealed under each key to know it again.
const KNOWN_TEXT: &[u8] = b"kinfold";

/// Why a store could not be opened. Nothing was changed in any of these cases, save that an interrupted migration goes on
/// at the next start.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file can't be created or opened.
    #[error("the store's file can't be created or opened")]
    File(#[source] io::Error),
    /// The file is no store, or damaged, or locked, or its disk is full: the source says which.
    #[error("the store can't be opened")]
    Database(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Written by a later release.
    #[error(
        "the store was written by a newer release (schema {found}, this program knows {known}): start that release"
    )]
    Newer {
        /// The store's schema.
        found: i64,
        /// The newest schema that this program knows.
        known: i64,
    },
    /// Its tables were made by other statements than this program's.
    #[error("the store's schema {0} is not the one that was released: restore a backup")]
    Altered(i64),
    /// One of the keys does not fit.
    #[error(
        "the {0} key does not fit this store: put the key file back that the store was made with"
    )]
    WrongKey(KeyName),
}

impl From<Fault> for OpenError {
    fn from(fault: Fault) -> Self {
        Self::Database(Box::new(fault))
    }
}

impl From<sqlx::Error> for OpenError {
    fn from(error: sqlx::Error) -> Self {
        Fault::from(error).into()
    }
}

impl From<MigrateError> for OpenError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::VersionMismatch(version) | MigrateError::Dirty(version) => {
                Self::Altered(version)
            }
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
            other => Self::Database(Box::new(other)),
        }
    }
}

impl Store {
    /// Opens the store at `path`, making it where there is none (readable by its owner alone), and brings its tables up to
    /// this release.
    ///
    /// Version and keys are judged before anything is written, so that a wrong key file or an older program leaves the
    /// store as it is.
    pub async fn open(
        path: &Path,
        keys: &StoreKeys,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, OpenError> {
        create(path).map_err(OpenError::File)?;
        let write = pool(path, 1, false).await?;
        if let Some(found) = schema(&write).await? {
            let known = MIGRATIONS.iter().map(|m| m.version).max().unwrap_or(0);
            if found > known {
                return Err(OpenError::Newer { found, known });
            }
            fit(&write, keys).await?;
        }
        MIGRATIONS.run(&write).await?;
        remember(&write, keys, &*entropy).await?;
        let read = pool(path, READERS, true).await?;
        let store = Self {
            read,
            write,
            columns: Arc::new(Columns::new(keys, entropy)),
            seeds: Arc::new(RwLock::new(SeedSeals::new(&keys.seeds, keys.seeds_before.as_ref()))),
        };
        store.key_older_items().await?;
        Ok(store)
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
async fn pool(path: &Path, connections: u32, reader: bool) -> Result<SqlitePool, OpenError> {
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
    let pool = SqlitePoolOptions::new()
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
        .await?;
    Ok(pool)
}

/// The newest migration that was applied; `None` for a store that is being made.
async fn schema(pool: &SqlitePool) -> Result<Option<i64>, OpenError> {
    let made: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations'",
    )
    .fetch_one(pool)
    .await?;
    if made == 0 {
        return Ok(None);
    }
    Ok(sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations").fetch_one(pool).await?)
}

/// Whether each key opens what was sealed under it when the store was made.
async fn fit(pool: &SqlitePool, keys: &StoreKeys) -> Result<(), OpenError> {
    for name in KeyName::ALL {
        let text = name.as_str();
        let sealed = sqlx::query_scalar!("SELECT sealed FROM store_key WHERE name = $1", text)
            .fetch_optional(pool)
            .await?;
        if let Some(sealed) = sealed {
            let fits = |key: &StoreKey| {
                let opened = mark(key, name).open(&[text.as_bytes()], &sealed);
                opened.is_ok_and(|known| *known == KNOWN_TEXT)
            };
            if !keys.that_may_fit(name).any(fits) {
                return Err(OpenError::WrongKey(name));
            }
        }
    }
    Ok(())
}

/// Seals the known text under each key that has none yet; then each must open it, whoever wrote it.
async fn remember(
    pool: &SqlitePool,
    keys: &StoreKeys,
    entropy: &dyn Entropy,
) -> Result<(), OpenError> {
    for name in KeyName::ALL {
        let text = name.as_str();
        let sealed = mark(keys.of(name), name)
            .seal(entropy, &[text.as_bytes()], KNOWN_TEXT)
            .map_err(Fault::from)?;
        sqlx::query!(
            "INSERT INTO store_key (name, sealed) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
            text,
            sealed
        )
        .execute(pool)
        .await?;
    }
    fit(pool, keys).await
}

fn mark(key: &StoreKey, name: KeyName) -> ColumnSeal {
    ColumnSeal::new(key, name, MARK)
}

#[cfg(test)]
#[path = "open_tests.rs"]
mod tests;
