//! Where a node's keys lie.

use std::path::{Path, PathBuf};

use anyhow::ensure;
use serde::Deserialize;

/// Where the keys lie.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeysConfig {
    /// A security module for the key of accounts and tokens.
    pub(crate) pkcs11: Option<Pkcs11Config>,
}

/// A security module and the key in it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pkcs11Config {
    /// The module's library.
    pub(crate) module: PathBuf,
    /// The token's label.
    pub(crate) token: String,
    /// The label of the AES key.
    pub(crate) label: String,
    /// The user's PIN.
    pub(crate) pin_file: PathBuf,
}

impl KeysConfig {
    pub(super) fn resolve(&mut self, base: &Path) {
        if let Some(module) = &mut self.pkcs11 {
            module.module = base.join(&module.module);
            module.pin_file = base.join(&module.pin_file);
        }
    }

    pub(super) fn check(&self) -> anyhow::Result<()> {
        ensure!(
            self.pkcs11.as_ref().is_none_or(Pkcs11Config::is_named),
            "[keys] pkcs11 needs a token and a label"
        );
        Ok(())
    }
}

impl Pkcs11Config {
    fn is_named(&self) -> bool {
        !self.token.trim().is_empty() && !self.label.trim().is_empty()
    }
}
