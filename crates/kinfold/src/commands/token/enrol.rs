//! Giving an employee a soft token.

use std::path::PathBuf;

use clap::Args;
use kinfold_domain::UserName;
use qrcode::{QrCode, render::unicode};

use super::{OfNode, block_on, prompt};
use crate::{
    control::{Answer, Request, carry_out},
    node::keys::write_secret,
    telemetry::say,
};

/// Gives an employee a token.
#[derive(Args)]
pub(crate) struct Enrol {
    #[command(flatten)]
    node: OfNode,
    /// The employee.
    user_name: UserName,
    /// Prints a code with which the employee opens the enrolment page; the node must be serving.
    #[arg(long, conflicts_with = "save")]
    page: bool,
    /// Writes the secret into this new file, for `kinfold token show`, instead of showing a QR code.
    #[arg(long)]
    save: Option<PathBuf>,
}

impl Enrol {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let user_name = self.user_name.clone();
        if self.page {
            return ticket(&self.node, &user_name);
        }
        let answer = block_on(carry_out(self.node.read()?, Request::IssueToken { user_name }))?;
        let Answer::Token { uri } = answer else { return Ok(()) };
        match &self.save {
            Some(path) => {
                write_secret(path, &uri)?;
                say(&format!("Saved. In another terminal: kinfold token show {}", path.display()));
            }
            None => show_qr(&uri)?,
        }
        confirm(&self.node, &self.user_name)
    }
}

/// Prints a code that opens the enrolment page.
pub(super) fn ticket(node: &OfNode, user_name: &UserName) -> anyhow::Result<()> {
    let request = Request::IssueTicket { user_name: user_name.clone() };
    if let Answer::Ticket { code } = block_on(carry_out(node.read()?, request))? {
        say(&format!(
            "Tell {user_name} this enrolment code. It opens the page /enrol for 30 minutes, with their user name and PIN:\n\n    {code}\n"
        ));
    }
    Ok(())
}

/// Two successive codes prove that the token counts as the node does.
pub(super) fn confirm(node: &OfNode, user_name: &UserName) -> anyhow::Result<()> {
    say("Type the code that the token shows, then the next one it shows.");
    let first = prompt::line("First code")?.to_string();
    let second = prompt::line("Next code")?.to_string();
    let request = Request::ConfirmToken { user_name: user_name.clone(), first, second };
    block_on(carry_out(node.read()?, request))?;
    say(&format!("The token of {user_name} is in use."));
    Ok(())
}

fn show_qr(uri: &str) -> anyhow::Result<()> {
    let code = QrCode::new(uri)?;
    let drawn = code.render::<unicode::Dense1x2>().quiet_zone(true).build();
    say(&format!(
        "{drawn}\n\nScan this with an app that honours an eight-second period, or type:\n{uri}\n"
    ));
    Ok(())
}
