//! Sources that are checked before a node relies on them.

use std::{
    fs,
    net::TcpListener,
    time::{Duration, Instant},
};

use crate::stage::Stage;

/// Breaks one column of the council's mapping.
fn break_mapping(stage: &Stage) {
    let file = stage.root().join("council/case-system-mapping.toml");
    let text = fs::read_to_string(&file).expect("a mapping");
    let broken = text.replacen("nhs_number = \"NHS_NO\"", "nhs_number = \"NO_SUCH_COLUMN\"", 1);
    assert_ne!(broken, text, "the mapping has changed");
    fs::write(&file, broken).expect("a written mapping");
}

#[test]
fn a_wrongly_configured_source_refuses_the_start_and_says_what_to_do() {
    let stage = Stage::set("misconfigured");
    break_mapping(&stage);
    let output = stage.run(&["serve", "--config", "council/kinfold.toml"]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{told}");
    for words in ["does not start", "case-system", "NO_SUCH_COLUMN", "kinfold source check"] {
        assert!(told.contains(words), "{words} in {told}");
    }
}

#[test]
fn refused_credentials_refuse_the_start_and_an_unreachable_source_does_not() {
    let mut stage = Stage::set("credentials");
    stage.serve("trust");
    assert!(stage.log("trust").contains("does not answer yet"), "{}", stage.log("trust"));
    stage.kill("trust");

    stage.hospital();
    fs::write(stage.root().join("trust/other.token"), "another").expect("a token");
    stage.configure("trust", "hospital.token", "other.token");
    let output = stage.run(&["serve", "--config", "trust/kinfold.toml"]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success());
    assert!(told.contains("refused this node's credentials"), "{told}");
}

#[test]
fn a_source_that_hangs_holds_a_start_no_longer_than_its_limit() {
    let mut stage = Stage::set("hanging");
    let _hanging = TcpListener::bind(("127.0.0.1", stage.hospital_port())).expect("its port");
    let begun = Instant::now();
    stage.serve("trust");
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    assert!(stage.log("trust").contains("did not answer in time"), "{}", stage.log("trust"));
}

#[test]
fn the_command_says_how_each_source_stands_and_fails_where_one_can_not_be_used() {
    let mut stage = Stage::set("command");
    let told = stage.must(&["source", "check", "--config", "council/kinfold.toml"]);
    assert!(told.contains("case-system: usable") && told.contains("keeps a register"), "{told}");

    let output = stage.run(&["source", "check", "--config", "trust/kinfold.toml"]);
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(told.contains("hospital: does not answer"), "{told}");
    stage.hospital();
    crate::stage::wait_for("the hospital's server", || {
        stage.run(&["source", "check", "--config", "trust/kinfold.toml"]).status.success()
    });

    break_mapping(&stage);
    let output = stage.run(&["source", "check", "--config", "council/kinfold.toml"]);
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(told.contains("case-system: can't be used"), "{told}");
    assert!(told.contains("NO_SUCH_COLUMN"), "{told}");
}
