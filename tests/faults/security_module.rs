//! The key of accounts and tokens lies in a security module: `SoftHSM2`, which is away at times.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    browser::Browser,
    stage::{Stage, skip, wait_for},
};

const CONFIG: [&str; 2] = ["--config", "trust/kinfold.toml"];

/// The module, where it is installed.
fn softhsm() -> Option<PathBuf> {
    let folders = ["/usr/lib/softhsm", "/usr/lib/x86_64-linux-gnu/softhsm", "/usr/lib64/pkcs11"];
    folders
        .iter()
        .map(|folder| Path::new(folder).join("libsofthsm2.so"))
        .find(|file| file.is_file())
}

/// A token in a folder of its own, named in the trust's configuration.
fn with_token(stage: &mut Stage, module: &Path) -> PathBuf {
    let tokens = stage.root().join("module-tokens");
    fs::create_dir(&tokens).unwrap();
    let conf = stage.root().join("softhsm2.conf");
    fs::write(&conf, format!("directories.tokendir = {}\nlog.level = ERROR\n", tokens.display()))
        .unwrap();
    stage.surround("SOFTHSM2_CONF", conf.clone());
    let made = Command::new("softhsm2-util")
        .args([
            "--init-token",
            "--free",
            "--label",
            "kinfold",
            "--pin",
            "7391",
            "--so-pin",
            "82640",
        ])
        .env("SOFTHSM2_CONF", conf)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let pin = stage.root().join("trust/module.pin");
    fs::write(&pin, "7391\n").unwrap();
    fs::set_permissions(&pin, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let terms = format!(
        "[keys]\npkcs11 = {{ module = \"{}\", token = \"kinfold\", label = \"seeds of the trust\", pin_file = \"module.pin\" }}\n\n[web]",
        module.display()
    );
    stage.configure("trust", "[web]", &terms);
    tokens
}

fn must(stage: &Stage, command: &[&str]) -> String {
    stage.must(&[command, &CONFIG].concat())
}

#[test]
fn a_key_in_a_security_module_opens_nothing_without_it_and_people_sign_in_while_it_is_away() {
    let Some(module) = softhsm() else { return skip("softhsm2 is not installed") };
    let mut stage = Stage::set("security-module");
    let tokens = with_token(&mut stage, &module);
    stage.start_all();
    let key = stage.root().join("trust/data/keys/seeds.key");
    let plain = fs::read_to_string(&key).unwrap();

    let told = must(&stage, &["key", "move", "seeds", "--to", "pkcs11"]);
    assert!(told.contains("is destroyed"), "{told}");
    let moved = fs::read_to_string(&key).unwrap();
    assert!(moved.starts_with("pkcs11:1:") && !moved.contains(plain.trim()));
    Browser::signed_in(&stage, "trust", "nina.nurse", 0);
    stage.kill("trust");
    stage.serve("trust");
    must(&stage, &["key", "rotate", "seeds"]);
    let rotated = fs::read_to_string(&key).unwrap();
    assert!(rotated.starts_with("pkcs11:1:") && rotated != moved);
    Browser::signed_in(&stage, "trust", "greta.infogov", 0);

    // Away: what runs goes on, what starts says what it lacks.
    let away = stage.root().join("away");
    fs::rename(&tokens, &away).unwrap();
    Browser::signed_in_again(&stage, "trust", "nina.nurse");
    stage.kill("trust");
    let refused = stage.run(&[&["serve"][..], &CONFIG].concat());
    let why = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && why.contains("see that the module answers"), "{why}");
    assert!(!why.contains("7391"));
    fs::rename(&away, &tokens).unwrap();
    stage.serve("trust");
    wait_for("the module", || !stage.log("trust").contains("panicked"));
    Browser::signed_in_again(&stage, "trust", "greta.infogov");

    let told = must(&stage, &["key", "move", "seeds", "--to", "file"]);
    assert!(told.contains("is destroyed"), "{told}");
    assert_eq!(fs::read_to_string(&key).unwrap().trim().len(), 64);
    Browser::signed_in_again(&stage, "trust", "nina.nurse");
}
