//! `kinfold agreement …`: drafting, signing, reading and activating the sharing agreement.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, Subcommand};
use kinfold_agreement::{AgreementId, Draft, Moment, Party, Reading, template::Standard};
use kinfold_domain::AgencyKind;
use kinfold_note::{KeyName, SigningKey};
use kinfold_service::ports::{Clock, Entropy};

use super::{OfNode, block_on};
use crate::{
    ambient::{SystemClock, SystemEntropy},
    control::{Request, carry_out},
    node::keys::{read_signing, write_secret},
    telemetry::say,
};

/// The sharing agreement.
#[derive(Subcommand)]
pub(crate) enum Agreement {
    /// Makes an approver's key pair, and prints the public half for the agreement.
    Key(Key),
    /// Drafts the standard agreement between councils and trusts.
    New(New),
    /// Reads an agreement out in plain language.
    Show(OfFile),
    /// Signs an agreement as an approver.
    Sign(Sign),
    /// Says whether an agreement is signed by every party and within its dates.
    Verify(OfFile),
    /// Puts a signed agreement in force at a node.
    Activate(AtNode),
    /// Ends an agreement: makes a signed revocation, or hands one to a node.
    Revoke(Revoke),
}

/// Makes an approver's key pair.
#[derive(Args)]
pub(crate) struct Key {
    /// The key's name, such as approver.ashmoor-council.
    name: KeyName,
    /// The new file for the secret half: keep it off the node.
    #[arg(long)]
    out: PathBuf,
}

/// Drafts the standard agreement.
#[derive(Args)]
pub(crate) struct New {
    /// Its short name.
    #[arg(long)]
    id: AgreementId,
    /// Its version.
    #[arg(long, default_value_t = 1)]
    version: u32,
    /// From when: a day, or a moment.
    #[arg(long)]
    from: Moment,
    /// Until when: a day, or a moment.
    #[arg(long)]
    until: Moment,
    /// A council's party, as `kinfold init` wrote it; once for each council.
    #[arg(long)]
    council: Vec<PathBuf>,
    /// A trust's party, as `kinfold init` wrote it; once for each trust.
    #[arg(long)]
    trust: Vec<PathBuf>,
    /// The new file.
    #[arg(long)]
    out: PathBuf,
}

/// An agreement's file.
#[derive(Args)]
pub(crate) struct OfFile {
    /// The agreement.
    file: PathBuf,
}

/// Signs an agreement.
#[derive(Args)]
pub(crate) struct Sign {
    /// The agreement: the signature is added to it.
    file: PathBuf,
    /// The approver's secret key.
    #[arg(long)]
    key: PathBuf,
}

/// Hands a file to a node.
#[derive(Args)]
pub(crate) struct AtNode {
    #[command(flatten)]
    node: OfNode,
    /// The file.
    file: PathBuf,
}

/// Ends an agreement.
#[derive(Args)]
pub(crate) struct Revoke {
    #[command(flatten)]
    node: OfNode,
    /// The agreement to be revoked (with --key), or a signed revocation.
    file: PathBuf,
    /// An approver's secret key: makes the revocation and writes it to --out.
    #[arg(long, requires = "reason", requires = "out")]
    key: Option<PathBuf>,
    /// Why.
    #[arg(long)]
    reason: Option<String>,
    /// The new file for the revocation. Hand it to every party's node.
    #[arg(long)]
    out: Option<PathBuf>,
}

impl Agreement {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Key(key) => key.run(),
            Self::New(new) => new.run(),
            Self::Show(of) => show(&of.file),
            Self::Sign(sign) => sign.run(),
            Self::Verify(of) => verify(&of.file),
            Self::Activate(at) => at.activate(),
            Self::Revoke(revoke) => revoke.run(),
        }
    }
}

impl Key {
    fn run(self) -> anyhow::Result<()> {
        let key = new_key(self.name)?;
        write_secret(&self.out, &key.expose())?;
        say(&key.verifier().to_string());
        Ok(())
    }
}

/// A fresh signing key.
pub(crate) fn new_key(name: KeyName) -> anyhow::Result<SigningKey> {
    let mut seed = zeroize::Zeroizing::new([0; 32]);
    SystemEntropy.fill(&mut *seed);
    Ok(SigningKey::from_seed(name, &seed)?)
}

