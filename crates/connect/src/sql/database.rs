//! `SQLite` and `PostgreSQL` behind one face: text in, text out, read-only transactions.

use std::time::{Duration, Instant};

use kinfold_service::ports::SourceError;
use sqlx::{
    AssertSqlSafe, Column, Executor, Postgres, Row, SqlSafeStr, Sqlite, Statement as _,
    Transaction, TypeInfo,
    postgres::{PgConnectOptions, PgPool, PgPoolOptions, PgRow, PgSslMode},
    sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions, SqliteRow},
};

use super::config::{SqlConfig, SqlDatabase, SqlTls};
use super::row::Cell;
use crate::{Unusable, certificate::certificate_problem};

/// `SQLite` looks at the clock after so many of its steps.
const STEPS: i32 = 1_000;

/// A source's database.
pub(super) enum Database {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// One snapshot of the database.
pub(super) enum Snapshot {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// A column of a query.
#[derive(Clone, Debug)]
pub(super) struct ColumnInfo {
    pub(super) name: String,
    pub(super) kind: String,
}

impl Database {
    /// Prepares connections; none is made yet.
    pub(super) fn new(config: &SqlConfig) -> Result<Self, Unusable> {
        let connect = Duration::from_secs(config.connect_seconds.clamp(1, 60));
        let most = config.connections.clamp(1, 64);
        Ok(match &config.database {
            SqlDatabase::Sqlite { file } => {
                let options = SqliteConnectOptions::new()
                    .filename(file)
                    .read_only(true)
                    .create_if_missing(false)
                    .pragma("query_only", "ON")
                    .pragma("trusted_schema", "OFF")
                    .busy_timeout(connect);
                let pool = SqlitePoolOptions::new().max_connections(most).acquire_timeout(connect);
                Self::Sqlite(pool.connect_lazy_with(options))
            }
            SqlDatabase::Postgres { .. } => {
                let pool = PgPoolOptions::new().max_connections(most).acquire_timeout(connect);
                Self::Postgres(pool.connect_lazy_with(postgres(config)?))
            }
        })
    }

    pub(super) async fn snapshot(&self, seconds: u64) -> Result<Snapshot, SourceError> {
        match self {
            Self::Sqlite(pool) => {
                let mut transaction = pool.begin().await.map_err(|e| failure(&e))?;
                let deadline = Instant::now() + Duration::from_secs(seconds);
                let mut handle = transaction.lock_handle().await.map_err(|e| failure(&e))?;
                handle.set_progress_handler(STEPS, move || Instant::now() < deadline);
                drop(handle);
                Ok(Snapshot::Sqlite(transaction))
            }
            Self::Postgres(pool) => {
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
                Ok(Snapshot::Postgres(pool.begin_with(begin).await.map_err(|e| failure(&e))?))
            }
        }
    }
}

impl Snapshot {
    /// Rows of texts. `sql` is made of checked queries; all values are in `binds`.
    pub(super) async fn rows(
        &mut self,
        sql: String,
        binds: &[&str],
    ) -> Result<Vec<Vec<Cell>>, SourceError> {
        match self {
            Self::Sqlite(transaction) => {
                let mut query = sqlx::query(AssertSqlSafe(sql));
                for bind in binds {
                    query = query.bind((*bind).to_owned());
                }
                let rows = query.fetch_all(&mut **transaction).await.map_err(|e| failure(&e))?;
                Ok(rows.iter().map(sqlite_cells).collect())
            }
            Self::Postgres(transaction) => {
                let mut query = sqlx::query(AssertSqlSafe(sql));
                for bind in binds {
                    query = query.bind((*bind).to_owned());
                }
                let rows = query.fetch_all(&mut **transaction).await.map_err(|e| failure(&e))?;
                Ok(rows.iter().map(postgres_cells).collect())
            }
        }
    }

