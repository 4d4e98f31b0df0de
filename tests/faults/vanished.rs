//! A case system that suddenly lacks a good part of its register.

use std::{fs, io::Write, process::Stdio};

use kinfold_sample::StoryKey;

use crate::{
    browser::{Browser, code, pin},
    stage::{Stage, wait_for},
};

const NODE: [&str; 2] = ["--config", "council/kinfold.toml"];

#[test]
fn what_vanished_from_the_case_system_is_kept_until_a_named_employee_confirms_its_end() {
    let mut stage = Stage::running("vanished");
    let child = stage.child(StoryKey::OnPlan);
    stage.kill("council");
    let mapping = stage.root().join("council/case-system-mapping.toml");
    let text = fs::read_to_string(&mapping).expect("a mapping");
    let without = text.replace("CP_PLAN WHERE STATUS <> 'X'", "CP_PLAN WHERE STATUS = '-'");
    assert_ne!(text, without, "the mapping reads its plans otherwise");
    fs::write(&mapping, without).expect("a written mapping");
    stage.serve("council");

    let told = stage.must(&[&["register", "vanished"], &NODE[..]].concat());
    assert!(told.contains("entries in force are missing from the case system"), "{told}");
    let (_, rest) = told.split_once("register confirm ").expect("what to do");
    let reading = rest.split(' ').next().expect("a reading").to_owned();
    let nurse = Browser::signed_in(&stage, "trust", "nina.nurse", 0);
    nurse.check(&child).must(200, "On a child protection plan");

    let refused = confirm(&stage, "wendy.worker", &reading).expect_err("another role");
    assert!(refused.contains("only a register custodian or an operator"), "{refused}");
    let refused = confirm(&stage, "otto.operator", "0123456789ab").expect_err("another reading");
    assert!(refused.contains("the case system has changed since"), "{refused}");
    nurse.check(&child).must(200, "On a child protection plan");

    let told = confirm(&stage, "cora.custodian", &reading).expect("a confirmation");
    assert!(told.contains("Done"), "{told}");
    wait_for("the partner to learn of it", || nurse.check(&child).says("Recently ended"));
    let told = stage.must(&[&["register", "vanished"], &NODE[..]].concat());
    assert!(told.contains("Nothing waits to be confirmed."), "{told}");
}

/// What the program says to a confirmation; its error if it fails.
fn confirm(stage: &Stage, user: &str, reading: &str) -> Result<String, String> {
    let arguments =
        ["register", "confirm", reading, "--as", user, "--reason", "A review closed them."];
    let mut command = stage.kinfold(&[&arguments[..], &NODE[..]].concat());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program runs");
    let typed = format!("{}\n{}\n", pin(user), code(stage, user, 0));
    let mut stdin = child.stdin.take().expect("its input");
    stdin.write_all(typed.as_bytes()).expect("it reads");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
}