impl New {
    fn run(self) -> anyhow::Result<()> {
        let councils = self.council.iter().map(|path| read_party(path, AgencyKind::Council));
        let trusts = self.trust.iter().map(|path| read_party(path, AgencyKind::NhsTrust));
        let draft = Standard {
            id: self.id,
            version: self.version,
            valid_from: self.from,
            valid_until: self.until,
            parties: councils.chain(trusts).collect::<anyhow::Result<_>>()?,
        }
        .draft()?;
        std::fs::write(&self.out, draft.to_string())
            .with_context(|| format!("can't write {}", self.out.display()))?;
        say(&format!(
            "Read it: kinfold agreement show {0}\nThen each party's approver signs it: kinfold agreement sign {0} --key FILE",
            self.out.display()
        ));
        Ok(())
    }
}

/// Its kind decides which clauses speak of it, so that a file in the other's place would give and take the wrong way round.
fn read_party(path: &Path, kind: AgencyKind) -> anyhow::Result<Party> {
    let party: Party = toml::from_str(&read(path)?)
        .with_context(|| format!("{} is not a party", path.display()))?;
    anyhow::ensure!(
        party.kind == kind,
        "{} is the party of an agency of another kind: give councils with --council and trusts with --trust",
        path.display()
    );
    Ok(party)
}

impl Sign {
    fn run(self) -> anyhow::Result<()> {
        let signed =
            kinfold_agreement::sign(read(&self.file)?.as_bytes(), &read_signing(&self.key)?)?;
        // Written beside and moved over, so that a full disk leaves the old file.
        let beside = self.file.with_extension("signing");
        std::fs::write(&beside, signed)?;
        std::fs::rename(&beside, &self.file)?;
        let missing = Draft::parse(read(&self.file)?.as_bytes())?.missing();
        if missing.is_empty() {
            say("Signed. Every party has signed.");
        } else {
            say(&format!("Signed. Still missing: {}", missing.join(", ")));
        }
        Ok(())
    }
}

fn verify(path: &Path) -> anyhow::Result<()> {
    let signed = kinfold_agreement::verify(read(path)?.as_bytes(), SystemClock.now())?;
    say(&format!("Good. Digest {}", signed.agreement().digest()));
    for approval in signed.approvals() {
        let (approver, agency) = (&approval.approver, &approval.agency);
        say(&format!("  signed for {agency} by {}, {}", approver.name, approver.office));
    }
    Ok(())
}

fn show(path: &Path) -> anyhow::Result<()> {
    let draft = Draft::parse(read(path)?.as_bytes())?;
    say(&plain(&draft.agreement().plain_language()));
    let missing = draft.missing();
    if !missing.is_empty() {
        say(&format!(
            "NOT YET IN FORCE: the signature of {} is missing.",
            missing.join(" and of ")
        ));
    }
    Ok(())
}

fn plain(reading: &Reading) -> String {
    reading.to_string()
}

impl AtNode {
    fn activate(self) -> anyhow::Result<()> {
        let note = read(&self.file)?;
        block_on(carry_out(self.node.read()?, Request::ActivateAgreement { note }))?;
        say("The agreement is active at this node.");
        Ok(())
    }
}

impl Revoke {
    fn run(self) -> anyhow::Result<()> {
        let text = read(&self.file)?;
        if let (Some(key), Some(reason), Some(out)) = (&self.key, &self.reason, &self.out) {
            let draft = Draft::parse(text.as_bytes())?;
            let (now, key) = (SystemClock.now(), read_signing(key)?);
            let note = kinfold_agreement::revoke(draft.agreement(), reason, now, &key)?;
            std::fs::write(out, note)?;
            say(&format!(
                "Written. Hand it to every party's node: kinfold agreement revoke {}",
                out.display()
            ));
            return Ok(());
        }
        block_on(carry_out(self.node.read()?, Request::RevokeAgreement { note: text }))?;
        say("The agreement is revoked at this node: nothing flows.");
        Ok(())
    }
}

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("can't read {}", path.display()))
}
