//! The design system, fetched through its own package managers into an ignored folder (`crates/http/vendor`).

use std::fs;
use std::path::Path;

use crate::shell::{Outcome, command, root, run};
use crate::tools::pip_install;

/// What decides the folder's content; a copy of it lies in the folder as a stamp.
const LOCKS: [&str; 2] = ["package-lock.json", "requirements.txt"];

/// Fetches the packages that the lock files name, unless they are there.
pub(crate) fn fetch() -> Outcome {
    let crate_folder = root().join("crates/http");
    let vendor = crate_folder.join("vendor");
    let locks = read_locks(&crate_folder)?;
    let stamp = vendor.join("locks");
    if fs::read_to_string(&stamp).is_ok_and(|found| found == locks) {
        return Ok(());
    }

    println!("Fetching the NHS design system (MIT) into crates/http/vendor");
    if vendor.exists() {
        fs::remove_dir_all(&vendor).map_err(|error| failed("empty", &vendor, &error))?;
    }
    let npm = vendor.join("npm");
    fs::create_dir_all(&npm).map_err(|error| failed("create", &npm, &error))?;
    for name in ["package.json", "package-lock.json"] {
        fs::copy(crate_folder.join(name), npm.join(name))
            .map_err(|error| failed("write", &npm, &error))?;
    }
    let mut install = command("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
    run({
        install.args(["--loglevel", "error"]).current_dir(&npm);
        install
    })?;
    pip_install(&crate_folder.join("requirements.txt"), &vendor.join("python"))?;
    fs::write(&stamp, locks).map_err(|error| failed("write", &stamp, &error))
}

fn read_locks(folder: &Path) -> Result<String, String> {
    LOCKS
        .iter()
        .map(|name| {
            let path = folder.join(name);
            fs::read_to_string(&path).map_err(|error| failed("read", &path, &error))
        })
        .collect()
}

fn failed(verb: &str, path: &Path, error: &std::io::Error) -> String {
    format!("cannot {verb} {}: {error}", path.display())
}
