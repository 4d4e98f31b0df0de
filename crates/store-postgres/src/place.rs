//! Where a test's store lies: a database of its own in a real server.

use std::path::PathBuf;
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use kinfold_store::{OpenError, StoreKeys};
use kinfold_temporary_postgres::TemporaryPostgres;

use crate::testing::{TestEntropy, keys};
use crate::{Server, ServerTls, Store};

pub(crate) struct Place {
    pub(crate) postgres: Arc<TemporaryPostgres>,
    pub(crate) database: String,
}

/// A name that no other test has.
fn name() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    format!("store_{}_{}", process::id(), NUMBER.fetch_add(1, Ordering::Relaxed))
}

// As another engine's, which tests' runtimes wait for.
#[expect(clippy::unused_async, reason = "the tests' server is spoken to by its own programs")]
impl Place {
    pub(crate) async fn new() -> Self {
        Self::of(Arc::new(TemporaryPostgres::shared().unwrap()), "template0")
    }

    fn of(postgres: Arc<TemporaryPostgres>, template: &str) -> Self {
        let database = name();
        postgres.sql("postgres", &format!("CREATE DATABASE {database} TEMPLATE {template}"));
        Self { postgres, database }
    }

    pub(crate) fn server(&self) -> Server {
        Server {
            host: self.postgres.socket(),
            port: self.postgres.port,
            database: self.database.clone(),
            user: "postgres".to_owned(),
            password_file: None,
            tls: ServerTls::Off,
            ca_file: None,
        }
    }

    pub(crate) async fn open(&self) -> Store {
        self.open_with(&keys()).await.unwrap()
    }

    pub(crate) async fn open_with(&self, keys: &StoreKeys) -> Result<Store, OpenError> {
        Store::open(&self.server(), keys, TestEntropy::new(7)).await
    }

    /// A copy of the store, which must be closed.
    pub(crate) async fn copied(&self) -> Self {
        Self::of(Arc::clone(&self.postgres), &self.database)
    }

    /// The files that hold the store's tables and their indexes, as they lie on the disk.
    pub(crate) async fn files(&self) -> Vec<PathBuf> {
        self.postgres.sql("postgres", "CHECKPOINT");
        let files = "SELECT pg_relation_filepath(oid) FROM pg_class
             WHERE oid >= 16384 AND relkind IN ('r', 'i', 't')";
        let data = self.postgres.data();
        self.postgres.sql(&self.database, files).lines().map(|path| data.join(path)).collect()
    }
}
