//! The commands.

mod agreement;
mod bench;
mod demo;
mod employee;
mod init;
mod key;
mod ledger;
mod prompt;
mod register;
mod sample;
mod serve;
mod source;
mod store;
mod token;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::config::Config;

/// What to do.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Makes a node's keys, and prints what its partners need for the agreement.
    Init(init::Init),
    /// Runs one agency's node.
    Serve(serve::Serve),
    /// Sets up and runs two nodes on this machine with a synthetic district.
    Demo(demo::Demo),
    /// Source systems.
    #[command(subcommand)]
    Source(source::Source),
    /// Named employees.
    #[command(subcommand)]
    Employee(employee::Employee),
    /// Smart tokens.
    #[command(subcommand)]
    Token(token::Token),
    /// The keys that seal what the node keeps.
    #[command(subcommand)]
    Key(key::Key),
    /// What a node keeps.
    #[command(subcommand)]
    Store(store::Store),
    /// The sharing agreement.
    #[command(subcommand)]
    Agreement(agreement::Agreement),
    /// The ledger.
    #[command(subcommand)]
    Ledger(ledger::Ledger),
    /// This agency's own register.
    #[command(subcommand)]
    Register(register::Register),
    /// Measures this machine with Kinfold's own work.
    #[command(subcommand)]
    Bench(bench::Bench),
    /// The demonstration's source systems.
    #[command(subcommand, hide = true)]
    Sample(sample::Sample),
}

/// Which node a command is for.
#[derive(Args)]
pub(crate) struct OfNode {
    /// The node's configuration.
    #[arg(long, short, env = "KINFOLD_CONFIG", default_value = "kinfold.toml")]
    pub(crate) config: PathBuf,
}

impl OfNode {
    pub(crate) fn read(&self) -> anyhow::Result<Config> {
        Config::read(&self.config)
    }
}

/// Runs a command to its end.
pub(crate) fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Init(init) => init.run(),
        Command::Serve(serve) => serve.run(),
        Command::Demo(demo) => demo.run(),
        Command::Source(source) => source.run(),
        Command::Employee(employee) => employee.run(),
        Command::Token(token) => token.run(),
        Command::Key(key) => key.run(),
        Command::Store(store) => store.run(),
        Command::Agreement(agreement) => agreement.run(),
        Command::Ledger(ledger) => ledger.run(),
        Command::Register(register) => register.run(),
        Command::Bench(bench) => bench.run(),
        Command::Sample(sample) => sample.run(),
    }
}

/// Runs something asynchronous on a small runtime.
fn block_on<T>(future: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(future)
}
