//! `kinfold-temporary-postgres COMMAND ARGS…`: runs a command beside a `PostgreSQL` server that its tests share.

use std::process::{Command, ExitCode};

use kinfold_temporary_postgres::{SHARED, TemporaryPostgres};

fn main() -> ExitCode {
    let words: Vec<_> = std::env::args_os().skip(1).collect();
    let Some((program, rest)) = words.split_first() else {
        eprintln!("say which command to run beside the server");
        return ExitCode::FAILURE;
    };
    let server = match TemporaryPostgres::start() {
        Ok(server) => server,
        Err(why) => {
            eprintln!("PostgreSQL can't be started: {why}");
            return ExitCode::FAILURE;
        }
    };
    let mut command = Command::new(program);
    command.args(rest).env(SHARED, server.told());
    // Cargo's words about this program would mislead what it runs.
    for (name, _) in std::env::vars_os() {
        let said = name.to_string_lossy();
        if said.starts_with("CARGO_PKG_") || said.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    let ran = command.status();
    drop(server);
    match ran {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("{}: {why}", program.display());
            ExitCode::FAILURE
        }
    }
}
