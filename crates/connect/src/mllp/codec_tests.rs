//! Frames come out the same however their bytes are split.

use proptest::prelude::*;
use tokio_util::bytes::BytesMut;
use tokio_util::codec::{Decoder as _, Encoder as _};

use super::{Frame, Frames};

/// Everything that comes of bytes which arrive in pieces of these lengths, over and over, and what was skipped.
fn read(bytes: &[u8], pieces: &[usize], max: usize) -> (Vec<Frame>, u64) {
    let mut frames = Frames::new(max);
    let (mut buffer, mut found) = (BytesMut::new(), Vec::new());
    let (mut rest, mut pieces) = (bytes, pieces.iter().cycle());
    while !rest.is_empty() {
        let (piece, after) = rest.split_at((*pieces.next().unwrap()).clamp(1, rest.len()));
        buffer.extend_from_slice(piece);
        rest = after;
        while let Some(frame) = frames.decode(&mut buffer).unwrap() {
            found.push(frame);
        }
        assert!(buffer.len() <= max.max(4096) + 3, "more is kept than is needed");
    }
    while let Some(frame) = frames.decode_eof(&mut buffer).unwrap() {
        found.push(frame);
    }
    assert!(buffer.is_empty());
    (found, frames.skipped())
}

fn whole(text: &str) -> Frame {
    Frame::Whole(text.as_bytes().to_vec())
}

fn unended(text: &str) -> Frame {
    Frame::Unended(text.as_bytes().to_vec())
}

#[test]
fn frames_are_found_among_whatever_else_comes() {
    let cases: [(&str, Vec<Frame>, u64); 9] = [
        ("\u{b}a\u{1c}\r", vec![whole("a")], 0),
        ("\u{b}a\u{1c}\r\r\n\u{b}b\r\u{1c}\r", vec![whole("a"), whole("b\r")], 0),
        ("GET /\r\n\u{b}a\u{1c}\rxy", vec![whole("a")], 7),
        ("\u{b}\u{1c}\r", vec![whole("")], 0),
        // Neither ends a frame by itself, and a word processor's line break starts none.
        ("\u{b}a\u{1c}b\rc\u{b}d\u{1c}\u{1c}\r", vec![whole("a\u{1c}b\rc\u{b}d\u{1c}")], 0),
        ("\u{b}MSH1\u{b}MSH2\u{1c}\r", vec![unended("MSH1"), whole("MSH2")], 0),
        ("\u{b}MSH1", vec![unended("MSH1")], 0),
        ("\u{b}MSH1\u{1c}", vec![unended("MSH1\u{1c}")], 0),
        ("nothing", vec![], 7),
    ];
    for (bytes, expected, skipped) in cases {
        for piece in 1..8 {
            let found = read(bytes.as_bytes(), &[piece], 100);
            assert_eq!(found, (expected.clone(), skipped), "{bytes:?} in pieces of {piece}");
        }
    }
}

#[test]
fn a_message_that_is_too_long_leaves_its_beginning_and_the_next_one_alone() {
    let long = "x".repeat(10_000);
    let bytes = format!("\u{b}{long}\u{1c}\r\u{b}b\u{1c}\r\u{b}{long}\u{b}MSH\u{1c}\r");
    let head = |max: usize| vec![b'x'; max.min(4096)];
    for max in [10, 5_000, 9_999] {
        for piece in [1, 7, 4096, 100_000] {
            let (found, _) = read(bytes.as_bytes(), &[piece], max);
            let expected = vec![
                Frame::TooLong(head(max)),
                whole("b"),
                Frame::Unended(head(max)),
                whole("MSH"),
            ];
            assert_eq!(found, expected, "{max} in pieces of {piece}");
        }
    }
    let (found, _) = read(bytes.as_bytes(), &[11], 10_000);
    assert_eq!(found[0], Frame::Whole(long.into_bytes()));
}

/// Bytes in which the marks are common.
fn lively() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        Just(b"\x0b".to_vec()),
        Just(b"\x1c\r".to_vec()),
        Just(b"\x1c".to_vec()),
        Just(b"\x0bMSH".to_vec()),
        Just(b"MS".to_vec()),
        prop::collection::vec(any::<u8>(), 0..12),
    ];
    prop::collection::vec(part, 0..20).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn any_split_of_any_bytes_yields_the_same_frames(
        bytes in lively(), pieces in prop::collection::vec(1usize..9, 1..9), max in 0usize..40,
    ) {
        prop_assert_eq!(read(&bytes, &pieces, max), read(&bytes, &[usize::MAX], max));
    }

    #[test]
    fn what_is_written_is_read_back(
        messages in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..60), 0..6),
        pieces in prop::collection::vec(1usize..9, 1..9),
    ) {
        let mut bytes = BytesMut::new();
        // What a message may not hold is what would end it.
        let messages: Vec<Vec<u8>> = messages
            .into_iter()
            .map(|message| message.into_iter().filter(|byte| !matches!(byte, 0x0b | 0x1c)).collect())
            .collect();
        for message in &messages {
            Frames::new(100).encode(message, &mut bytes).unwrap();
        }
        let expected: Vec<Frame> = messages.into_iter().map(Frame::Whole).collect();
        prop_assert_eq!(read(&bytes, &pieces, 100), (expected, 0));
    }
}
