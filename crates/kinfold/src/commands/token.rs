//! `kinfold token …`: enrolling a token, and the soft token itself.

use std::{
    io::{IsTerminal, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Context;
use clap::{Args, Subcommand};
use kinfold_domain::UserName;
use kinfold_service::ports::Clock;
use kinfold_token::{Generator, OtpauthUri};
use qrcode::{QrCode, render::unicode};

use super::{OfNode, block_on, prompt};
use crate::{
    ambient::SystemClock,
    control::{Answer, Request, carry_out},
    node::keys::write_secret,
    telemetry::say,
};

/// Smart tokens.
#[derive(Subcommand)]
pub(crate) enum Token {
    /// Gives an employee a token: as a QR code here, or by a code for the enrolment page.
    Enrol(Enrol),
    /// The soft token: shows the code and the seconds left.
    Show(Show),
}

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

/// Shows the code.
#[derive(Args)]
pub(crate) struct Show {
    /// The file that `kinfold token enrol --save` wrote.
    file: PathBuf,
    /// Prints the present code once, and ends.
    #[arg(long)]
    once: bool,
}

impl Token {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Enrol(enrol) => enrol.run(),
            Self::Show(show) => show.run(),
        }
    }
}

impl Enrol {
    fn run(self) -> anyhow::Result<()> {
        let user_name = self.user_name.clone();
        if self.page {
            let answer =
                block_on(carry_out(self.node.read()?, Request::IssueTicket { user_name }))?;
            if let Answer::Ticket { code } = answer {
                say(&format!(
                    "Tell {} this enrolment code. It opens the page /enrol for 30 minutes, with their user name and PIN:\n\n    {code}\n",
                    self.user_name
                ));
            }
            return Ok(());
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
        self.confirm()
    }

    /// Two successive codes prove that the token counts as the node does.
    fn confirm(self) -> anyhow::Result<()> {
        say("Type the code that the token shows, then the next one it shows.");
        let first = prompt::line("First code")?.to_string();
        let second = prompt::line("Next code")?.to_string();
        let user_name = self.user_name.clone();
        let request = Request::ConfirmToken { user_name, first, second };
        block_on(carry_out(self.node.read()?, request))?;
        say(&format!("The token of {} is in use.", self.user_name));
        Ok(())
    }
}

fn show_qr(uri: &str) -> anyhow::Result<()> {
    let code = QrCode::new(uri)?;
    let drawn = code.render::<unicode::Dense1x2>().quiet_zone(true).build();
    say(&format!(
        "{drawn}\n\nScan this with an app that honours an eight-second period, or type:\n{uri}\n"
    ));
    Ok(())
}

impl Show {
    fn run(self) -> anyhow::Result<()> {
        let uri = read_token(&self.file)?;
        let generator = Generator::new(uri.seed(), uri.parameters());
        if self.once || !std::io::stdout().is_terminal() {
            say(&generator.code_at(SystemClock.now()).expose());
            return Ok(());
        }
        say(&format!("{} · {} (Ctrl-C ends)", uri.issuer(), uri.account()));
        loop {
            write!(std::io::stdout(), "\r  {}  ", code_line(&generator))?;
            std::io::stdout().flush()?;
            std::thread::sleep(Duration::from_millis(200));
        }
    }
}

/// Reads a soft token's file.
pub(crate) fn read_token(path: &Path) -> anyhow::Result<OtpauthUri> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("the token {} can't be read", path.display()))?;
    text.trim().parse().with_context(|| format!("{} is not a token", path.display()))
}

/// The code in two groups, and a bar of the seconds left.
pub(crate) fn code_line(generator: &Generator) -> String {
    let now = SystemClock.now();
    let step = generator.parameters().step;
    let code = generator.code_at(now).expose();
    let (left, right) = code.split_at(code.len() / 2);
    let seconds = usize::from(step.seconds_left(now));
    let whole = usize::from(step.seconds());
    let bar = "█".repeat(seconds) + &"░".repeat(whole.saturating_sub(seconds));
    format!("{left} {right}  {bar} {seconds} s")
}
