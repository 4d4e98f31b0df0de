//! `kinfold ledger …`: verifying the ledger, and asking it who looked.

use std::path::PathBuf;

use anyhow::{Context, bail, ensure};
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use kinfold_domain::{BirthDate, NhsNumber, PersonName, Subject, UserName};
use kinfold_ledger::{BodyKey, Finding, verify_folder};
use kinfold_note::VerifierKey;

use super::{OfNode, block_on, prompt};
use crate::{
    control::{Answer, Request, carry_out},
    node::keys::KeyFolder,
    telemetry::say,
};

/// The ledger.
#[derive(Subcommand)]
pub(crate) enum Ledger {
    /// Verifies the whole ledger: every signature, every leaf, every body.
    Verify(Verify),
    /// Lists who looked at a child, in this agency's ledger and its partners'.
    Who(Who),
}

/// Verifies a ledger, also a copy of its files and while the node serves.
#[derive(Args)]
pub(crate) struct Verify {
    #[command(flatten)]
    node: OfNode,
    /// A copy of a ledger's folder, instead of the node's own.
    #[arg(long, requires = "key")]
    folder: Option<PathBuf>,
    /// The ledger's public key, for a copy. Bodies are then not opened.
    #[arg(long)]
    key: Option<VerifierKey>,
}

/// Lists who looked.
#[derive(Args)]
pub(crate) struct Who {
    #[command(flatten)]
    node: OfNode,
    /// The child: an NHS number, or "LAST NAME, FIRST NAMES, DATE OF BIRTH". Asked for when left out, so that it stands in no history.
    child: Option<String>,
    /// Who asks: an employee in a role that may review. PIN and code are asked for.
    #[arg(long = "as")]
    user_name: UserName,
}

impl Ledger {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Verify(verify) => verify.run(),
            Self::Who(who) => who.run(),
        }
    }
}

impl Verify {
    fn run(self) -> anyhow::Result<()> {
        let (folder, keys, body) = if let (Some(folder), Some(key)) = (self.folder, self.key) {
            (folder, vec![key], None)
        } else {
            let config = self.node.read()?;
            let keys = KeyFolder::of(&config.folder);
            let body = BodyKey::new(*keys.bytes("body")?);
            let signer = keys.signing("ledger")?.verifier().clone();
            (config.folder.join("ledger"), vec![signer], Some(body))
        };
        let bar = ProgressBar::new(0)
            .with_style(ProgressStyle::with_template("{bar:40} {pos}/{len} files {eta}")?);
        let report = verify_folder(&folder, &keys, body.as_ref(), &mut |progress| {
            bar.set_length(progress.of_segments);
            bar.set_position(progress.segments);
        })
        .with_context(|| format!("{} can't be read", folder.display()))?;
        bar.finish_and_clear();
        for finding in report.findings() {
            say(&words(finding));
        }
        ensure!(
            report.is_sound(),
            "the ledger is not sound: keep a copy of the folder, and tell your partners"
        );
        say(&format!(
            "Sound: {} entries in {} batches, {} bodies opened, {} erased. Root {}",
            report.size(),
            report.batches(),
            report.bodies_opened(),
            report.erased(),
            report.root().map_or_else(|| "none".to_owned(), ToString::to_string),
        ));
        Ok(())
    }
}

fn words(finding: &Finding) -> String {
    match finding {
        Finding::Wrong { damage, index: Some(index) } => format!("WRONG: entry {index}: {damage}"),
        Finding::Wrong { damage, index: None } => format!("WRONG: {damage}"),
        Finding::Unfinished(damage) => {
            format!("unfinished, and cleared away by the next start: {damage}")
        }
    }
}

impl Who {
    fn run(self) -> anyhow::Result<()> {
        let child = match &self.child {
            Some(child) => child.clone(),
            None => {
                prompt::line("NHS number, or last name, first names, date of birth")?.to_string()
            }
        };
        let subject = parse_child(&child)?;
        let pin = prompt::secret("PIN")?.to_string();
        let code = prompt::secret("Code")?.to_string();
        let request = Request::WhoLooked { user_name: self.user_name, pin, code, subject };
        let Answer::Looks { looks } = block_on(carry_out(self.node.read()?, request))? else {
            bail!("the node answered something else");
        };
        print_looks(&looks);
        Ok(())
    }
}

fn parse_child(text: &str) -> anyhow::Result<Subject> {
    if let Ok(number) = text.parse::<NhsNumber>() {
        return Ok(Subject { nhs_number: Some(number), ..Subject::default() });
    }
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    let [family, given, born] = parts[..] else {
        // The number's own error says what is wrong with it.
        let error = text.parse::<NhsNumber>().err().map(|error| error.to_string());
        bail!("{}; or write LAST NAME, FIRST NAMES, DATE OF BIRTH", error.unwrap_or_default());
    };
    Ok(Subject {
        name: Some(PersonName::new(family, given)?),
        birth_date: Some(born.parse::<BirthDate>()?),
        ..Subject::default()
    })
}

fn in_one_ledger(look: &serde_json::Value) -> bool {
    let sides = look["sides"].as_array().map(Vec::as_slice).unwrap_or_default();
    sides.windows(2).all(|two| two[0]["ledger"] == two[1]["ledger"])
}

fn print_looks(looked: &serde_json::Value) {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or("–").to_owned();
    let empty = Vec::new();
    for ledger in looked["ledgers"].as_array().unwrap_or(&empty) {
        match ledger["failure"].as_str() {
            Some(why) => say(&format!("{}: could not be asked: {why}", text(&ledger["ledger"]))),
            None => say(&format!("{}: {} lines", text(&ledger["ledger"]), ledger["lines"])),
        }
        if let Some(entries) = ledger["behind"]["entries"].as_u64() {
            say(&format!("  NOT COMPLETE: its newest {entries} entries are not searched yet"));
        }
        if ledger["more"].as_bool() == Some(true) {
            say("  NOT COMPLETE: there are older looks than are listed");
        }
    }
    for look in looked["looks"].as_array().unwrap_or(&empty) {
        let asker = &look["asker"];
        let both = match look["both_sides"].as_bool() {
            Some(true) if in_one_ledger(look) => "in the one ledger that it concerns",
            Some(true) => "in both ledgers",
            Some(false) => "in one ledger",
            None => "the other ledger could not be asked",
        };
        say(&format!(
            "\n{}  {}, {} ({})  for {}  [{both}]",
            text(&look["at"]),
            text(&asker["name"]),
            text(&asker["job_title"]),
            text(&asker["agency"]),
            text(&look["purpose"]),
        ));
        for side in look["sides"].as_array().unwrap_or(&empty) {
            let line = &side["line"];
            say(&format!(
                "    {:24} {:14} {:12} entry {}  {}",
                text(&side["ledger"]),
                text(&line["entry"]),
                text(&line["kind"]),
                line["index"],
                text(&line["outcome"]),
            ));
            if let Some(reason) = line["glass"].as_str() {
                say(&format!("        glass broken: {reason}"));
            }
        }
    }
}
