//! The two commands of the README, and what they are made of: `cargo xtask setup | demo | test | lint | fuzz | bench`.
//!
//! Standard library only, so that it compiles in a second on a machine that has nothing yet.
//! Architecture invariant: it starts programs and reads their output; it knows nothing of Kinfold's code.
#![allow(clippy::print_stdout, reason = "a command-line tool speaks on standard output")]

mod checks;
mod fuzz;
mod peers;
mod report;
mod shell;
mod tools;
mod vendor;
mod walls;

use std::process::ExitCode;

use report::Report;
use shell::{Outcome, cargo};
use tools::Purpose;

const USAGE: &str = "\
cargo xtask setup              fetch what the build needs
cargo xtask demo [ARGS…]       run the demonstration: two agencies on this machine
cargo xtask test               run every check and every test, as CI does
cargo xtask lint               only the checks that need no test run
cargo xtask fuzz [--seconds N] [TARGET]
cargo xtask bench NAME [ARGS…] measure one thing, as docs/benchmarks.md does";

fn main() -> ExitCode {
    if let Some(compiled) = fuzz::compile() {
        return compiled;
    }
    let mut words = std::env::args().skip(1);
    let command = words.next().unwrap_or_default();
    let rest: Vec<String> = words.collect();

    let outcome = match command.as_str() {
        "setup" => tools::ensure(Purpose::Build).and_then(|()| vendor::fetch()),
        "demo" => run_program("demo", &rest),
        "bench" if rest.first().is_some_and(|name| name == "token") => peers::token(&rest[1..]),
        "bench" => run_program("bench", &rest),
        "fuzz" => fuzz::run(&rest),
        "lint" => return finish(checks::lint),
        "test" => return finish(test),
        _ => Err(USAGE.to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

/// Runs `kinfold COMMAND ARGS…` as an optimised build, in this process's place, so that Ctrl-C goes to it alone.
fn run_program(command: &str, args: &[String]) -> Outcome {
    tools::ensure(Purpose::Build)?;
    vendor::fetch()?;
    println!("Building Kinfold. The first time takes some minutes.");
    let mut cargo = cargo(["run", "--quiet", "--release", "--package", "kinfold", "--", command]);
    cargo.args(args);
    shell::become_program(cargo)
}

/// Everything that CI runs, in the order in which a failure is cheapest to learn.
fn test(report: &mut Report) {
    report.step("tools", || tools::ensure(Purpose::Test));
    report.step("design system", vendor::fetch);
    report.step("source systems and clients to test with", vendor::fetch_sources);
    checks::lint(report);
    checks::tests(report);
    fuzz::short_runs(report);
}

fn finish(steps: impl FnOnce(&mut Report)) -> ExitCode {
    let mut report = Report::default();
    steps(&mut report);
    report.close()
}
