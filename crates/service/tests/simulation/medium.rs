//! The ledger's medium: it ends with its process, before a write, between a write and its sync, or after the sync.

use std::{io, sync::Arc, thread};

use kinfold_ledger::{Media, MediaFile, testing::MemoryMedia};

use crate::life::Life;

/// A folder that a process writes to as long as it lives.
pub(crate) struct Mortal {
    inner: MemoryMedia,
    life: Arc<Life>,
}

impl Mortal {
    pub(crate) fn new(inner: MemoryMedia, life: &Arc<Life>) -> Self {
        Self { inner, life: Arc::clone(life) }
    }

    fn file(&self, inner: Arc<dyn MediaFile>) -> Arc<dyn MediaFile> {
        Arc::new(MortalFile { inner, life: Arc::clone(&self.life) })
    }
}

/// The appending of entries alone is counted, so that what else the ledger's threads do by themselves decides nothing.
fn lives(life: &Life) -> io::Result<()> {
    let appends = thread::current().name() == Some("ledger-write");
    if if appends { life.ledger_effect() } else { !life.is_dead() } {
        Ok(())
    } else {
        Err(io::Error::other("the process has ended"))
    }
}

impl Media for Mortal {
    fn lock(&self) -> io::Result<Box<dyn Send + Sync>> {
        self.inner.lock()
    }

    fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        self.inner.list(folder)
    }

    fn open(&self, path: &str) -> io::Result<Arc<dyn MediaFile>> {
        Ok(self.file(self.inner.open(path)?))
    }

    fn edit(&self, path: &str) -> io::Result<Arc<dyn MediaFile>> {
        Ok(self.file(self.inner.edit(path)?))
    }

    fn create(&self, path: &str) -> io::Result<Arc<dyn MediaFile>> {
        lives(&self.life)?;
        Ok(self.file(self.inner.create(path)?))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        lives(&self.life)?;
        self.inner.rename(from, to)
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        lives(&self.life)?;
        self.inner.remove(path)
    }

    fn sync_folder(&self, folder: &str) -> io::Result<()> {
        lives(&self.life)?;
        self.inner.sync_folder(folder)
    }
}

struct MortalFile {
    inner: Arc<dyn MediaFile>,
    life: Arc<Life>,
}

impl MediaFile for MortalFile {
    fn length(&self) -> io::Result<u64> {
        self.inner.length()
    }

    fn read_at(&self, offset: u64, bytes: &mut [u8]) -> io::Result<()> {
        self.inner.read_at(offset, bytes)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        lives(&self.life)?;
        self.inner.write_at(offset, bytes)
    }

    fn sync(&self) -> io::Result<()> {
        lives(&self.life)?;
        self.inner.sync()
    }
}
