//! Benchmarks beside other programs. Those are fetched into `target/peers`, for the measurement alone.

use crate::{
    shell::{Outcome, cargo, command, output, root, run},
    tools::{self, Purpose},
    vendor,
};

/// `kinfold bench token`, beside pyotp and privacyIDEA on the same machine, one after the other.
pub(crate) fn token(args: &[String]) -> Outcome {
    tools::ensure(Purpose::Build)?;
    vendor::fetch()?;
    let folder = root().join("xtask/peers");
    let packages = root().join("target/peers/tokens");
    let words = tools::pip().ok_or("pip is missing")?;
    let mut pip = command(words[0], &words[1..]);
    pip.args(["install", "--quiet", "--disable-pip-version-check", "--root-user-action", "ignore"])
        .args(["--only-binary=:all:", "--upgrade", "--target"])
        .arg(&packages)
        .arg("--requirement")
        .arg(folder.join("tokens.txt"));
    run(pip)?;
    println!("Building Kinfold. The first time takes some minutes.");
    let mut ours = cargo(["run", "--quiet", "--release", "--package", "kinfold", "--"]);
    ours.args(["bench", "token", "--json"]).args(args);
    let ours = output(ours)?;
    let mut theirs = command("python3", [folder.join("tokens.py")]);
    theirs.arg(ours.trim()).env("PYTHONPATH", packages);
    run(theirs)
}
