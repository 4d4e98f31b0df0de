//! `SQLite` files written in one go: whole, or not there at all.

use std::path::{Path, PathBuf};

use serde_json::Value;
use sqlx::{
    Connection, QueryBuilder, Sqlite, SqliteConnection, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

/// How far the writing of a source system has come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Progress {
    /// What is being written.
    pub step: &'static str,
    /// Steps done.
    pub done: usize,
    /// Steps in all.
    pub of: usize,
}

/// Why a source system's file cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The database refused.
    #[error("the sample database failed")]
    Database(#[from] sqlx::Error),
    /// The file system refused.
    #[error("the sample database's file could not be put in place")]
    File(#[from] std::io::Error),
}

/// A table and the columns that rows fill, in their order.
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) columns: &'static [&'static str],
}

/// Rows that one statement takes: 17 columns at most, and `SQLite` binds 32,766 values.
const BATCH: usize = 500;

/// A database under another name until it is complete, so that an interrupted run leaves no half of one.
pub(crate) struct Building {
    connection: SqliteConnection,
    partial: PathBuf,
    target: PathBuf,
}

impl Building {
    pub(crate) async fn begin(target: &Path, schema: &'static str) -> Result<Self, StorageError> {
        let partial = beside(target, ".building");
        remove(&partial).await?;
        let options = SqliteConnectOptions::new()
            .filename(&partial)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Off)
            .synchronous(SqliteSynchronous::Off)
            .foreign_keys(true);
        let mut connection = SqliteConnection::connect_with(&options).await?;
        sqlx::raw_sql(schema).execute(&mut connection).await?;
        sqlx::query("BEGIN").execute(&mut connection).await?;
        Ok(Self { connection, partial, target: target.to_owned() })
    }

    /// Inserts rows.
    pub(crate) async fn insert(
        &mut self,
        table: &Table,
        rows: &[Value],
    ) -> Result<(), StorageError> {
        insert(&mut self.connection, table, rows).await
    }

    /// Puts the file in its place, replacing what was there.
    pub(crate) async fn finish(mut self) -> Result<(), StorageError> {
        sqlx::query("COMMIT").execute(&mut self.connection).await?;
        sqlx::query("PRAGMA journal_mode = WAL").execute(&mut self.connection).await?;
        self.connection.close().await?;
        tokio::fs::File::open(&self.partial).await?.sync_all().await?;
        // A log that a killed process left behind would be replayed into the new file.
        remove(&beside(&self.target, "-wal")).await?;
        remove(&beside(&self.target, "-shm")).await?;
        tokio::fs::rename(&self.partial, &self.target).await?;
        Ok(())
    }
}

/// Inserts rows, each an array of as many values as the table has columns; objects are stored as JSON text.
pub(crate) async fn insert(
    connection: &mut SqliteConnection,
    table: &Table,
    rows: &[Value],
) -> Result<(), StorageError> {
    for batch in rows.chunks(BATCH) {
        let mut sql = QueryBuilder::<Sqlite>::new("INSERT INTO ");
        sql.push(table.name).push(" (").push(table.columns.join(", ")).push(") ");
        sql.push_values(batch, |mut row, values| {
            for value in values.as_array().into_iter().flatten() {
                match value {
                    Value::Null => row.push_bind(None::<i64>),
                    Value::String(text) => row.push_bind(text.clone()),
                    Value::Number(number) => row.push_bind(number.as_i64()),
                    whole => row.push_bind(whole.to_string()),
                };
            }
        });
        sql.build().execute(&mut *connection).await?;
    }
    Ok(())
}

fn beside(target: &Path, ending: &str) -> PathBuf {
    let mut name = target.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

async fn remove(path: &Path) -> Result<(), StorageError> {
    match tokio::fs::remove_file(path).await {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// Opens a finished database for reading and changing.
pub(crate) async fn open(path: &Path) -> Result<SqlitePool, StorageError> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .foreign_keys(true);
    Ok(SqlitePoolOptions::new().max_connections(4).connect_with(options).await?)
}
