//! `kinfold init`: a node's keys, and its page of the agreement.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use kinfold_agreement::{Approver, Endpoint, Party, PhoneLine};
use kinfold_note::VerifierKey;

use super::OfNode;
use crate::{config::Config, node::keys::KeyFolder, telemetry::say};

/// Makes a node's keys where they are missing, and prints its party: what the agreement says about it.
#[derive(Args)]
pub(crate) struct Init {
    #[command(flatten)]
    node: OfNode,
    /// Where partners reach this node: host:port.
    #[arg(long)]
    endpoint: Endpoint,
    /// An approver: NAME;OFFICE;VERIFIER-KEY. Several may be given.
    #[arg(long = "approver", value_parser = parse_approver, required = true)]
    approvers: Vec<Approver>,
    /// Whom to ring when this node can't be reached: LABEL;NUMBER. Several may be given.
    #[arg(long = "telephone", value_parser = parse_phone, required = true)]
    telephones: Vec<PhoneLine>,
    /// Writes the party into this file instead of printing it.
    #[arg(long)]
    out: Option<PathBuf>,
}

impl Init {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let config = self.node.read()?;
        make_keys(&config)?;
        let party = party(&config, self.endpoint, self.approvers, self.telephones)?;
        let text = toml::to_string(&party)?;
        if let Some(path) = self.out {
            return std::fs::write(&path, text)
                .with_context(|| format!("can't write {}", path.display()));
        }
        say(&text);
        Ok(())
    }
}

/// Makes every key that is missing.
pub(crate) fn make_keys(config: &Config) -> anyhow::Result<()> {
    std::fs::create_dir_all(&config.folder)
        .with_context(|| format!("can't make {}", config.folder.display()))?;
    KeyFolder::of(&config.folder).make_all(config.agency.id.as_str())
}

/// What the agreement says about a node.
pub(crate) fn party(
    config: &Config,
    endpoint: Endpoint,
    approvers: Vec<Approver>,
    telephones: Vec<PhoneLine>,
) -> anyhow::Result<Party> {
    let keys = KeyFolder::of(&config.folder);
    Ok(Party {
        agency: config.agency.id.clone(),
        name: config.agency.name.clone(),
        kind: config.agency.kind,
        endpoint,
        node_key: keys.signing("node")?.verifier().clone(),
        ledger_key: keys.signing("ledger")?.verifier().clone(),
        telephones,
        approvers,
    })
}

fn parse_approver(text: &str) -> anyhow::Result<Approver> {
    let mut parts = text.splitn(3, ';').map(str::trim);
    let (name, office, key) = (parts.next(), parts.next(), parts.next());
    let (Some(name), Some(office), Some(key)) = (name, office, key) else {
        anyhow::bail!("write NAME;OFFICE;VERIFIER-KEY");
    };
    let key: VerifierKey = key.parse()?;
    Ok(Approver { name: name.to_owned(), office: office.to_owned(), key })
}

fn parse_phone(text: &str) -> anyhow::Result<PhoneLine> {
    let (label, number) = text.split_once(';').context("write LABEL;NUMBER")?;
    Ok(PhoneLine { label: label.trim().to_owned(), number: number.trim().parse()? })
}
