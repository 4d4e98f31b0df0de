//! The names that differ between the engines, for `PostgreSQL`.

use sqlx::Transaction;
use sqlx::migrate::Migrator;

use crate::Store;
use crate::fault::{Fault, Trouble};

pub(crate) type Database = sqlx::Postgres;
pub(crate) type Connection = sqlx::PgConnection;
pub(crate) type Pool = sqlx::PgPool;

pub(crate) static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// How many tables of migrations there are.
pub(crate) const MADE: &str = "SELECT COUNT(*) FROM pg_tables
     WHERE tablename = '_sqlx_migrations' AND schemaname = ANY (current_schemas(FALSE))";

pub(crate) const BUSY: &str = "the database server is busy, or can't be reached: another process holds the database, or too much waits";
pub(crate) const DAMAGED: &str = "the database is damaged: stop the node and restore a backup";
pub(crate) const UNUSABLE: &str =
    "the database server can't be reached, or doesn't let this node write";

/// What only a server has.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OwnFault {
    /// Somebody may still see what was sealed before.
    #[error(
        "a table can't be written anew while others read what it held before: a backup, a standby's query, an open transaction"
    )]
    Seen,
}

/// Takes the lock of all who write several rows of this database, until the transaction ends. Its number is the store's own and says nothing.
pub(crate) async fn begin(write: &Pool) -> Result<Transaction<'static, Database>, Fault> {
    let mut tx = write.begin().await?;
    sqlx::query("SELECT pg_advisory_xact_lock(7310579)").execute(&mut *tx).await?;
    Ok(tx)
}

/// By SQLSTATE (`PostgreSQL`'s manual, appendix A).
pub(crate) fn trouble(code: &str) -> Option<Trouble> {
    match code {
        "53100" => Some(Trouble::Full),
        // Lock not available, query cancelled for its time, too many connections, server starts up.
        "55P03" | "57014" | "53300" | "57P03" => Some(Trouble::Busy),
        "XX001" | "XX002" => Some(Trouble::Damaged),
        // A standby; no such database; no right.
        "25006" | "3D000" | "42501" => Some(Trouble::Unusable),
        // Connections, invalid authorisation, the operator's intervention, a system's error.
        code if ["08", "28", "57", "58"].iter().any(|class| code.starts_with(class)) => {
            Some(Trouble::Unusable)
        }
        _ => None,
    }
}

/// The tables that the key `seeds` seals values of: each file is written anew and the old one removed.
const SEALED_UNDER_SEEDS: [&str; 5] = [
    "VACUUM (FULL) account",
    "VACUUM (FULL) token",
    "VACUUM (FULL) passkey",
    "VACUUM (FULL) emergency_sheet",
    "VACUUM (FULL) store_key",
];

/// What keeps dead rows alive: other connections' snapshots, prepared transactions, slots.
const SEEN: &str = "SELECT (SELECT COUNT(*) FROM pg_stat_activity WHERE backend_xmin IS NOT NULL AND pid <> pg_backend_pid()
             AND (backend_type = 'walsender' OR backend_type = 'client backend' AND datname = current_database()))
         + (SELECT COUNT(*) FROM pg_prepared_xacts WHERE database = current_database())
         + (SELECT COUNT(*) FROM pg_replication_slots WHERE xmin IS NOT NULL)";

/// Dead rows and free room keep their bytes until a table's file is made anew; the old file goes at the next checkpoint.
pub(crate) async fn write_files_anew(store: &Store) -> Result<(), Fault> {
    let seen: i64 = sqlx::query_scalar(SEEN).fetch_one(&store.write).await?;
    if seen > 0 {
        return Err(OwnFault::Seen.into());
    }
    for statement in SEALED_UNDER_SEEDS {
        sqlx::query(statement).execute(&store.write).await?;
    }
    Ok(())
}
