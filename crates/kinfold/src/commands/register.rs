//! `kinfold register …`: entries that vanished from the case system at once, shown by number and confirmed by a named employee; files of
//! entries taken over.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use kinfold_domain::UserName;
use kinfold_service::register::{RowCode, read_import};

use super::{OfNode, block_on, prompt};
use crate::{
    control::{Answer, Request, carry_out},
    telemetry::say,
};

/// Rows that were not loaded and are shown in the terminal.
const SHOWN: usize = 20;

/// This agency's own register.
#[derive(Subcommand)]
pub(crate) enum Register {
    /// Reads the case system, and says how many entries vanished from it, if too many did to be believed.
    Vanished(OfNode),
    /// Confirms that the entries of one reading have truly ended. PIN and code are asked for.
    Confirm(Confirm),
    /// Takes a CSV file of entries over, as docs/custodian.md describes it. PIN and code are asked for.
    Import(Import),
}

/// Takes a file over.
#[derive(Args)]
pub(crate) struct Import {
    #[command(flatten)]
    node: OfNode,
    /// The file.
    file: PathBuf,
    /// Who imports: a register custodian.
    #[arg(long = "as")]
    user_name: UserName,
    /// Where the answer to each row is written, as CSV.
    #[arg(long)]
    answer: Option<PathBuf>,
}

/// Confirms that vanished entries have ended.
#[derive(Args)]
pub(crate) struct Confirm {
    #[command(flatten)]
    node: OfNode,
    /// The reading, as `kinfold register vanished` names it.
    reading: String,
    /// Who confirms: a register custodian or an operator.
    #[arg(long = "as")]
    user_name: UserName,
    /// Why so many have ended: it is recorded. Names nobody.
    #[arg(long)]
    reason: String,
}

impl Register {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Vanished(node) => vanished(&node),
            Self::Confirm(confirm) => confirm.run(),
            Self::Import(import) => import.run(),
        }
    }
}

fn vanished(node: &OfNode) -> anyhow::Result<()> {
    let answer = block_on(carry_out(node.read()?, Request::VanishedEntries))?;
    let Answer::Vanished { vanished } = answer else { bail!("the node answered something else") };
    let Some(vanished) = vanished else {
        say("Nothing waits to be confirmed.");
        return Ok(());
    };
    say(&format!(
        "{} of {} entries in force are missing from the case system. They are kept.\n\
         If the case system is broken, mend it. If they have truly ended:\n\
         kinfold register confirm {} --as USER --reason WHY",
        vanished.gone, vanished.of, vanished.reading
    ));
    Ok(())
}

impl Import {
    fn run(self) -> anyhow::Result<()> {
        let Self { node, file, user_name, answer } = self;
        let text = std::fs::read_to_string(&file)
            .with_context(|| format!("{} can't be read as text", file.display()))?;
        match read_import(&text) {
            Ok(rows) => say(&format!("1 of 3: the file is whole, {} rows.", rows.len())),
            Err(why) => bail!("CPF01: {why}. Nothing was changed."),
        }
        let pin = prompt::secret("PIN")?.to_string();
        let code = prompt::secret("Code")?.to_string();
        say("2 of 3: the node judges every row, then changes the register.");
        let request = Request::ImportRegister { user_name, pin, code, text };
        let told = block_on(carry_out(node.read()?, request))?;
        let Answer::Imported { report } = told else { bail!("the node answered something else") };
        let (loaded, all) = (report.loaded(), report.rows.len());
        let (code, words) = (report.file.code(), report.file.words());
        say(&format!("3 of 3: {code}, {words}: {loaded} of {all} rows."));
        if let Some(problem) = &report.problem {
            say(problem);
        }
        for row in report.rows.iter().filter(|row| row.code != RowCode::Loaded).take(SHOWN) {
            say(&format!("line {}: {} {}", row.line, row.code.code(), row.what_to_do));
        }
        if all - loaded > SHOWN {
            say(&format!(
                "… and {} more: see the answer file or the work list.",
                all - loaded - SHOWN
            ));
        }
        if let Some(path) = answer {
            std::fs::write(&path, report.to_csv())
                .with_context(|| format!("{} can't be written", path.display()))?;
        }
        Ok(())
    }
}

impl Confirm {
    fn run(self) -> anyhow::Result<()> {
        let pin = prompt::secret("PIN")?.to_string();
        let code = prompt::secret("Code")?.to_string();
        let Self { node, reading, user_name, reason } = self;
        let request = Request::ConfirmVanished { user_name, pin, code, reading, reason };
        let answer = block_on(carry_out(node.read()?, request))?;
        let Answer::Ended { changes } = answer else { bail!("the node answered something else") };
        say(&format!("Done: the register has {changes} changes. Partners learn of them at once."));
        Ok(())
    }
}
