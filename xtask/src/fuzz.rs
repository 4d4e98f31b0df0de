//! Fuzzing with libFuzzer and the address sanitizer on the stable compiler, without cargo-fuzz.
//!
//! Every file `fuzz/src/bin/NAME.rs` is a target; its seeds, when it has any, lie in `fuzz/seeds/NAME/`.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Command;

use crate::report::Report;
use crate::shell::{Outcome, cargo, command, on_path, output, root};

/// How long each target runs among the tests, in seconds.
const SHORT: &str = "10";
/// How long each runs when nothing else is said, in seconds.
const USUAL: &str = "60";

/// The instrumentation that libFuzzer needs, much as cargo-fuzz sets it.
const FLAGS: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Zsanitizer=address";

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
    let built =
        host().and_then(|host| crate::shell::run(instrumented("build", &host, &["--bins"])));
    match built.and_then(|()| targets()) {
        Err(message) => report.step("fuzzing", || Err(message)),
        Ok(targets) => {
            for target in targets {
                report.step(&format!("fuzzing {target}"), || fuzz(&target, SHORT));
            }
        }
    }
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

    let mut fuzzer = instrumented("run", &host()?, &["--bin", target, "--"]);
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
        (Ok(()), Some(runs)) => println!("{target}: {} inputs, no fault", runs.trim()),
        _ => eprintln!("{}\nThe whole of it: {}", tail(&said), log.display()),
    }
    outcome
}

/// The last lines, where the fuzzer says what it found.
fn tail(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(40)..].join("\n")
}

/// A cargo command whose code is instrumented. `-Z` flags need the compiler's leave, which nightly has by itself.
fn instrumented(subcommand: &str, host: &str, args: &[&str]) -> Command {
    let mut cargo = cargo([subcommand, "--quiet", "--release", "--target", host]);
    cargo
        .args(["--manifest-path", "fuzz/Cargo.toml"])
        .args(args)
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", FLAGS);
    cargo
}

fn made(folder: &str) -> Result<PathBuf, String> {
    let path = root().join(folder);
    fs::create_dir_all(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(path)
}

/// The compiler's own platform: naming it keeps the instrumentation out of build scripts.
fn host() -> Result<String, String> {
    let version = output(command("rustc", ["--version", "--verbose"]))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| "rustc does not name its host".to_owned())
}
