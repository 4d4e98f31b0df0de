//! SQLite files written in one go: whole, or not there at all.

use std::path::{Path, PathBuf};

use serde_json::Value;
use sqlx::{
    AssertSqlSafe, Connection, SqliteConnection, SqlitePool,
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

/// Rows that one statement takes.
const BATCH: usize = 2_000;

/// A database under another name until it is complete, so that an interrupted run leaves no half of one.
pub(crate) struct Building {
    connection: SqliteConnection,
    partial: PathBuf,
    target: PathBuf,
}

impl Building {
    pub(crate) async fn begin(target: &Path, schema: &'static str) -> Result<Self, StorageError> {
        let mut partial = target.as_os_str().to_owned();
        partial.push(".building");
        let partial = PathBuf::from(partial);
        if tokio::fs::try_exists(&partial).await? {
            tokio::fs::remove_file(&partial).await?;
        }
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

    /// Inserts rows, each an array of as many values as the table has columns.
    pub(crate) async fn insert(
        &mut self,
        table: &Table,
        rows: &[Value],
    ) -> Result<(), StorageError> {
        let values: Vec<String> =
            (0..table.columns.len()).map(|column| format!("value ->> {column}")).collect();
        let sql = format!(
            "INSERT INTO {} ({}) SELECT {} FROM json_each(?1)",
            table.name,
            table.columns.join(", "),
            values.join(", ")
        );
        for batch in rows.chunks(BATCH) {
            let json = Value::Array(batch.to_vec()).to_string();
            // Table and column names are this crate's constants.
            sqlx::query(AssertSqlSafe(sql.clone()))
                .bind(json)
                .execute(&mut self.connection)
                .await?;
        }
        Ok(())
    }

    /// Puts the file in its place, replacing what was there.
    pub(crate) async fn finish(mut self) -> Result<(), StorageError> {
        sqlx::query("COMMIT").execute(&mut self.connection).await?;
        sqlx::query("PRAGMA journal_mode = WAL").execute(&mut self.connection).await?;
        self.connection.close().await?;
        tokio::fs::File::open(&self.partial).await?.sync_all().await?;
        tokio::fs::rename(&self.partial, &self.target).await?;
        Ok(())
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
