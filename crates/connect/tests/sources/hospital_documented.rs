//! The examples of `docs/hl7.md`, as they stand there.

use std::process::Command;

use kinfold_connect::mllp::MllpConfig;
use serde::Deserialize;

use crate::hospital::{Running, config, verdict};

const DOCUMENT: &str = include_str!("../../../../docs/hl7.md");

/// The fenced blocks of a kind.
fn blocks(kind: &str) -> impl Iterator<Item = &'static str> {
    let fence = format!("```{kind}\n");
    let after: Vec<&str> = DOCUMENT.split(&fence).skip(1).collect();
    after.into_iter().map(|rest| rest.split("```").next().unwrap())
}

#[tokio::test]
async fn every_message_in_the_guide_is_read_whole() {
    let running = Running::start(&config()).await;
    let mut client = running.connect().await;
    let mut events = Vec::new();
    for (place, message) in blocks("hl7").enumerate() {
        let id = format!("MSG{:04}", place + 1);
        assert_eq!(client.ask(&message.replace('\n', "\r")).await, format!("AA|{id}"));
        events.push(message.split("ADT^").nth(1).unwrap()[..3].to_owned());
    }
    assert_eq!(running.state().senders[0].omitted, 0);
    events.sort();
    assert_eq!(events, ["A01", "A03", "A04", "A08", "A11", "A13", "A28", "A31", "A40"]);
    let kept = running.desk.kept.lock();
    let pregnant = kept.iter().map(|r| r.content.as_ref().unwrap().visit.as_ref());
    let pregnant: Vec<_> = pregnant.map(|visit| visit.is_some_and(|v| v.pregnant)).collect();
    assert_eq!(pregnant.iter().filter(|is| **is).count(), 1);
}

#[tokio::test]
async fn the_guides_command_line_is_answered() {
    let command = blocks("console").next().unwrap().lines().next().unwrap();
    let printing = command.strip_prefix("$ ").unwrap().split(" | nc").next().unwrap();
    let output = Command::new("sh").args(["-c", printing]).output().unwrap();
    let running = Running::start(&config()).await;
    let mut client = running.connect().await;
    client.send(&output.stdout).await;
    assert_eq!(verdict(&client.answer().await.unwrap()), "AA|TRY1");
    assert!(running.desk.kept.lock()[0].content.is_ok());
}

#[test]
fn the_guides_configuration_is_read() {
    #[derive(Deserialize)]
    struct Node {
        hospital: MllpConfig,
    }
    let node: Node = toml::from_str(blocks("toml").next().unwrap()).unwrap();
    assert!(node.hospital.tls.unwrap().client_ca.is_some());
    assert_eq!(node.hospital.senders[0].facility.as_deref(), Some("ASHMOOR"));
}
