//! A node's keys: one purpose each, made on the node, in files that only its user can read.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, ensure};
use kinfold_note::{KeyName, SigningKey};
use kinfold_store::{StoreKey, StoreKeys};
use zeroize::Zeroizing;

mod replaced;

pub(crate) use replaced::Lies;

use super::hsm::{Hsm, Wrapped};
use crate::config::Config;

/// Where the key files lie.
#[derive(Clone)]
pub(crate) struct KeyFolder {
    path: PathBuf,
    module: Option<Arc<Hsm>>,
}

impl KeyFolder {
    /// The `keys` folder of a node's folder.
    pub(crate) fn of(folder: &Path) -> Self {
        Self { path: folder.join("keys"), module: None }
    }

    /// The same with the security module that the node's configuration names.
    pub(crate) fn of_node(config: &Config) -> Self {
        let module = config.keys.pkcs11.clone().map(|terms| Arc::new(Hsm::new(terms)));
        Self { module, ..Self::of(&config.folder) }
    }

    /// Makes every key that is missing.
    pub(crate) fn make_all(&self, node: &str) -> anyhow::Result<()> {
        fs::create_dir_all(&self.path)
            .with_context(|| format!("can't make {}", self.path.display()))?;
        restrict(&self.path, 0o700)?;
        for (file, name) in
            [("node.key", format!("node.{node}")), ("ledger.key", format!("ledger.{node}"))]
        {
            self.make(file, || {
                let name: KeyName = name.parse().map_err(|_| anyhow::anyhow!("bad key name"))?;
                Ok(SigningKey::from_seed(name, &*random()?)?.expose().to_string())
            })?;
        }
        for file in ["body", "people", "register", "seeds", "trail", "sealed"] {
            self.make(&format!("{file}.key"), || Ok(hex::encode(*random()?)))?;
        }
        Ok(())
    }

    fn make(&self, file: &str, text: impl Fn() -> anyhow::Result<String>) -> anyhow::Result<()> {
        let path = self.path.join(file);
        if path.exists() {
            return Ok(());
        }
        write_secret(&path, &text()?)
    }

    /// A key that signs: `node` or `ledger`.
    pub(crate) fn signing(&self, name: &str) -> anyhow::Result<SigningKey> {
        read_signing(&self.path.join(format!("{name}.key")))
    }

    /// Thirty-two secret bytes.
    pub(crate) fn bytes(&self, name: &str) -> anyhow::Result<Zeroizing<[u8; 32]>> {
        self.read_bytes(&self.path.join(format!("{name}.key")))
    }

    /// The store's three keys, and the one that is being replaced.
    pub(crate) fn store(&self) -> anyhow::Result<StoreKeys> {
        Ok(StoreKeys {
            people: self.store_key("people")?,
            register: self.store_key("register")?,
            seeds: self.store_key("seeds")?,
            seeds_before: self.seeds_before()?,
        })
    }

    /// One of the store's keys.
    pub(crate) fn store_key(&self, name: &str) -> anyhow::Result<StoreKey> {
        Ok(StoreKey::from(Box::new(*self.bytes(name)?)))
    }

    fn read_bytes(&self, path: &Path) -> anyhow::Result<Zeroizing<[u8; 32]>> {
        let text = read_secret(path)?;
        if let Some(wrapped) = Wrapped::parse(text.trim())? {
            return self.unwrap(&wrapped).with_context(|| {
                format!(
                    "the key in {} is encrypted under a security module's: see that the module answers, then start again",
                    path.display()
                )
            });
        }
        let mut bytes = Zeroizing::new([0; 32]);
        hex::decode_to_slice(text.trim(), &mut *bytes)
            .ok()
            .with_context(|| format!("{} is not 64 hexadecimal digits", path.display()))?;
        Ok(bytes)
    }

    fn unwrap(&self, wrapped: &Wrapped) -> anyhow::Result<Zeroizing<[u8; 32]>> {
        self.module.as_ref().context("[keys] pkcs11 names no module")?.unwrap(wrapped)
    }
}

/// Reads a signing key's file.
pub(crate) fn read_signing(path: &Path) -> anyhow::Result<SigningKey> {
    let text = read_secret(path)?;
    text.trim().parse().with_context(|| format!("{} is not a signing key", path.display()))
}

/// Writes a secret into a new file that only this user can read.
pub(crate) fn write_secret(path: &Path, text: &str) -> anyhow::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).with_context(|| format!("can't make {}", path.display()))?;
    file.write_all(text.as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()?;
    Ok(())
}

pub(super) fn read_secret(path: &Path) -> anyhow::Result<Zeroizing<String>> {
    use std::os::unix::fs::PermissionsExt;
    let metadata = fs::metadata(path).with_context(|| {
        format!(
            "the key file {} can't be read: run `kinfold init`, or put it back from your backup",
            path.display()
        )
    })?;
    ensure!(
        metadata.permissions().mode().trailing_zeros() >= 6,
        "{} can be read by others: run chmod 600 on it, and consider the key stolen",
        path.display()
    );
    Ok(Zeroizing::new(fs::read_to_string(path)?))
}

fn restrict(path: &Path, mode: u32) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))?;
    Ok(())
}

fn random() -> anyhow::Result<Zeroizing<[u8; 32]>> {
    let mut bytes = Zeroizing::new([0; 32]);
    getrandom::fill(&mut *bytes).map_err(|error| anyhow::anyhow!("no randomness: {error}"))?;
    Ok(bytes)
}
