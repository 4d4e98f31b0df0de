//! `kinfold token …`: smart tokens, from the vendor's file to the bin.

mod code;
mod enrol;
mod show;

use clap::Subcommand;

use super::{OfNode, block_on, prompt};

pub(crate) use show::{code_line, read_token};

/// Smart tokens.
#[derive(Subcommand)]
pub(crate) enum Token {
    /// Gives an employee a soft token: as a QR code here, or by a code for the enrolment page.
    Enrol(enrol::Enrol),
    /// The soft token: shows the code and the seconds left.
    Show(show::Show),
    /// Prints one code of a secret, for testing fobs and other servers.
    Code(code::OneCode),
}

impl Token {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Enrol(enrol) => enrol.run(),
            Self::Show(show) => show.run(),
            Self::Code(code) => code.run(),
        }
    }
}
