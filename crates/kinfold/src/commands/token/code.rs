//! One code of a secret, without a node: for testing fobs and other servers.

use anyhow::Context;
use clap::Args;
use jiff::Timestamp;
use kinfold_service::ports::Clock;
use kinfold_token::{Algorithm, Digits, Generator, Seed, Step, TokenParameters};
use zeroize::Zeroizing;

use super::prompt;
use crate::{ambient::SystemClock, telemetry::say};

/// Prints one code.
#[derive(Args)]
pub(crate) struct OneCode {
    /// The secret in base 32; asked for when it is left out. Others on this machine can read a command line: give no secret of a
    /// token in use.
    #[arg(long)]
    secret: Option<String>,
    /// The moment, in seconds since 1970; now when it is left out.
    #[arg(long, value_name = "UNIX-SECONDS")]
    at: Option<u64>,
    /// How long a code is shown: 8, 15, 30 or 60 seconds.
    #[arg(long, default_value = "8")]
    step: Step,
    /// Digits of a code: 6 or 8.
    #[arg(long, default_value = "6")]
    digits: Digits,
    /// The hash: sha1, sha256 or sha512.
    #[arg(long, default_value = "sha256")]
    algorithm: Algorithm,
}

impl OneCode {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let secret = match self.secret {
            Some(secret) => Zeroizing::new(secret),
            None => prompt::secret("Secret in base 32")?,
        };
        let seed = Seed::from_base32(&as_printed(&secret))?;
        let parameters =
            TokenParameters { algorithm: self.algorithm, digits: self.digits, step: self.step };
        let at = match self.at {
            Some(second) => moment(second)?,
            None => SystemClock.now(),
        };
        say(&Generator::new(&seed, parameters).code_at(at).expose());
        Ok(())
    }
}

/// Other programs print secrets in groups and with padding.
fn as_printed(secret: &str) -> Zeroizing<String> {
    let letters = secret.trim_end_matches('=').chars();
    Zeroizing::new(letters.filter(|letter| !letter.is_whitespace() && *letter != '-').collect())
}

fn moment(second: u64) -> anyhow::Result<Timestamp> {
    let second = i64::try_from(second).ok();
    second
        .and_then(|second| Timestamp::from_second(second).ok())
        .context("--at is beyond the year 9999: give seconds since 1970")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_taken_as_other_programs_print_it() {
        assert_eq!(*as_printed("gezd gnbv-GY3T\tQOJQ=="), *"gezdgnbvGY3TQOJQ");
    }

    #[test]
    fn a_moment_that_no_calendar_has_is_refused() {
        assert!(moment(20_000_000_000).is_ok());
        assert!(moment(u64::MAX).is_err());
    }
}
