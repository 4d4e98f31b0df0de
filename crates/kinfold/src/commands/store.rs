//! `kinfold store …`: what a node keeps.

use anyhow::ensure;
use clap::Subcommand;

use super::{OfNode, block_on};
use crate::{
    control::{self, Request},
    node::move_store,
    telemetry::say,
};

/// What a node keeps.
#[derive(Subcommand)]
pub(crate) enum Store {
    /// Moves the store from its file to the database server that the configuration names. The node must be stopped.
    Move(OfNode),
}

impl Store {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let Self::Move(node) = self;
        let config = node.read()?;
        block_on(async {
            let serves = control::ask(&control::socket(&config), &Request::Status).await?;
            ensure!(serves.is_none(), "the node serves: stop it first");
            let rows = move_store(&config).await?;
            say(&format!(
                "done: {rows} rows are in the server's database, sealed as they were. The node serves from there from its next start.\n\
                 The file is kept as store.sqlite.moved: destroy it once the database has a backup."
            ));
            Ok(())
        })
    }
}
