use std::time::Duration;

use super::*;
use crate::error::ReadError;
use crate::testing::{MemoryMedia, counting_entropy};

pub(crate) fn keys() -> LedgerKeys {
    let name = "council.example/ledger".parse().unwrap();
    LedgerKeys {
        signing: SigningKey::from_seed(name, &[1; 32]).unwrap(),
        earlier: Vec::new(),
        body: BodyKey::new([2; 32]),
    }
}

pub(crate) fn small() -> Options {
    Options {
        segment_bytes: 16 << 10,
        publish_pause: Duration::from_millis(1),
        ..Options::default()
    }
}

pub(crate) fn open(media: &MemoryMedia) -> Result<Ledger, OpenError> {
    static START: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    let start = START.fetch_add(1 << 32, std::sync::atomic::Ordering::Relaxed);
    Ledger::open_on(Arc::new(media.clone()), keys(), &small(), counting_entropy(start))
}

fn body(ledger: &Ledger, index: u64) -> Vec<u8> {
    ledger.read(index).unwrap().body().unwrap().expose().to_vec()
}

#[test]
fn what_was_appended_is_read_back_and_proved_after_a_reopening() {
    let media = MemoryMedia::new();
    let ledger = open(&media).unwrap();
    assert_eq!((ledger.size(), ledger.checkpoint().size()), (0, 0));
    for n in 0..300_u32 {
        let receipt = ledger.append(&n.to_be_bytes()).unwrap();
        assert_eq!((receipt.index(), receipt.tree_size()), (u64::from(n), u64::from(n) + 1));
        let proof = ledger.prove_receipt(&receipt).unwrap();
        proof.verify(receipt.commitment(), ledger.verifier_keys()).unwrap();
    }
    drop(ledger);
    let ledger = open(&media).unwrap();
    assert_eq!(ledger.size(), 300);
    for (n, entry) in (0_u32..).zip(ledger.iter_from(0)) {
        let entry = entry.unwrap();
        assert_eq!(entry.body().unwrap().expose(), n.to_be_bytes());
        let proof = ledger.prove(entry.index()).unwrap();
        let text = proof.to_string().parse::<crate::TlogProof>().unwrap();
        assert_eq!(text, proof);
        text.verify(entry.commitment(), ledger.verifier_keys()).unwrap();
    }
    assert_eq!(ledger.append(b"more").unwrap().index(), 300);
    assert_eq!(body(&ledger, 300), b"more");
    assert!(matches!(ledger.read(301), Err(ReadError::Absent)));
}

#[test]
fn a_batch_becomes_durable_in_one_sync() {
    let media = MemoryMedia::new();
    let ledger = open(&media).unwrap();
    ledger.append(b"first").unwrap();
    let before = media.syncs();
    let receipts = ledger.append_batch(&[b"witness state", b"disclosure"]).unwrap();
    assert_eq!(media.syncs(), before + 1);
    assert_eq!(receipts.iter().map(Receipt::index).collect::<Vec<_>>(), [1, 2]);
    assert!(receipts.iter().all(|receipt| receipt.tree_size() == 3));
}
