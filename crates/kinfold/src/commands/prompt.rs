//! Secrets are asked for, never taken from the command line, where others can read them.

use std::io::{BufRead, IsTerminal, Write};

use anyhow::Context;
use zeroize::Zeroizing;

/// Asks for a secret: without echo on a terminal, otherwise one line of standard input.
pub(crate) fn secret(what: &str) -> anyhow::Result<Zeroizing<String>> {
    if std::io::stdin().is_terminal() {
        let typed = rpassword::prompt_password(format!("{what}: "));
        return typed.map(Zeroizing::new).context("nothing was typed");
    }
    line(what)
}

/// Asks for a line.
pub(crate) fn line(what: &str) -> anyhow::Result<Zeroizing<String>> {
    if std::io::stdin().is_terminal() {
        write!(std::io::stderr(), "{what}: ")?;
    }
    let mut typed = Zeroizing::new(String::new());
    std::io::stdin().lock().read_line(&mut typed)?;
    Ok(Zeroizing::new(typed.trim().to_owned()))
}
