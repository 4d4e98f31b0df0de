//! Where a node's store lies.

use std::path::Path;

use anyhow::ensure;
use kinfold_store_postgres::Server;
use serde::Deserialize;

/// Where the store lies: in a file of the node's folder, unless a server is named.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StoreConfig {
    /// A `PostgreSQL` server.
    pub(crate) postgres: Option<Server>,
}

impl StoreConfig {
    pub(super) fn resolve(&mut self, base: &Path) {
        if let Some(server) = &mut self.postgres {
            server.resolve(base);
        }
    }

    pub(super) fn check(&self) -> anyhow::Result<()> {
        ensure!(
            self.postgres.as_ref().is_none_or(Server::is_sheltered),
            "[store.postgres] tls = \"off\" is for a socket or this machine only: leave it out for any other host"
        );
        Ok(())
    }
}
