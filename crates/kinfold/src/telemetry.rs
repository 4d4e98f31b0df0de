//! What a node says about itself: to standard error, without anything about a child or an employee.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// Starts logging: as JSON lines for machines, or as plain lines. `RUST_LOG` narrows or widens it.
pub(crate) fn start(json: bool) {
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let started = if json { lines.json().try_init() } else { lines.with_target(false).try_init() };
    if started.is_err() {
        complain("logging was started twice");
    }
}

/// Says on standard error why a command failed.
#[expect(clippy::print_stderr, reason = "this is what the person at the terminal reads")]
pub(crate) fn complain(what: &str) {
    eprintln!("kinfold: {what}");
}

/// Says something on standard output, where a command's result belongs. A reader that went away is no failure.
pub(crate) fn say(what: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout(), "{what}");
}
