//! The test vector of `docs/ledger-format.md`: formats that were published do not change.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::sync::Arc;

use kinfold_ledger::testing::MemoryMedia;
use kinfold_ledger::{BodyKey, Ledger, LedgerKeys, Options};
use kinfold_note::SigningKey;

#[test]
fn the_documented_bytes_are_what_is_written() {
    let document = include_str!("../../../docs/ledger-format.md");
    let media = MemoryMedia::new();
    let name = "council.example/ledger".parse().unwrap();
    let keys = LedgerKeys {
        signing: SigningKey::from_seed(name, &[0x01; 32]).unwrap(),
        earlier: Vec::new(),
        body: BodyKey::new([0x02; 32]),
    };
    let options = Options { segment_bytes: 4096, ..Options::default() };
    let salt = Arc::new(|| [0x03; 32]);
    let ledger = Ledger::open_on(Arc::new(media.clone()), keys, &options, salt).unwrap();
    ledger.append(b"hello").unwrap();
    let entry = ledger.read(0).unwrap();
    let facts = [
        ledger.verifier_keys()[0].to_string(),
        hex::encode(entry.commitment().as_bytes()),
        hex::encode(entry.commitment().leaf_hash().as_bytes()),
        ledger.prove(0).unwrap().to_string(),
    ];
    drop(ledger);
    let segment = media.bytes("segments/0000000000.seg").unwrap();
    let lines = |bytes: &[u8]| bytes.chunks(32).map(hex::encode).collect::<Vec<_>>().join("\n");
    let end = segment.iter().rposition(|byte| *byte != 0).unwrap() + 1;
    let bytes = [lines(&segment[..100]), lines(&segment[512..end])];
    for fact in facts.into_iter().chain(bytes) {
        assert!(document.contains(&fact), "the document lacks:\n{fact}");
    }
}
