//! The names that differ between the engines, for `SQLite`.

use sqlx::migrate::Migrator;
use sqlx::{Row as _, Transaction};

use crate::Store;
use crate::fault::{Fault, Trouble};

pub(crate) type Database = sqlx::Sqlite;
pub(crate) type Connection = sqlx::SqliteConnection;
pub(crate) type Pool = sqlx::SqlitePool;

pub(crate) static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// How many tables of migrations there are.
pub(crate) const MADE: &str =
    "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations'";

pub(crate) const BUSY: &str =
    "the database is busy: another process holds it, or too much waits for it";
pub(crate) const DAMAGED: &str = "the database file is damaged: stop the node and restore a backup";
pub(crate) const UNUSABLE: &str = "the database file can't be read or written";

/// What only a file has.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OwnFault {
    /// Somebody still reads what the write-ahead log holds.
    #[error("the write-ahead log can't be emptied while another process reads the database")]
    Read,
    /// The check found the file damaged.
    #[error("the database's own check found damage ({0} findings): restore a backup")]
    Check(usize),
}

/// Takes the file's lock at once: a later upgrade of a read could fail after work was done.
pub(crate) async fn begin(write: &Pool) -> Result<Transaction<'static, Database>, Fault> {
    Ok(write.begin_with("BEGIN IMMEDIATE").await?)
}

/// By the primary result code, the low byte of the extended one.
pub(crate) fn trouble(code: &str) -> Option<Trouble> {
    match code.parse::<i32>().ok()? & 0xff {
        13 => Some(Trouble::Full),
        5 | 6 | 15 => Some(Trouble::Busy),
        11 | 26 => Some(Trouble::Damaged),
        3 | 8 | 10 | 14 | 23 => Some(Trouble::Unusable),
        _ => None,
    }
}

/// Freed pages and the free room of others keep their bytes until the file is made anew.
pub(crate) async fn write_files_anew(store: &Store) -> Result<(), Fault> {
    sqlx::query("VACUUM").execute(&store.write).await?;
    let emptied = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&store.write).await?;
    if emptied.try_get::<i64, _>(0)? == 0 { Ok(()) } else { Err(OwnFault::Read.into()) }
}
