//! Files of tokens, in and out.

use std::{
    fs::{self, File, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use kinfold_domain::UserName;
use kinfold_service::tokens::ImportReport;
use kinfold_token::{Algorithm, Digits, Step, TokenParameters};

use super::{OfNode, block_on, life::person, prompt};
use crate::{
    control::{Answer, Request, TokenAsk, TokenTold, converse},
    node::keys::write_secret,
    telemetry::say,
};

/// Tokens that were not imported and are shown in the terminal.
const SHOWN: usize = 20;

/// Imports a vendor's file.
#[derive(Args)]
pub(crate) struct Import {
    #[command(flatten)]
    node: OfNode,
    /// The file: PSKC (RFC 6030), or CSV with serial number and secret.
    file: PathBuf,
    /// The file is encrypted with a pre-shared key, which is asked for.
    #[arg(long, conflicts_with = "passphrase")]
    key: bool,
    /// The file is encrypted with a passphrase, which is asked for.
    #[arg(long)]
    passphrase: bool,
    /// Imports the tokens that are right even when others are wrong.
    #[arg(long)]
    rest: bool,
    /// The number of the order that the file belongs to.
    #[arg(long)]
    order: Option<String>,
    /// The hash, where a CSV file does not say.
    #[arg(long, default_value = "sha1")]
    algorithm: Algorithm,
    /// Digits of a code, where a CSV file does not say.
    #[arg(long, default_value = "6")]
    digits: Digits,
    /// Seconds that a code is shown, where a CSV file does not say.
    #[arg(long, default_value = "30")]
    step: Step,
}

/// Writes the fobs that nobody holds into a PSKC file.
#[derive(Args)]
pub(crate) struct Export {
    #[command(flatten)]
    node: OfNode,
    /// The new file.
    file: PathBuf,
    /// The new file that the key is written into: it must travel by another way.
    #[arg(long, required_unless_present = "plain_secrets_readable_by_anybody")]
    key_out: Option<PathBuf>,
    /// Writes the secrets so that everybody who has the file can read and copy the tokens.
    #[arg(long, conflicts_with = "key_out")]
    plain_secrets_readable_by_anybody: bool,
    /// The first of the two people who answer for it: an operator.
    #[arg(long = "as")]
    first: UserName,
    /// The second.
    #[arg(long = "with")]
    second: UserName,
}

impl Import {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let config = self.node.read()?;
        let file = File::open(&self.file)
            .with_context(|| format!("{} can't be opened", self.file.display()))?;
        let bytes = file.metadata()?.len();
        let asked = |wanted: bool, what: &str| {
            let secret = wanted.then(|| prompt::secret(what)).transpose()?;
            anyhow::Ok(secret.map(|secret| secret.to_string()))
        };
        let key = asked(self.key, "Pre-shared key, 32 hexadecimal digits")?;
        let passphrase = asked(self.passphrase, "Passphrase")?;
        let parameters =
            TokenParameters { algorithm: self.algorithm, digits: self.digits, step: self.step };
        let (rest, order) = (self.rest, self.order);
        let ask = TokenAsk::Import { bytes, key, passphrase, parameters, rest, order };
        let bar = ProgressBar::new_spinner();
        bar.set_style(ProgressStyle::with_template("{spinner} {pos} tokens read, {per_sec}")?);
        let hear = |told| {
            if let TokenTold::Read { tokens } = told {
                bar.set_position(tokens);
            }
            Ok(())
        };
        let answer = block_on(converse(config, Request::Tokens { ask }, Some(file), hear))?;
        bar.finish_and_clear();
        let Answer::Tokens { told: TokenTold::Imported { report } } = answer else {
            bail!("the node answered something else")
        };
        tell(&report)
    }
}

fn tell(report: &ImportReport) -> anyhow::Result<()> {
    for wrong in report.told.iter().take(SHOWN) {
        let serial = wrong.serial.as_deref().unwrap_or("without a serial number");
        say(&format!("token {} ({serial}): {}", wrong.place, wrong.why));
    }
    let shown = u64::try_from(SHOWN)?;
    if report.wrong > shown {
        say(&format!("… and {} more", report.wrong - shown));
    }
    let ImportReport { read, imported, wrong, .. } = report;
    if *imported == 0 {
        bail!(
            "nothing was imported: {wrong} of {read} tokens are wrong. Have them mended, or import the right ones with --rest"
        );
    }
    say(&format!("{imported} of {read} tokens are in stock; {wrong} are wrong."));
    Ok(())
}

impl Export {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let config = self.node.read()?;
        let (first, second) = (person(self.first)?, person(self.second)?);
        let plain = self.plain_secrets_readable_by_anybody;
        let ask = TokenAsk::Export { plain, first, second };
        let mut out = new_file(&self.file)?;
        let hear = |told| match told {
            TokenTold::Exporting { key: Some(key) } => match &self.key_out {
                Some(path) => write_secret(path, &key),
                None => bail!("there is a key and no file for it"),
            },
            TokenTold::Part { text } => Ok(out.write_all(text.as_bytes())?),
            _ => Ok(()),
        };
        let answer = block_on(converse(config, Request::Tokens { ask }, None, hear));
        let written = answer.and_then(|answer| {
            out.sync_all()?;
            match answer {
                Answer::Tokens { told: TokenTold::Exported { tokens } } => Ok(tokens),
                _ => bail!("the node answered something else"),
            }
        });
        if written.is_err() {
            fs::remove_file(&self.file)?;
        }
        let tokens = written?;
        say(&format!("{tokens} tokens that nobody holds were written to {}.", self.file.display()));
        if plain {
            say(
                "EVERYBODY WHO HAS THIS FILE CAN COPY THESE TOKENS. Destroy it once it was imported.",
            );
        }
        Ok(())
    }
}

fn new_file(path: &Path) -> anyhow::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).with_context(|| format!("can't make {}", path.display()))
}
