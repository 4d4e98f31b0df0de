//! How a database source is configured: the table `[source.sql]` of a node's configuration.

use std::path::PathBuf;

use serde::Deserialize;

/// A database and the mapping file that adapts to its schema. `docs/connectors.md` explains each setting.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SqlConfig {
    /// Which database.
    pub database: SqlDatabase,
    /// The mapping file.
    pub mapping: PathBuf,
    /// Seconds until a connection stands.
    #[serde(default = "connect_seconds")]
    pub connect_seconds: u64,
    /// Seconds until a page, all facts about one person, or the register are there.
    #[serde(default = "answer_seconds")]
    pub answer_seconds: u64,
    /// People read in one page.
    #[serde(default = "page_size")]
    pub page_size: u32,
    /// Connections held open at most.
    #[serde(default = "connections")]
    pub connections: u32,
    /// Seconds that a reading of what has changed goes back behind the newest change it knows.
    #[serde(default = "overlap_seconds")]
    pub overlap_seconds: u32,
}

/// A database.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum SqlDatabase {
    /// A `SQLite` file, opened for reading only.
    Sqlite {
        /// The file.
        file: PathBuf,
    },
    /// A `PostgreSQL` server, in read-only transactions.
    Postgres {
        /// Host name, or the folder of its socket (begins with `/`).
        host: String,
        /// Port.
        #[serde(default = "port")]
        port: u16,
        /// Database.
        database: String,
        /// User: one that may only SELECT what the mapping names.
        user: String,
        /// File that holds the password.
        #[serde(default)]
        password_file: Option<PathBuf>,
        /// Whether the line is encrypted, and whom it believes.
        #[serde(default)]
        tls: SqlTls,
        /// PEM file of certification authorities that are believed besides the system's own.
        #[serde(default)]
        ca_file: Option<PathBuf>,
    },
}

/// How a connection is encrypted.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum SqlTls {
    /// Encrypted, certificate and host name checked.
    #[default]
    VerifyFull,
    /// Not at all: for a socket or this machine only.
    Off,
}

impl SqlConfig {
    /// The usual settings for a database and its mapping.
    pub fn of(database: SqlDatabase, mapping: impl Into<PathBuf>) -> Self {
        Self {
            database,
            mapping: mapping.into(),
            connect_seconds: connect_seconds(),
            answer_seconds: answer_seconds(),
            page_size: page_size(),
            connections: connections(),
            overlap_seconds: overlap_seconds(),
        }
    }
}

const fn connect_seconds() -> u64 {
    3
}
const fn answer_seconds() -> u64 {
    10
}
const fn page_size() -> u32 {
    500
}
const fn connections() -> u32 {
    4
}
const fn overlap_seconds() -> u32 {
    600
}
const fn port() -> u16 {
    5432
}
