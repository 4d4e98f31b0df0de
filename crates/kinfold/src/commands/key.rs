//! `kinfold key …`: the keys that seal what a node keeps.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::{Args, Subcommand, ValueEnum};

use super::{OfNode, block_on};
use crate::{
    config::Config,
    control::{self, Answer, KeyAsk, Request},
    node::{Lies, Node, Replacing},
    telemetry::say,
};

const OTHER: &str = "the node answered something else: is it of another version?";

/// The keys that seal what the node keeps.
#[derive(Subcommand)]
pub(crate) enum Key {
    /// Replaces a key: everything that it sealed is sealed anew, and the old key is destroyed. The node goes on serving.
    Rotate(Rotate),
    /// Replaces a key by one that lies elsewhere: in a security module, or in a file again.
    Move(Move),
}

/// Moves a key.
#[derive(Args)]
pub(crate) struct Move {
    #[command(flatten)]
    rotate: Rotate,
    /// Where to.
    #[arg(long)]
    to: Lies,
}

/// Replaces a key.
#[derive(Args)]
pub(crate) struct Rotate {
    #[command(flatten)]
    node: OfNode,
    /// Which key.
    key: Rotated,
    /// Destroys the old key although some values open under neither: they are lost, as `docs/store.md` says.
    #[arg(long)]
    leave_unopened: bool,
}

/// The keys that can be replaced.
#[derive(Clone, Copy, ValueEnum)]
enum Rotated {
    /// Seals accounts, tokens' seeds, passkeys and emergency codes.
    Seeds,
}

impl Key {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let (Rotate { node, key: Rotated::Seeds, leave_unopened }, to) = match self {
            Self::Rotate(rotate) => (rotate, None),
            Self::Move(Move { rotate, to }) => (rotate, Some(to)),
        };
        let config = node.read()?;
        block_on(async {
            let node = Way::to(config).await?;
            let mut told = node.tell(KeyAsk::Replace { to }).await?;
            let Replacing::GoesOn { now, before, .. } = told.clone() else { bail!(OTHER) };
            say(&format!("the key seeds {before} is replaced by {now}"));
            loop {
                match told {
                    Replacing::GoesOn { seen, of, again, .. } => {
                        let what =
                            if again { "looked through" } else { "sealed under the new key" };
                        say(&format!("{what}: {} of {of}", seen.min(of)));
                    }
                    // The node that serves may have ended it between two questions.
                    Replacing::Ended { .. } | Replacing::Not => {
                        say(&ended(&before));
                        return Ok(());
                    }
                    Replacing::Unopened { count, named } => bail!(unopened(count, &named)),
                }
                told = node.tell(KeyAsk::GoOn { leave_unopened }).await?;
            }
        })
    }
}

/// A node that serves, by its socket, or one opened here.
enum Way {
    Serving(PathBuf),
    Here(Box<Node>),
}

impl Way {
    async fn to(config: Config) -> anyhow::Result<Self> {
        let socket = control::socket(&config);
        let serves = control::ask(&socket, &Request::Status).await?.is_some();
        if serves {
            Ok(Self::Serving(socket))
        } else {
            Ok(Self::Here(Box::new(Node::open(config).await?)))
        }
    }

    async fn tell(&self, ask: KeyAsk) -> anyhow::Result<Replacing> {
        let request = Request::Key { ask };
        let answer = match self {
            Self::Here(node) => control::execute(node, request).await,
            Self::Serving(socket) => control::ask(socket, &request)
                .await?
                .context("the node has ended: it goes on with the key at its next start")?,
        };
        match answer {
            Answer::Key { told } => Ok(told),
            Answer::Failed { why } => bail!(why),
            _ => bail!(OTHER),
        }
    }
}

fn ended(before: &str) -> String {
    format!(
        "done: everything is sealed under the new key, and the old one {before} is destroyed.\n\
         Backups of the database made before need it: make a new backup of database and keys now."
    )
}

fn unopened(count: u64, named: &[String]) -> String {
    format!(
        "{count} values open under neither key, so the old key is kept. Both keys stay in use. The first of them:\n  {}\n\
         They were altered or moved. Read docs/store.md, Rotation; run again with --leave-unopened to end it without them.",
        named.join("\n  ")
    )
}
