//! The key of accounts and tokens is replaced on a node that serves, and one that is killed in the middle.

use std::{fs, process::Stdio};

use crate::{
    browser::Browser,
    stage::{Stage, wait_for},
};

const ROTATE: [&str; 5] = ["key", "rotate", "seeds", "--config", "trust/kinfold.toml"];

#[test]
fn people_sign_in_while_the_key_of_their_tokens_is_replaced_and_after_the_node_was_killed_in_it() {
    let mut stage = Stage::running("keys");
    let (key, old) = (
        stage.root().join("trust/data/keys/seeds.key"),
        stage.root().join("trust/data/keys/seeds.key.old"),
    );
    let first = fs::read(&key).unwrap();
    let told = stage.must(&ROTATE);
    assert!(told.contains("is destroyed"), "{told}");
    let second = fs::read(&key).unwrap();
    assert!(second != first && !old.exists());
    Browser::signed_in(&stage, "trust", "nina.nurse", 0);

    // What a node leaves behind that was killed once the new key was in its file.
    let mut rotating =
        stage.kinfold(&ROTATE).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    wait_for("another key", || fs::read(&key).unwrap() != second);
    stage.kill("trust");
    let _ = rotating.wait();
    stage.serve("trust");
    wait_for("the old key's end", || !old.exists());
    Browser::signed_in(&stage, "trust", "greta.infogov", 0);
    stage.kill("trust");
    stage.serve("trust");
    Browser::signed_in_again(&stage, "trust", "nina.nurse");
    let told = stage.must(&["ledger", "verify", "--config", "trust/kinfold.toml"]);
    assert!(told.contains("Sound"), "{told}");
}
