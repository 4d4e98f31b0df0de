use std::sync::Arc;

use super::*;
use crate::log::Ledger;
use crate::log::tests::{keys, open, small};
use crate::options::Options;
use crate::testing::{MemoryMedia, counting_entropy};

/// A small log, closed: several batches, two segments, a full tile.
fn small_log() -> MemoryMedia {
    let media = MemoryMedia::new();
    let ledger = open(&media).unwrap();
    let bodies: Vec<Vec<u8>> = (0..8_u8).map(|n| vec![n; 20]).collect();
    let bodies: Vec<&[u8]> = bodies.iter().map(Vec::as_slice).collect();
    for _ in 0..33 {
        ledger.append_batch(&bodies).unwrap();
    }
    drop(ledger);
    media
}

fn verify(media: &MemoryMedia, with_bodies: bool) -> Report {
    let keys = keys();
    let body_key = with_bodies.then_some(&keys.body);
    verify_media(media, &[keys.signing.verifier().clone()], body_key, &mut |_| {}).unwrap()
}

#[test]
fn an_untouched_log_is_sound() {
    let media = small_log();
    let report = verify(&media, true);
    assert!(report.is_sound() && report.findings().is_empty(), "{:?}", report.findings());
    assert_eq!((report.size(), report.batches(), report.bodies_opened()), (264, 33, 264));
    assert_eq!(verify(&media, false).bodies_opened(), 0);
    let paths = media.paths();
    for path in ["tile/0/000", "tile/entries/000", "tile/0/001.p/8", "tile/1/000.p/1", "checkpoint"]
    {
        assert!(paths.iter().any(|p| p == path), "{path} is not published: {paths:?}");
    }
}

#[test]
fn every_flipped_byte_is_found() {
    let media = MemoryMedia::new();
    let options = Options { segment_bytes: 4 << 10, ..small() };
    let on = Arc::new(media.clone());
    let ledger = Ledger::open_on(on, keys(), &options, counting_entropy(7)).unwrap();
    for n in 0..4_u8 {
        ledger.append_batch(&[&[n; 9], &[n; 40]]).unwrap();
    }
    drop(ledger);
    assert!(verify(&media, true).findings().is_empty());
    assert!(media.bytes("segments/0000000001.seg").unwrap()[512..].iter().any(|b| *b != 0));
    for path in media.paths() {
        let bytes = media.bytes(&path).unwrap();
        for at in 0..bytes.len() {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << (at % 8);
            media.tamper(&path, &flipped);
            assert!(!verify(&media, true).findings().is_empty(), "{path} byte {at} was missed");
        }
        media.tamper(&path, &bytes);
    }
    assert!(verify(&media, true).findings().is_empty());
}

#[test]
fn an_acknowledged_batch_that_was_made_to_look_unfinished_is_missed() {
    let media = small_log();
    let segments = ["segments/0000000000.seg", "segments/0000000001.seg"];
    for path in segments {
        let whole = media.bytes(path).unwrap();
        let last = whole.iter().rposition(|byte| *byte != 0).unwrap() / 512 * 512;
        assert!(last > 512, "{path} has no batch");
        let mut cut = whole.clone();
        cut[last..last + 512].fill(0);
        media.tamper(path, &cut);
        let report = verify(&media, true);
        assert!(matches!(report.findings()[0], Finding::Unfinished(_)), "{:?}", report.findings());
        assert!(!report.is_sound(), "{path}: {} entries are called all", report.size());
        media.tamper(path, &whole);
    }
}

#[test]
fn an_erased_body_is_gone_and_breaks_nothing() {
    let media = small_log();
    let ledger = open(&media).unwrap();
    let before = ledger.prove(3).unwrap();
    ledger.erase(3).unwrap();
    ledger.erase(3).unwrap();
    let entry = ledger.read(3).unwrap();
    assert!(entry.body().is_none());
    before.verify(entry.commitment(), ledger.verifier_keys()).unwrap();
    assert_eq!(ledger.prove(3).unwrap(), before);
    assert!(ledger.read(2).unwrap().body().is_some() && ledger.read(4).unwrap().body().is_some());
    drop(ledger);
    let report = verify(&media, true);
    assert!(report.is_sound(), "{:?}", report.findings());
    assert_eq!((report.erased(), report.bodies_opened()), (1, 263));
    assert!(open(&media).is_ok());
}

#[test]
fn a_finding_says_which_file_and_where() {
    let media = small_log();
    let path = "tile/0/000";
    let mut bytes = media.bytes(path).unwrap();
    bytes[100] ^= 1;
    media.tamper(path, &bytes);
    let report = verify(&media, false);
    let [Finding::Wrong { damage, .. }] = report.findings() else { panic!("{report:?}") };
    assert_eq!((damage.file(), damage.offset()), (path, 100));
}

#[test]
fn missing_files_are_found() {
    let media = small_log();
    for path in ["tile/0/000", "tile/entries/001.p/8", "tile/1/000.p/1", "segments/0000000000.seg"]
    {
        let bytes = media.bytes(path).unwrap();
        media.remove(path).unwrap();
        assert!(!verify(&media, false).is_sound(), "{path} was not missed");
        media.tamper(path, &bytes);
    }
    assert!(verify(&media, false).is_sound());
}

#[test]
fn another_log_s_key_vouches_for_nothing() {
    let media = small_log();
    let name = "council.example/ledger".parse().unwrap();
    let other = kinfold_note::SigningKey::from_seed(name, &[99; 32]).unwrap();
    let report = verify_media(&media, &[other.verifier().clone()], None, &mut |_| {}).unwrap();
    assert!(!report.is_sound());
}

#[test]
fn wrong_and_missing_tiles_are_made_again_for_a_proof() {
    let media = small_log();
    let mut bytes = media.bytes("tile/0/000").unwrap();
    bytes[40] ^= 1;
    media.tamper("tile/0/000", &bytes);
    let prove = |ledger: &Ledger| {
        let commitment = *ledger.read(2).unwrap().commitment();
        ledger.prove(2).unwrap().verify(&commitment, ledger.verifier_keys()).unwrap();
    };
    prove(&open(&media).unwrap());
    assert!(verify(&media, true).is_sound(), "the tile was not mended");
    media.remove("tile").unwrap();
    let ledger = open(&media).unwrap();
    prove(&ledger);
    drop(ledger);
    assert!(verify(&media, true).is_sound(), "the tiles were not mended");
}

#[test]
fn progress_is_told_to_the_end() {
    let media = small_log();
    let mut last = None;
    let keys = [keys().signing.verifier().clone()];
    verify_media(&media, &keys, None, &mut |progress| last = Some(progress)).unwrap();
    let last = last.unwrap();
    assert_eq!((last.entries, last.segments), (264, last.of_segments));
    drop(Arc::new(media));
}
