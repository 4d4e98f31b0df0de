//! What comes through package managers of its own into ignored folders: the design system, which the program embeds, and what others
//! wrote that the tests use: two source systems, an identity provider, clients of the FHIR surface, hospitals' clients, and a personnel
//! system.

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
    npm_install(&npm)?;
    pip_install(&crate_folder.join("requirements.txt"), &vendor.join("python"))?;
    fs::write(&stamp, locks).map_err(|error| failed("write", &stamp, &error))
}

/// Fetches the FHIR server, the health record system and the identity provider that the connectors' tests start, the clients that ask over
/// FHIR and send messages over MLLP, what takes notifications, and a personnel system's side of SCIM, unless they are there.
pub(crate) fn fetch_sources() -> Outcome {
    let tests = root().join("crates/connect/tests");
    let (fhir, hospitals) = (tests.join("fhir_server"), tests.join("hl7_clients"));
    let clients = root().join("crates/http/tests/clients");
    let personnel = root().join("crates/http/tests/scim_client");
    let provider = tests.join("identity_provider");
    for folder in [&fhir, &hospitals, &clients, &provider] {
        once(folder, "package-lock.json", "node_modules", || npm_install(folder))?;
    }
    for folder in
        [tests.join("gnuhealth"), tests.join("notify_clients"), hospitals, clients, personnel]
    {
        once(&folder, "requirements.txt", "site", || {
            pip_install(&folder.join("requirements.txt"), &folder.join("site"))
        })?;
    }
    Ok(())
}

/// Fetches into a folder unless what it was fetched from is unchanged: a copy of the lock file lies beside the packages.
fn once(folder: &Path, lock: &str, into: &str, fetch: impl Fn() -> Outcome) -> Outcome {
    let lock = folder.join(lock);
    let wanted = fs::read_to_string(&lock).map_err(|error| failed("read", &lock, &error))?;
    let target = folder.join(into);
    let stamp = target.join(".fetched-from");
    if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    println!("Fetching what the tests use into {}", target.display());
    if target.exists() {
        fs::remove_dir_all(&target).map_err(|error| failed("empty", &target, &error))?;
    }
    fetch()?;
    fs::write(&stamp, wanted).map_err(|error| failed("write", &stamp, &error))
}

fn npm_install(folder: &Path) -> Outcome {
    let mut install = command("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
    install.args(["--loglevel", "error"]).current_dir(folder);
    run(install)
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
