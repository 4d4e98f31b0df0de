//! An agreement that ends, and files that are none.

use std::fs;

use kinfold_note::SigningKey;
use kinfold_sample::StoryKey;

use crate::{
    browser::Browser,
    stage::{Stage, wait_for},
};

#[test]
fn nothing_flows_at_either_end_after_one_approver_revoked_the_agreement() {
    let stage = Stage::running("revoked");
    let child = stage.child(StoryKey::OnPlan);
    let nurse = Browser::signed_in(&stage, "trust", "nina.nurse", 0);
    let worker = Browser::signed_in(&stage, "council", "wendy.worker", 0);
    nurse.check(&child).must(200, "On a child protection plan");
    worker.view(&child).must(200, "NHS Trust (synthetic), system “");

    let trust = ["--config", "trust/kinfold.toml"];
    let reason = "the sample trust wishes to start over";
    let mut revoke = vec!["agreement", "revoke", "agreement.kinfold", "--reason", reason];
    revoke.extend(["--key", "approvers/trust.key", "--out", "revocation.kinfold"]);
    revoke.extend(trust);
    stage.must(&revoke);
    let told = stage.must(&["agreement", "revoke", "revocation.kinfold", trust[0], trust[1]]);
    assert!(told.contains("nothing flows"), "{told}");

    wait_for("the trust's node to start anew", || {
        stage.status("trust").is_some_and(|status| status["register"] == 0)
    });
    for path in ["/check", "/view"] {
        let fields = crate::browser::about(&child, "direct-care-unscheduled");
        let fields: Vec<_> = fields.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let page = nurse.post(path, &fields);
        page.must(503, "Nothing can be shared now");
        page.must(503, "The agreement was revoked on ");
        assert!(!page.says("child protection plan"));
    }
    nurse.get("/agreement").must(200, "The agreement was revoked on ");

    // The council's node was not told: it asks, is refused, and says why.
    let page = worker.view(&child);
    page.must(200, "(synthetic): Refused The agreement was revoked on ");
    assert!(!page.says("NHS Trust (synthetic), system “"), "{}", page.text());
}

#[test]
fn a_file_that_is_no_agreement_of_both_is_refused_in_a_sentence() {
    let stage = Stage::set("no-agreement");
    let good = fs::read_to_string(stage.root().join("agreement.kinfold")).expect("an agreement");
    let (terms, signatures) = good.rsplit_once("\n\n").expect("signatures");
    let one = signatures.lines().next().expect("one signature");
    refused(&stage, &format!("{terms}\n\n{one}\n"), "still lacks the signature of an approver of");
    refused(&stage, &good.replacen("version = 1", "version = 2", 1), "was altered after");
    refused(&stage, "kinfold\n", "begins with the line kinfold/agreement/v1");

    let from = dated(terms, "valid_from");
    let until = dated(terms, "valid_until");
    let past = terms.replace(&from, "valid_from = \"2020-01-01\"");
    let past = past.replace(&until, "valid_until = \"2021-01-01\"");
    refused(&stage, &signed(&stage, &past), "nothing flows until a new one is signed");

    let key = dated(terms, "node_key = \"node.ashmoor-trust");
    let other = SigningKey::from_seed("node.ashmoor-trust".parse().expect("a name"), &[7; 32]);
    let other = format!("node_key = \"{}\"", other.expect("a key").verifier());
    refused(&stage, &signed(&stage, &terms.replace(&key, &other)), "key");
}

/// The line that begins so.
fn dated(terms: &str, begins: &str) -> String {
    terms.lines().find(|line| line.starts_with(begins)).expect("such a line").to_owned()
}

/// Signs terms for both agencies.
fn signed(stage: &Stage, terms: &str) -> String {
    let mut text = format!("{terms}\n");
    for name in ["council", "trust"] {
        let key = fs::read_to_string(stage.root().join(format!("approvers/{name}.key")));
        let key: SigningKey = key.expect("a key").trim().parse().expect("a key");
        text = kinfold_agreement::sign(text.as_bytes(), &key).expect("signed terms");
    }
    text
}

#[track_caller]
fn refused(stage: &Stage, file: &str, why: &str) {
    fs::write(stage.root().join("other.kinfold"), file).expect("a written file");
    let output =
        stage.run(&["agreement", "activate", "other.kinfold", "--config", "trust/kinfold.toml"]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "it was activated");
    assert!(told.contains(why), "expected {why:?}, got: {told}");
    assert_eq!(told.trim().lines().count(), 1, "{told}");
}
