//! The key file `seeds.key` while it is replaced: the old key is kept beside it as `seeds.key.old` until nothing needs it any more.
//!
//! Each step is one durable rename, and each order of them that a crash can leave is one that the next start knows: without
//! `seeds.key.old`, or with one that says the same, nothing is being replaced; otherwise both keys are in use.

use std::{
    fs::{self, File},
    io::ErrorKind,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail, ensure};
use clap::ValueEnum;
use kinfold_store::StoreKey;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{KeyFolder, Wrapped, random, read_secret, write_secret};

const KEY: &str = "seeds.key";
const OLD: &str = "seeds.key.old";

/// Where the key `seeds` lies.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Lies {
    /// In its file as it is.
    File,
    /// In its file, encrypted under a key that never leaves a security module.
    Pkcs11,
}

impl Lies {
    /// As the ledger says it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Pkcs11 => "pkcs11",
        }
    }
}

impl KeyFolder {
    /// The key that is being replaced. Clears away what a replacement left that had not begun.
    pub(crate) fn seeds_before(&self) -> anyhow::Result<Option<StoreKey>> {
        for file in [KEY, OLD] {
            remove(&part(&self.path.join(file)))?;
        }
        let old = self.path.join(OLD);
        if !old.exists() {
            return Ok(None);
        }
        // As they are written: an encrypted key needs no module to be compared.
        if *read_secret(&old)? == *read_secret(&self.path.join(KEY))? {
            remove(&old)?;
            return Ok(None);
        }
        let before = self.read_bytes(&old)?;
        Ok(Some(StoreKey::from(Box::new(*before))))
    }

    /// Makes a new key that is in no file yet.
    pub(crate) fn new_seeds() -> anyhow::Result<StoreKey> {
        Ok(StoreKey::from(Box::new(*random()?)))
    }

    /// Keeps the key as the old one and puts the new one in its place, both durably.
    pub(crate) fn replace_seeds(&self, new: &StoreKey, to: Lies) -> anyhow::Result<()> {
        ensure!(
            self.seeds_before()?.is_none(),
            "the key seeds is being replaced already: its old key still lies in {OLD}"
        );
        // Before anything is changed: the module may be away.
        let text = match (to, &self.module) {
            (Lies::File, _) => Zeroizing::new(hex::encode(new.expose_secret())),
            (Lies::Pkcs11, Some(module)) => {
                Zeroizing::new(module.wrap(new.expose_secret())?.text())
            }
            (Lies::Pkcs11, None) => bail!("[keys] pkcs11 names no module: give it one first"),
        };
        self.keep_old()?;
        self.put(KEY, &text)
    }

    /// Where the newest key lies.
    pub(crate) fn seeds_lie(&self) -> anyhow::Result<Lies> {
        let text = read_secret(&self.path.join(KEY))?;
        Ok(if Wrapped::parse(text.trim())?.is_some() { Lies::Pkcs11 } else { Lies::File })
    }

    /// Has the security module open the newest key, or, where that lies in a file, answer at all.
    pub(crate) fn ask_module(&self) -> anyhow::Result<()> {
        match (self.seeds_lie()?, &self.module) {
            (Lies::Pkcs11, _) => self.bytes("seeds").map(drop),
            (Lies::File, Some(module)) => module.answers(),
            (Lies::File, None) => Ok(()),
        }
    }

    fn keep_old(&self) -> anyhow::Result<()> {
        let text = read_secret(&self.path.join(KEY))?;
        self.put(OLD, text.trim())
    }

    /// Destroys the key that was replaced.
    pub(crate) fn destroy_old_seeds(&self) -> anyhow::Result<()> {
        remove(&self.path.join(OLD))?;
        self.sync()
    }

    /// Writes a file whole or not at all.
    fn put(&self, file: &str, text: &str) -> anyhow::Result<()> {
        let path = self.path.join(file);
        let part = part(&path);
        remove(&part)?;
        write_secret(&part, text)?;
        fs::rename(&part, &path).with_context(|| format!("can't write {}", path.display()))?;
        self.sync()
    }

    /// Makes the folder's names durable.
    fn sync(&self) -> anyhow::Result<()> {
        let synced = File::open(&self.path).and_then(|folder| folder.sync_all());
        synced.with_context(|| format!("{} can't be made durable", self.path.display()))
    }
}

fn part(path: &Path) -> PathBuf {
    path.with_added_extension("part")
}

fn remove(path: &Path) -> anyhow::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("can't remove {}", path.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
#[path = "replaced_tests.rs"]
mod tests;
