//! The personnel system that says over SCIM who joins, moves and leaves.

use std::{collections::BTreeSet, path::PathBuf};

use anyhow::ensure;
use kinfold_domain::Role;
use serde::Deserialize;

use super::WebConfig;

/// What the personnel system proves itself with, and what it may do.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScimConfig {
    /// A file that holds its token.
    pub(crate) token_file: PathBuf,
    /// The roles that it gives and takes, as the agreement names them.
    pub(crate) roles: BTreeSet<Role>,
}

impl ScimConfig {
    pub(super) fn check(&self, web: &WebConfig) -> anyhow::Result<()> {
        // What it is answered names addresses.
        ensure!(
            web.public_url.is_some() || web.tls.is_none(),
            "[scim] needs [web] public_url: the address under which the personnel system reaches this node"
        );
        ensure!(
            !self.roles.is_empty(),
            "[scim] roles names no role: name those that the personnel system gives"
        );
        Ok(())
    }
}
