//! Where a test's store lies: a folder of its own.

use std::fs;
use std::path::{Path, PathBuf};

use kinfold_store::{OpenError, StoreKeys};
use tempfile::TempDir;

use crate::Store;
use crate::testing::{TestEntropy, keys};

pub(crate) struct Place {
    pub(crate) folder: TempDir,
}

// As another engine's, which is reached over a network.
#[expect(clippy::unused_async, reason = "a folder is made at once")]
impl Place {
    pub(crate) async fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) async fn open(&self) -> Store {
        self.open_with(&keys()).await.unwrap()
    }

    pub(crate) async fn open_with(&self, keys: &StoreKeys) -> Result<Store, OpenError> {
        Store::open(&self.path(), keys, TestEntropy::new(7)).await
    }

    /// A copy of the store, which must be closed.
    pub(crate) async fn copied(&self) -> Self {
        let copy = Self::new().await;
        fs::copy(self.path(), copy.path()).unwrap();
        copy
    }

    /// The files that hold the store.
    pub(crate) async fn files(&self) -> Vec<PathBuf> {
        let folder: &Path = self.folder.path();
        fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect()
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("store.db")
    }
}