    /// The columns of a query. The error is the database's own text: a query that is not run meets no value.
    pub(super) async fn columns(&mut self, sql: String) -> Result<Vec<ColumnInfo>, String> {
        let sql = AssertSqlSafe(sql).into_sql_str();
        match self {
            Self::Sqlite(transaction) => {
                let prepared = (&mut **transaction).prepare(sql).await.map_err(|e| words(&e))?;
                Ok(prepared.columns().iter().map(info).collect())
            }
            Self::Postgres(transaction) => {
                // A statement that fails spoils the transaction, so it is tried from a savepoint.
                transaction.execute("SAVEPOINT lay").await.map_err(|e| words(&e))?;
                match (&mut **transaction).prepare(sql).await {
                    Ok(prepared) => Ok(prepared.columns().iter().map(info).collect()),
                    Err(error) => {
                        let what = words(&error);
                        transaction.execute("ROLLBACK TO lay").await.map_err(|e| words(&e))?;
                        Err(what)
                    }
                }
            }
        }
    }
}

fn info<C: Column>(column: &C) -> ColumnInfo {
    let kind = column.type_info().name().to_owned();
    ColumnInfo { name: column.name().to_owned(), kind }
}

fn postgres(config: &SqlConfig) -> Result<PgConnectOptions, Unusable> {
    let SqlDatabase::Postgres { host, port, database, user, password_file, tls, ca_file } =
        &config.database
    else {
        return Err(Unusable::one("not a PostgreSQL source"));
    };
    let seconds = config.answer_seconds.to_string();
    let timeout = format!("{seconds}s");
    let mut options = PgConnectOptions::new_without_pgpass()
        .port(*port)
        .database(database)
        .username(user)
        .application_name("kinfold")
        .options([
            ("default_transaction_read_only", "on"),
            ("statement_timeout", timeout.as_str()),
            ("idle_in_transaction_session_timeout", "60s"),
            ("DateStyle", "ISO"),
            ("TimeZone", "UTC"),
        ]);
    options = if host.starts_with('/') { options.socket(host) } else { options.host(host) };
    options = match tls {
        SqlTls::Off => options.ssl_mode(PgSslMode::Disable),
        SqlTls::VerifyFull => options.ssl_mode(PgSslMode::VerifyFull),
    };
    if let Some(file) = ca_file {
        options = options.ssl_root_cert(file);
    }
    if let Some(file) = password_file {
        let password = std::fs::read_to_string(file)
            .map_err(|error| Unusable::one(format!("password_file {}: {error}", file.display())))?;
        options = options.password(password.trim_end_matches(['\r', '\n']));
    }
    Ok(options)
}

fn sqlite_cells(row: &SqliteRow) -> Vec<Cell> {
    (0..row.len()).map(|at| cell(row.try_get::<Option<String>, _>(at))).collect()
}

fn postgres_cells(row: &PgRow) -> Vec<Cell> {
    (0..row.len()).map(|at| cell(row.try_get::<Option<String>, _>(at))).collect()
}

fn cell(read: Result<Option<String>, sqlx::Error>) -> Cell {
    match read {
        Ok(None) => Cell::Null,
        // The query asks for one character more than is read.
        Ok(Some(text)) if text.chars().count() <= super::row::LONGEST => Cell::Text(text),
        Ok(Some(_)) | Err(_) => Cell::Bad,
    }
}

/// A failure of a query that was run: its code alone, for a database repeats values in its texts.
fn failure(error: &sqlx::Error) -> SourceError {
    match error {
        sqlx::Error::Database(error) => match error.code().as_deref().unwrap_or_default() {
            "28000" | "28P01" | "42501" => SourceError::Unauthorised,
            // PostgreSQL's query_canceled; SQLite's interrupt.
            "57014" | "9" => SourceError::TimedOut,
            // SQLite can't open the file; PostgreSQL shuts down, starts up, or has no connection left.
            "14" | "57P01" | "57P03" | "53300" => SourceError::Unreachable,
            code => SourceError::Failed(format!("SQL error {}", known(code))),
        },
        sqlx::Error::Tls(cause) if certificate_problem(cause.as_ref()).is_some() => {
            let problem = certificate_problem(cause.as_ref()).unwrap_or_default();
            SourceError::Failed(problem.to_owned())
        }
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolTimedOut => {
            SourceError::Unreachable
        }
        sqlx::Error::Protocol(_) => {
            SourceError::Garbled("it does not speak the database's protocol".to_owned())
        }
        _ => SourceError::Failed("SQL error without a code".to_owned()),
    }
}

fn known(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).take(8).collect()
}

fn words(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(error) => error.message().to_owned(),
        other => failure(other).to_string(),
    }
}
