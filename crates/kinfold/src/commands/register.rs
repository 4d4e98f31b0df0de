//! `kinfold register …`: entries that vanished from the case system at once, shown by number and confirmed by a named employee.

use anyhow::bail;
use clap::{Args, Subcommand};
use kinfold_domain::UserName;

use super::{OfNode, block_on, prompt};
use crate::{
    control::{Answer, Request, carry_out},
    telemetry::say,
};

/// This agency's own register.
#[derive(Subcommand)]
pub(crate) enum Register {
    /// Reads the case system, and says how many entries vanished from it, if too many did to be believed.
    Vanished(OfNode),
    /// Confirms that the entries of one reading have truly ended. PIN and code are asked for.
    Confirm(Confirm),
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
