//! Certificates whose time is over.

use std::fs;

use kinfold_note::SigningKey;
use kinfold_sample::StoryKey;
use kinfold_tls::{NodeCertificate, Validity};

use crate::{
    browser::Browser,
    clocks::faketime,
    stage::{Stage, now, skip, wait_for},
};

#[test]
fn an_expired_certificate_is_renewed_when_the_node_starts() {
    let mut stage = Stage::set("expired");
    let data = stage.root().join("council/data");
    let key = fs::read_to_string(data.join("keys/node.key")).expect("a key");
    let key: SigningKey = key.trim().parse().expect("a key");
    let hours = |count| jiff::SignedDuration::from_hours(count);
    let validity = Validity { not_before: now() - hours(24 * 90), not_after: now() - hours(24) };
    let expired = NodeCertificate::issue(&key, validity).expect("a certificate").to_pem();
    let file = data.join("node-certificate.pem");
    fs::write(&file, &expired).expect("a written certificate");
    stage.start_all();
    assert_ne!(fs::read_to_string(&file).expect("a certificate"), expired);
    let nurse = Browser::signed_in(&stage, "trust", "nina.nurse", 0);
    nurse.check(&stage.child(StoryKey::OnPlan)).must(200, "On a child protection plan");
}

#[test]
fn a_partner_whose_certificate_is_out_of_date_is_refused_by_its_date() {
    let Some(library) = faketime() else { return skip("libfaketime is not installed") };
    let mut stage = Stage::set("outdated");
    stage.hospital();
    stage.serve_ahead("council", &library, "+100d");
    stage.serve("trust");
    wait_for("people", || stage.knows_people("council") && stage.knows_people("trust"));
    let child = stage.child(StoryKey::OnPlan);
    let nurse = Browser::signed_in(&stage, "trust", "nina.nurse", 0);
    let page = nurse.view(&child);
    page.must(200, "Could not be asked");
    page.must(200, "The partner's certificate is not valid until ");
    assert!(!page.says("service (synthetic), system “case-system”, record"), "{}", page.text());
    let worker = Browser::signed_in(&stage, "council", "wendy.worker", 100 * 86_400);
    let page = worker.view(&child);
    page.must(200, "certificate is out of date");
    assert!(!page.says("NHS Trust (synthetic), system “"), "{}", page.text());
}
