//! The soft token.

use std::{
    io::{IsTerminal, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Context;
use clap::Args;
use kinfold_service::ports::Clock;
use kinfold_token::{Generator, OtpauthUri};

use crate::{ambient::SystemClock, telemetry::say};

/// Shows the code.
#[derive(Args)]
pub(crate) struct Show {
    /// The file that `kinfold token enrol --save` wrote.
    file: PathBuf,
    /// Prints the present code once, and ends.
    #[arg(long)]
    once: bool,
}

impl Show {
    pub(super) fn run(self) -> anyhow::Result<()> {
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
