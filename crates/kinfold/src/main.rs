//! Kinfold: the node, the command line and the demonstration in one program.

mod ambient;
mod commands;
mod config;
mod control;
mod node;
mod telemetry;

use clap::Parser;

use commands::Command;

/// Pages are made of many small pieces on several threads: at 256 sessions the system's allocator costs two checks in five.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Lets named employees of a council and an NHS trust see what both may tell them about a child.
#[derive(Parser)]
#[command(name = "kinfold", version, about, disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

fn main() -> std::process::ExitCode {
    let arguments = Arguments::parse();
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        // Only a second installation fails, and there is none before this line.
        return std::process::ExitCode::FAILURE;
    }
    match commands::run(arguments.command) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            telemetry::complain(&format!("{error:#}"));
            std::process::ExitCode::FAILURE
        }
    }
}
