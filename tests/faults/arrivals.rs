//! Arrivals on bad days: nodes that are killed, a council that is away, a message that nobody understands.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use crate::{
    browser::Browser,
    stage::{Stage, now, wait_for},
};

/// Sends a message as a hospital's system does, and leaves its acknowledgement to come.
pub(crate) fn say(stage: &Stage, message: &str) -> Option<TcpStream> {
    let mut stream = TcpStream::connect(("127.0.0.1", stage.hospital_messages())).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
    stream.write_all(&[&[0x0b], message.as_bytes(), &[0x1c, 0x0d]].concat()).ok()?;
    Some(stream)
}

/// Sends a message; its acknowledgement code, or `None` when the node did not answer.
pub(crate) fn hospital_says(stage: &Stage, message: &str) -> Option<String> {
    let mut stream = say(stage, message)?;
    let mut answer = Vec::new();
    let mut part = [0; 4096];
    while !answer.ends_with(&[0x1c, 0x0d]) {
        match stream.read(&mut part) {
            Ok(count @ 1..) => answer.extend_from_slice(&part[..count]),
            _ => return None,
        }
    }
    let answer = String::from_utf8_lossy(&answer).into_owned();
    answer.split("MSA|").nth(1).map(|rest| rest[..2].to_owned())
}

/// Ruby, who is on a plan, is booked in.
pub(crate) fn arrival(control_id: &str, visit: &str) -> String {
    message("A04", control_id, visit)
}

/// Her visit ended.
pub(crate) fn departure(control_id: &str, visit: &str) -> String {
    message("A03", control_id, visit)
}

fn message(event: &str, control_id: &str, visit: &str) -> String {
    let at = now().strftime("%Y%m%d%H%M%S+0000");
    format!(
        "MSH|^~\\&|PAS|FAULTS|KINFOLD|FAULTS|{at}||ADT^{event}|{control_id}|P|2.4\rEVN||{at}\rPID|1||H1^^^FAULTS^MR~9990000026^^^NHS^NH||Mockford^Ruby^^^^^L||20190314|F\rPV1|1|E|Emergency department||||||||||||||||{visit}\r"
    )
}

fn heard(worker: &Browser) -> usize {
    worker.get("/attendances").body.matches(": Arrived").count()
}

#[test]
fn every_acknowledged_arrival_outlives_a_kill_and_is_told_once() {
    let mut stage = Stage::running("arrivals-killed");
    for round in 0..4 {
        let message = arrival(&format!("C{round}"), &format!("V{round}"));
        assert_eq!(hospital_says(&stage, &message).as_deref(), Some("AA"));
        // Sometimes at once, sometimes in the middle of what follows.
        std::thread::sleep(Duration::from_millis(round * 7));
        stage.kill("trust");
        stage.serve("trust");
        stage.settled("trust");
        // The hospital's system may not have heard the acknowledgement.
        assert_eq!(hospital_says(&stage, &message).as_deref(), Some("AA"));
    }
    let nurse = Browser::signed_in(&stage, "trust", "nina.nurse", 0);
    wait_for("all four on the board", || {
        nurse.get("/department").body.matches("kinfold-board__row--on").count() == 4
    });
    let worker = Browser::signed_in(&stage, "council", "wendy.worker", 0);
    wait_for("all four to be told", || heard(&worker) == 4);
    stage.kill("council");
    stage.serve("council");
    stage.settle();
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(heard(&worker), 4, "each is told once");
}

#[test]
fn an_arrival_while_the_council_is_away_is_answered_at_once_and_told_when_it_is_back() {
    let mut stage = Stage::running("arrivals-alone");
    stage.kill("council");
    assert_eq!(hospital_says(&stage, &arrival("C1", "V1")).as_deref(), Some("AA"));
    let nurse = Browser::signed_in(&stage, "trust", "nina.nurse", 0);
    wait_for("the answer", || nurse.get("/department").says("On a child protection plan"));
    assert!(nurse.get("/department").says("nobody has answered yet"));
    stage.serve("council");
    stage.settle();
    let worker = Browser::signed_in(&stage, "council", "wendy.worker", 0);
    wait_for("the attendance to be told", || heard(&worker) == 1);
}

#[test]
fn a_message_that_nobody_understands_is_an_operator_s_work_and_blocks_nothing() {
    let stage = Stage::running("arrivals-broken");
    let broken = arrival("C1", "V1").replace("PID|", "ZID|");
    assert_eq!(hospital_says(&stage, &broken).as_deref(), Some("AE"));
    assert_eq!(hospital_says(&stage, "no message at all").as_deref(), Some("AR"));
    assert_eq!(hospital_says(&stage, &arrival("C2", "V2")).as_deref(), Some("AA"));
    let nurse = Browser::signed_in(&stage, "trust", "nina.nurse", 0);
    wait_for("the answer", || nurse.get("/department").says("On a child protection plan"));
    let operator = Browser::signed_in(&stage, "trust", "piet.operator", 0);
    let feeds = operator.get("/feeds");
    feeds.must(200, "message C1");
    assert_eq!(operator.post("/feeds/mended", &[("place", "0")]).status, 303);
    assert!(!operator.get("/feeds").says("message C1"));
}
