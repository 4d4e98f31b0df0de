//! A VPN's concentrator at a real node.

use std::{fs, process::Command, thread::sleep, time::Duration};

use crate::{
    browser::{Browser, code, pin},
    stage::{Stage, skip},
};

const SECRET: &str = "a-secret-for-tests-alone";
const NURSE: &str = "nina.nurse";

/// The trust's node answers RADIUS on this machine.
fn answers_a_vpn(stage: &Stage) {
    let settings = format!(
        "[radius]\nlisten = \"127.0.0.1:{}\"\n\n[[radius.client]]\nname = \"vpn-1\"\naddresses = [\"127.0.0.1\"]\n\
         secret_file = \"vpn.secret\"\n\n[sealed_desk]",
        stage.free_port()
    );
    stage.configure("trust", "[sealed_desk]", &settings);
}

fn secret(stage: &Stage, text: &str) {
    fs::write(stage.root().join("trust/vpn.secret"), text).expect("a secret");
}

/// What the client of `FreeRADIUS` is told; `None` where it is not installed.
fn radtest(stage: &Stage, typed: &str) -> Option<String> {
    let server = format!("127.0.0.1:{}", stage.free_port());
    let output = Command::new("radtest").args([NURSE, typed, &server, "0", SECRET]).output();
    Some(String::from_utf8_lossy(&output.ok()?.stdout).into_owned())
}

#[test]
fn a_code_opens_the_vpn_or_the_page_once_over_a_restart_too() {
    let mut stage = Stage::set("radius");
    answers_a_vpn(&stage);
    secret(&stage, "too-short\n");
    let refused = stage.run(&["serve", "--config", "trust/kinfold.toml"]);
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && told.contains("fewer than 16 characters"), "{told}");

    secret(&stage, SECRET);
    stage.serve("trust");
    let shown = code(&stage, NURSE, 0);
    let typed = format!("{}{shown}", pin(NURSE));
    let Some(accepted) = radtest(&stage, &typed) else { return skip("radtest is not installed") };
    assert!(accepted.contains("Received Access-Accept"), "{accepted}");
    let mut browser = Browser::at(&stage, "trust");
    browser.sign_in(NURSE, pin(NURSE), &shown).must(401, "the code was already used");

    stage.kill("trust");
    stage.serve("trust");
    let again = radtest(&stage, &typed).expect("it is installed");
    assert!(again.contains("Received Access-Reject"), "{again}");

    sleep(Duration::from_secs(8));
    let shown = code(&stage, NURSE, 0);
    assert_eq!(browser.sign_in(NURSE, pin(NURSE), &shown).status, 303);
    let used = radtest(&stage, &format!("{}{shown}", pin(NURSE))).expect("it is installed");
    assert!(used.contains("Received Access-Reject"), "{used}");
    for hidden in [pin(NURSE), typed.as_str(), SECRET, NURSE] {
        assert!(!stage.log("trust").contains(hidden), "it stands in the log");
    }
}
