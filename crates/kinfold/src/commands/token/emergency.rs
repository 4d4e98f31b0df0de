//! Emergency codes that an employee keeps on paper. Nobody but their owner makes them, on the page.

use anyhow::bail;
use clap::Args;
use kinfold_domain::UserName;

use super::{OfNode, block_on};
use crate::{
    control::{Answer, Request, StaffAsk, StaffTold, carry_out},
    telemetry::say,
};

/// An employee's emergency codes.
#[derive(Args)]
pub(crate) struct Emergency {
    #[command(flatten)]
    node: OfNode,
    /// The employee.
    user_name: UserName,
    /// They are lost: ends them, and the employee's sessions.
    #[arg(long)]
    lost: bool,
}

impl Emergency {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let Self { node, user_name, lost } = self;
        let ask = StaffAsk::EmergencyCodes { user_name: user_name.clone(), lost };
        let told = block_on(carry_out(node.read()?, Request::Staff { ask }))?;
        say(&match told {
            Answer::Staff { told: StaffTold::Done } => {
                format!(
                    "The emergency codes of {user_name} have ended, and so have their sessions."
                )
            }
            Answer::Staff { told: StaffTold::EmergencyCodes { sheet: None } } => {
                format!("{user_name} has no emergency codes.")
            }
            Answer::Staff { told: StaffTold::EmergencyCodes { sheet: Some(sheet) } } => {
                let locked = if sheet.locked { "; locked after too many wrong tries" } else { "" };
                format!("{user_name} has {} left, made {}{locked}.", sheet.left, sheet.made)
            }
            _ => bail!("the node answered something else"),
        });
        Ok(())
    }
}
