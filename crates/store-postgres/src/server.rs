//! Reaching the server.

use std::sync::Arc;
use std::time::Duration;

use kinfold_service::ports::Entropy;
use kinfold_store::{OpenError, StoreKeys};
use sqlx::Connection;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions, PgSslMode};

use crate::fault::Fault;
use crate::{Server, ServerTls, Store};

/// Connections for reading.
const READERS: u32 = 3;
/// How often the node's lock is tried for.
const TRIES: u32 = 12;
/// How often the connection that holds the node's lock is used.
const HELD: Duration = Duration::from_mins(1);
/// How long a caller waits for a connection before it is told that the store is busy.
const QUEUE: Duration = Duration::from_secs(15);

impl Server {
    /// A connection's options; its settings are made anew at every connection, so that one to a server that took over has them too.
    fn options(&self, reader: bool) -> Result<PgConnectOptions, OpenError> {
        let mut options = PgConnectOptions::new_without_pgpass()
            .port(self.port)
            .database(&self.database)
            .username(&self.user)
            .application_name("kinfold")
            .options([
                ("default_transaction_read_only", if reader { "on" } else { "off" }),
                ("default_transaction_isolation", "read committed"),
                ("lock_timeout", "5s"),
                ("idle_in_transaction_session_timeout", "30s"),
                ("client_connection_check_interval", "10s"),
                ("tcp_user_timeout", "15s"),
            ]);
        options = if self.host.starts_with('/') {
            options.socket(&self.host)
        } else {
            options.host(&self.host)
        };
        options = options.ssl_mode(match self.tls {
            ServerTls::Off => PgSslMode::Disable,
            ServerTls::VerifyFull => PgSslMode::VerifyFull,
        });
        if let Some(file) = &self.ca_file {
            options = options.ssl_root_cert(file);
        }
        if let Some(file) = &self.password_file {
            let password = std::fs::read_to_string(file).map_err(OpenError::File)?;
            options = options.password(password.trim_end_matches(['\r', '\n']));
        }
        Ok(options)
    }
}

impl Store {
    /// Makes sure that no other node works on this database, for as long as this process lives: what a node knows in memory, its
    /// sessions and its keys, another one's writes would belie.
    pub async fn alone(server: &Server) -> Result<(), OpenError> {
        let options = server.options(true)?;
        let mut held = PgConnection::connect_with(&options).await.map_err(Fault::from)?;
        let mut tries = 0;
        while !lock(&mut held).await? {
            // The server may not have noticed yet that a process was killed.
            tries += 1;
            if tries == TRIES {
                return Err(OpenError::Unfit("another node works on this database: stop it first"));
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        tokio::spawn(async move {
            // A connection that nobody uses is closed by what stands between.
            while held.ping().await.is_ok() {
                tokio::time::sleep(HELD).await;
            }
        });
        Ok(())
    }

    /// Opens the store in that server, making its tables where there are none, and brings them up to this release. Refused where
    /// the server could lose what it has answered.
    pub async fn open(
        server: &Server,
        keys: &StoreKeys,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, OpenError> {
        let write = pool(1).connect_with(server.options(false)?).await.map_err(Fault::from)?;
        keeps_what_it_answers(&write).await?;
        let read = pool(READERS).connect_with(server.options(true)?).await.map_err(Fault::from)?;
        Self::over([read, write], keys, entropy).await
    }
}

async fn lock(held: &mut PgConnection) -> Result<bool, Fault> {
    let locked = sqlx::query_scalar("SELECT pg_try_advisory_lock(7310580)");
    Ok(locked.fetch_one(held).await?)
}

/// Connections are tried before each use: a server that took over has broken those that were open.
fn pool(connections: u32) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(QUEUE)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(true)
}

/// A code that was answered as spent must stay spent, and what was written as UTF-8 must come back.
async fn keeps_what_it_answers(pool: &PgPool) -> Result<(), OpenError> {
    let setting = async |statement: &'static str| -> Result<String, OpenError> {
        let read = sqlx::query_scalar(statement).fetch_one(pool).await;
        Ok(read.map_err(Fault::from)?)
    };
    if setting("SHOW fsync").await? != "on" {
        return Err(OpenError::Unfit("it runs with fsync = off: set it on"));
    }
    if setting("SHOW full_page_writes").await? != "on" {
        return Err(OpenError::Unfit("it runs with full_page_writes = off: set it on"));
    }
    if ["off", "local"].contains(&&*setting("SHOW synchronous_commit").await?) {
        return Err(OpenError::Unfit(
            "synchronous_commit is off or local for this user: set it on, or stronger",
        ));
    }
    if setting("SHOW server_encoding").await? != "UTF8" {
        return Err(OpenError::Unfit("the database's encoding is not UTF8: make it anew"));
    }
    Ok(())
}

#[cfg(test)]
#[path = "server_tests.rs"]
mod tests;
