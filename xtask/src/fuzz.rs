//! Fuzzing with libFuzzer and the address sanitizer on the stable compiler, without cargo-fuzz.
//!
//! Every file `fuzz/src/bin/NAME.rs` is a target; its seeds, when it has any, lie in `fuzz/seeds/NAME/`. Only Kinfold's own crates are
//! instrumented: other people's code is compiled as ever, which takes a third of the time.

use std::env;
use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::thread;

use crate::report::Report;
use crate::shell::{Outcome, cargo, on_path, root};

/// How long each target runs among the tests, in seconds.
const SHORT: &str = "5";
/// How long each runs when nothing else is said, in seconds.
const USUAL: &str = "60";

/// The instrumentation that libFuzzer needs, much as cargo-fuzz sets it.
const FLAGS: [&str; 6] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Zsanitizer=address",
];
/// Tells this program that cargo has started it in the compiler's place.
const COMPILING: &str = "KINFOLD_FUZZ_COMPILES";

/// `cargo xtask fuzz [--seconds N] [TARGET]`.
pub(crate) fn run(args: &[String]) -> Outcome {
    let (seconds, named) = match args {
        [flag, seconds, rest @ ..] if flag == "--seconds" => (seconds.as_str(), rest),
        rest => (USUAL, rest),
    };
    if seconds.parse::<u32>().is_err() {
        return Err(format!("--seconds takes a number, not {seconds}"));
    }
    let known = targets()?;
    let chosen = match named {
        [] => known,
        [name] if known.contains(name) => vec![name.clone()],
        _ => return Err(format!("targets: {}", known.join(", "))),
    };
    chosen.iter().try_for_each(|target| fuzz(target, seconds))
}

/// A short run of every target, as one check each.
pub(crate) fn short_runs(report: &mut Report) {
    if !on_path("c++") {
        return report.skip("fuzzing", "no C++ compiler for the fuzzer");
    }
    let built = instrumented("build", &["--bins"]).and_then(crate::shell::run);
    match built.and_then(|()| targets()) {
        Err(message) => report.step("fuzzing", || Err(message)),
        Ok(targets) => {
            let at_once = thread::available_parallelism().map_or(1, usize::from);
            for some in targets.chunks(at_once) {
                for (target, outcome) in some.iter().zip(side_by_side(some)) {
                    report.step(&format!("fuzzing {target}"), || outcome);
                }
            }
        }
    }
}

fn side_by_side(targets: &[String]) -> Vec<Outcome> {
    thread::scope(|scope| {
        let running: Vec<_> =
            targets.iter().map(|target| scope.spawn(move || fuzz(target, SHORT))).collect();
        let failed = |_| Err("the fuzzer could not be watched".to_owned());
        running.into_iter().map(|run| run.join().unwrap_or_else(failed)).collect()
    })
}

/// Compiles, where cargo has started this program to do that: Kinfold's crates with the instrumentation.
pub(crate) fn compile() -> Option<ExitCode> {
    env::var_os(COMPILING)?;
    let mut args = env::args_os().skip(1);
    let mut rustc = Command::new(args.next()?);
    rustc.args(args);
    if env::var("CARGO_PKG_NAME").is_ok_and(|name| name.starts_with("kinfold")) {
        // The sanitizer's flag needs the compiler's leave, which nightly has by itself.
        rustc.args(FLAGS).env("RUSTC_BOOTSTRAP", "1");
    }
    let succeeded = rustc.status().is_ok_and(|status| status.success());
    Some(if succeeded { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn targets() -> Result<Vec<String>, String> {
    let folder = root().join("fuzz/src/bin");
    let files = fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut names: Vec<String> = files
        .flatten()
        .map(|file| file.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    Ok(names)
}

fn fuzz(target: &str, seconds: &str) -> Outcome {
    let found = made(&format!("fuzz/corpus/{target}"))?;
    let crashes = made(&format!("fuzz/artifacts/{target}"))?;
    let seeds = root().join("fuzz/seeds").join(target);

    let mut fuzzer = instrumented("run", &["--bin", target, "--"])?;
    fuzzer
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-artifact_prefix={}/", crashes.display()))
        .args(["-timeout=10", "-rss_limit_mb=2048", "-verbosity=0", "-print_final_stats=1"])
        .arg(found)
        .args(seeds.is_dir().then_some(seeds));
    let log = made("artefacts")?.join(format!("fuzz-{target}.log"));
    let written = File::create(&log).map_err(|error| format!("{}: {error}", log.display()))?;
    let outcome = crate::shell::run({
        fuzzer.stderr(written);
        fuzzer
    });
    let said = fs::read_to_string(&log).unwrap_or_default();
    let runs = said.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units:"));
    match (&outcome, runs) {
        (Ok(()), Some(runs)) => {
            println!("{target}: {} inputs in {seconds} s, no fault", runs.trim());
        }
        _ => eprintln!("{}\nThe whole of it: {}", tail(&said), log.display()),
    }
    outcome
}

/// The last lines, where the fuzzer says what it found.
fn tail(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(40)..].join("\n")
}

/// A cargo command whose code is instrumented: cargo starts this program in the compiler's place. After a change of [`FLAGS`] clear its
/// `target` folder: cargo does not know of them.
fn instrumented(subcommand: &str, args: &[&str]) -> Result<Command, String> {
    let this = env::current_exe().map_err(|error| format!("this program: {error}"))?;
    let mut cargo = cargo([subcommand, "--quiet", "--release"]);
    cargo
        .args(["--manifest-path", "fuzz/Cargo.toml"])
        .args(args)
        .env("RUSTC_WRAPPER", this)
        .env(COMPILING, "1");
    Ok(cargo)
}

fn made(folder: &str) -> Result<PathBuf, String> {
    let path = root().join(folder);
    fs::create_dir_all(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(path)
}
