//! `kinfold bench …`: will this machine do? Real processes, real HTTP, the durable ledger on.

mod arrival;
mod browser;
mod check;
mod cores;
mod disk;
mod node;
mod paced;
mod pooled_view;
mod register;
mod stage;
mod token;
mod typist;

use clap::{Args, Subcommand};

use super::block_on;
use crate::telemetry::say;

/// Runs something asynchronous on as many threads as there are cores: the load must not wait for itself.
fn block_on_threads<T>(future: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(future)
}

/// Measures one thing.
#[derive(Subcommand)]
pub(crate) enum Bench {
    /// Checks of the register per second, at 1, 16 and 256 sessions.
    Check(Terms),
    /// What the pooled view adds to its slowest source.
    PooledView(Terms),
    /// From a hospital's arrival to the answer on a nurse's open board, at 50 arrivals among 500 messages a second.
    Arrival(ArrivalTerms),
    /// A large register: replicated from nothing, its changes visible at the partner, and a check's time meanwhile.
    Register(RegisterTerms),
    /// How fast a node starts, and what it takes up when idle.
    Node(Terms),
    /// Codes verified, people signed in, and two hundred thousand fobs imported.
    Token(Terms),
    /// Typists who begin at any moment of a code's eight seconds: how many are in at the first try. Needs no node.
    Typist(typist::TypistTerms),
}

/// How to measure.
#[derive(Args)]
pub(crate) struct Terms {
    /// Prints one JSON object.
    #[arg(long)]
    json: bool,
    /// How long each measurement lasts.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// People per agency.
    #[arg(long, default_value_t = 20_000)]
    people: usize,
    /// The first of eight ports.
    #[arg(long, default_value_t = 7500)]
    port: u16,
}

/// How to measure arrivals.
#[derive(Args)]
pub(crate) struct ArrivalTerms {
    #[command(flatten)]
    terms: Terms,
    /// Messages a second, those of the 50 arrivals and departures among them.
    #[arg(long, default_value_t = 500)]
    messages: u32,
}

/// How to measure a register.
#[derive(Args)]
pub(crate) struct RegisterTerms {
    #[command(flatten)]
    terms: Terms,
    /// Children with a plan in force, beside those of the district.
    #[arg(long, default_value_t = 100_000)]
    entries: usize,
}

impl Bench {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let (terms, measured) = match self {
            Self::Check(terms) => (terms.json, check::measure(&terms)),
            Self::PooledView(terms) => (terms.json, pooled_view::measure(&terms)),
            Self::Arrival(terms) => (terms.terms.json, arrival::measure(&terms)),
            Self::Register(terms) => (terms.terms.json, register::measure(&terms)),
            Self::Node(terms) => (terms.json, node::measure(&terms)),
            Self::Token(terms) => (terms.json, token::measure(&terms)),
            Self::Typist(terms) => (terms.json, typist::measure(&terms)),
        };
        let measured = measured?;
        say(&if terms { measured.to_string() } else { table(&measured) });
        Ok(())
    }
}

/// A line a figure; a list becomes a line an item.
fn table(measured: &serde_json::Value) -> String {
    let empty = serde_json::Map::new();
    let mut lines = Vec::new();
    for (name, value) in measured.as_object().unwrap_or(&empty) {
        match value.as_array() {
            Some(items) => lines.extend(items.iter().map(|item| format!("{name:28} {item}"))),
            None => lines.push(format!("{name:28} {value}")),
        }
    }
    lines.join("\n")
}

/// Milliseconds to three places.
fn ms(seconds: f64) -> f64 {
    (seconds * 1e6).round() / 1e3
}

/// The value below which this share of the sorted samples lies.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index within a vector"
    )]
    let at = ((sorted.len() as f64 - 1.0) * share).round() as usize;
    sorted.get(at).copied().unwrap_or(f64::NAN)
}

fn sorted(mut samples: Vec<f64>) -> Vec<f64> {
    samples.sort_by(f64::total_cmp);
    samples
}
