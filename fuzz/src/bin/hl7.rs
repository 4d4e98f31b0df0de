//! What a hospital's system may send: frames, and the messages in them.
//!
//! The connector's own frames, without the network around them, which would only slow the fuzzer's build.
#![no_main]

#[path = "../../../crates/connect/src/mllp/codec.rs"]
#[allow(dead_code, reason = "the listener uses all of it")]
mod codec;

use std::sync::LazyLock;

use codec::{Frame, Frames};
use jiff::{Timestamp, tz::TimeZone};
use kinfold_wire::hl7::{Message, Outcome, Processing, Reading, Stamp};
use libfuzzer_sys::fuzz_target;
use tokio_util::{bytes::BytesMut, codec::Decoder as _};

static NOW: LazyLock<Timestamp> = LazyLock::new(|| "2026-11-01T12:00:00Z".parse().unwrap());
static LONDON: LazyLock<TimeZone> = LazyLock::new(|| TimeZone::get("Europe/London").unwrap());

/// What a listener in this target takes, in bytes.
const LONGEST: usize = 4096;

fuzz_target!(|bytes: &[u8]| {
    answer(bytes);
    let piece = bytes.first().map_or(1, |byte| usize::from(*byte) + 1);
    let found = frames(bytes, piece);
    assert_eq!(found, frames(bytes, usize::MAX), "a split makes no difference");
    for frame in found {
        let (Frame::Whole(message) | Frame::TooLong(message) | Frame::Unended(message)) = frame;
        assert!(message.len() <= LONGEST);
        answer(&message);
    }
});

fn frames(bytes: &[u8], piece: usize) -> Vec<Frame> {
    let (mut frames, mut buffer) = (Frames::new(LONGEST), BytesMut::new());
    let mut found = Vec::new();
    for piece in bytes.chunks(piece.min(bytes.len().max(1))) {
        buffer.extend_from_slice(piece);
        while let Ok(Some(frame)) = frames.decode(&mut buffer) {
            found.push(frame);
        }
    }
    while let Ok(Some(frame)) = frames.decode_eof(&mut buffer) {
        found.push(frame);
    }
    assert!(buffer.is_empty(), "nothing is left over");
    found
}

fn answer(bytes: &[u8]) {
    let message = Message::read(bytes);
    let outcome = outcome(&message);
    let stamp = Stamp { at: *NOW, control_id: "K1" };
    let said = message.acknowledge(outcome, &stamp);
    let read = Message::read(&said);
    assert!(read.header().is_readable(), "an acknowledgement is a message");
    assert_eq!(read.header().control_id(), "K1");
    let segments = said.iter().filter(|byte| **byte == b'\r').count();
    assert!((2..=3).contains(&segments) && said.ends_with(b"\r"));
    assert!(said.iter().all(|byte| *byte >= b' ' || *byte == b'\r'), "nothing in it ends a frame");

    // Nothing but the header is repeated: a patient more or less makes no difference.
    if message.header().is_readable() && bytes.starts_with(b"MSH") && bytes.is_ascii() {
        let more = [bytes, b"\rPID", &bytes[3..4], b"1"].concat();
        assert_eq!(said, Message::read(&more).acknowledge(outcome, &stamp));
    }
}

fn outcome(message: &Message) -> Outcome {
    let event = match message.header().event(&[Processing::Production]) {
        Ok(event) => event,
        Err(refusal) => return Outcome::Refused(refusal),
    };
    assert!(!message.header().control_id().is_empty(), "what is kept has an identifier");
    match message.tell(event, &Reading { zone: &LONDON, now: *NOW }) {
        Err(fault) => Outcome::Broken(fault),
        Ok(told) => {
            assert!(!told.movement.patient.number.expose().is_empty());
            let born = told.movement.patient.subject.birth_date.map(|born| born.expose());
            assert!(born.is_none_or(|born| born <= NOW.to_zoned(LONDON.clone()).date()));
            Outcome::Accepted
        }
    }
}
