//! Random histories of appending, power cuts, failing disks and restarts: what was acknowledged
//! survives, what was not leaves no trace that harms.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use kinfold_ledger::testing::{MemoryMedia, counting_entropy};
use kinfold_ledger::{BodyKey, Ledger, LedgerError, LedgerKeys, OpenError, Options, verify_media};
use kinfold_note::SigningKey;
use proptest::prelude::*;

fn keys() -> LedgerKeys {
    let name = "council.example/ledger".parse().unwrap();
    LedgerKeys {
        signing: SigningKey::from_seed(name, &[1; 32]).unwrap(),
        earlier: Vec::new(),
        body: BodyKey::new([2; 32]),
    }
}

fn open(media: &MemoryMedia) -> Result<Ledger, OpenError> {
    static START: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    let start = START.fetch_add(1 << 32, std::sync::atomic::Ordering::Relaxed);
    let publish_pause = Duration::ZERO;
    let options = Options { segment_bytes: 8 << 10, publish_pause, ..Options::default() };
    Ledger::open_on(Arc::new(media.clone()), keys(), &options, counting_entropy(start))
}

/// What was acknowledged: body by index.
#[derive(Default)]
struct Acknowledged(BTreeMap<u64, Vec<u8>>);

impl Acknowledged {
    fn append(&mut self, ledger: &Ledger, bodies: &[Vec<u8>]) -> Result<(), LedgerError> {
        let bodies: Vec<&[u8]> = bodies.iter().map(Vec::as_slice).collect();
        for (receipt, body) in ledger.append_batch(&bodies)?.iter().zip(bodies) {
            let before = self.0.insert(receipt.index(), body.to_vec());
            assert!(before.is_none(), "two entries were given the index {}", receipt.index());
        }
        Ok(())
    }

    fn check(&self, ledger: &Ledger) {
        for (index, body) in &self.0 {
            let entry = ledger.read(*index).unwrap();
            assert_eq!(entry.body().unwrap().expose(), body, "entry {index}");
            let proof = ledger.prove(*index).unwrap();
            proof.verify(entry.commitment(), ledger.verifier_keys()).unwrap();
        }
        let read = ledger.iter_from(0).collect::<Result<Vec<_>, _>>().unwrap();
        assert_eq!(read.len() as u64, ledger.size());
    }
}

fn sound(media: &MemoryMedia) {
    let keys = keys();
    let verifier = [keys.signing.verifier().clone()];
    let report = verify_media(media, &verifier, Some(&keys.body), &mut |_| {}).unwrap();
    assert!(report.is_sound(), "{:?}", report.findings());
}

/// One life of the log: its batches, then the number of calls until the power goes.
#[derive(Clone, Debug)]
struct Life {
    batches: Vec<Vec<usize>>,
    power: u64,
    seed: u64,
}

fn life() -> impl Strategy<Value = Life> {
    let batch = prop::collection::vec(0_usize..900, 1..4);
    (prop::collection::vec(batch, 0..12), 0_u64..60, any::<u64>())
        .prop_map(|(batches, power, seed)| Life { batches, power, seed })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn acknowledged_entries_survive_power_cuts(lives in prop::collection::vec(life(), 1..5)) {
        let (mut media, mut acknowledged) = (MemoryMedia::new(), Acknowledged::default());
        for Life { batches, power, mut seed } in lives {
            media.cut_power_after(power);
            if let Ok(ledger) = open(&media) {
                for (n, batch) in batches.into_iter().enumerate() {
                    let fill = u8::try_from(n).unwrap();
                    let bodies: Vec<_> = batch.into_iter().map(|length| vec![fill; length]).collect();
                    if acknowledged.append(&ledger, &bodies).is_err() {
                        break;
                    }
                }
            }
            media = media.restart(|| {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                seed >> 63 == 1
            });
            let ledger = open(&media).unwrap();
            acknowledged.check(&ledger);
            drop(ledger);
            sound(&media);
        }
    }
}

#[test]
fn a_batch_of_which_a_crash_left_any_sector_unwritten_is_no_part_of_the_log() {
    let media = MemoryMedia::new();
    let ledger = open(&media).unwrap();
    let mut acknowledged = Acknowledged::default();
    acknowledged.append(&ledger, &[b"before".to_vec()]).unwrap();
    drop(ledger);
    let path = "segments/0000000000.seg";
    let (stopped, before) = (media.restart(|| true), media.bytes(path).unwrap());
    let ledger = open(&media).unwrap();
    ledger.append(&[7; 3000]).unwrap();
    drop(ledger);
    let whole = media.bytes(path).unwrap();
    let written: Vec<usize> = (0..whole.len())
        .step_by(512)
        .filter(|at| whole[*at..*at + 512] != before[*at..*at + 512])
        .collect();
    assert!(written.len() > 6);
    for missing in written {
        let torn = stopped.restart(|| true);
        let mut bytes = whole.clone();
        bytes[missing..missing + 512].fill(0);
        torn.tamper(path, &bytes);
        sound(&torn);
        let ledger = open(&torn).unwrap();
        assert_eq!(ledger.size(), 1);
        acknowledged.check(&ledger);
        drop(ledger);
        assert_eq!(torn.bytes(path).unwrap(), before);
    }
}

#[test]
fn a_failed_write_or_sync_ends_all_appending_until_a_restart() {
    for sync in [false, true] {
        let (media, mut acknowledged) = (MemoryMedia::new(), Acknowledged::default());
        let ledger = open(&media).unwrap();
        acknowledged.append(&ledger, &[b"before".to_vec()]).unwrap();
        if sync {
            media.fail_next_sync(io::ErrorKind::Other);
        } else {
            media.fail_next_write(io::ErrorKind::Other);
        }
        assert!(ledger.failure().is_none());
        for _ in 0..3 {
            assert!(matches!(ledger.append(b"lost"), Err(LedgerError::Unwritable(_))));
        }
        assert!(ledger.failure().is_some() && ledger.growth(1).is_closed());
        assert_eq!((ledger.size(), ledger.checkpoint().size()), (1, 1));
        acknowledged.check(&ledger);
        drop(ledger);
        for after in [media.restart(|| true), media.restart(|| false)] {
            let ledger = open(&after).unwrap();
            acknowledged.check(&ledger);
            ledger.append(b"after").unwrap();
        }
    }
}

#[test]
fn a_full_disk_refuses_entries_and_takes_them_again_once_there_is_room() {
    let (media, mut acknowledged) = (MemoryMedia::new(), Acknowledged::default());
    let ledger = open(&media).unwrap();
    while !media.paths().contains(&"segments/0000000001.seg".to_owned()) {
        std::thread::yield_now();
    }
    media.leave_room(Some(100));
    let full = loop {
        if let Err(error) = acknowledged.append(&ledger, &[vec![7; 400]]) {
            break error;
        }
    };
    assert!(matches!(full, LedgerError::Full) && ledger.failure().is_none());
    assert!(acknowledged.0.len() > 8, "the segment made ready before was not used");
    assert!(matches!(ledger.append(&[7; 5000]), Err(LedgerError::Full)));
    acknowledged.check(&ledger);
    media.leave_room(None);
    acknowledged.append(&ledger, &[vec![8; 400]]).unwrap();
    acknowledged.check(&ledger);
    drop(ledger);
    sound(&media);
}

#[test]
fn an_altered_or_shortened_log_does_not_open() {
    let media = MemoryMedia::new();
    let ledger = open(&media).unwrap();
    for n in 0..40_u8 {
        ledger.append(&[n; 100]).unwrap();
    }
    drop(ledger);
    let last = media.paths().into_iter().rfind(|path| {
        path.starts_with("segments/") && media.bytes(path).unwrap()[512..].iter().any(|b| *b != 0)
    });
    let (path, bytes) = last.map(|path| (path.clone(), media.bytes(&path).unwrap())).unwrap();
    let end = bytes.iter().rposition(|byte| *byte != 0).unwrap();
    let mut cases = Vec::new();
    for at in (512..=end).step_by(3) {
        let mut flipped = bytes.clone();
        flipped[at] ^= 4;
        cases.push((format!("byte {at}"), flipped));
    }
    let mut cut = bytes.clone();
    cut[end - 600..].fill(0);
    cases.push(("a zeroed end".into(), cut));
    for (what, altered) in cases {
        media.tamper(&path, &altered);
        let before = media.bytes(&path).unwrap();
        // Bodies answer when they are read: opening reads none.
        if let Ok(ledger) = open(&media) {
            let bodies = ledger.iter_from(0).filter(Result::is_err).count();
            assert_eq!(bodies, 1, "{what}: opened");
        } else {
            assert_eq!(media.bytes(&path).unwrap(), before, "{what}: changed the damaged file");
        }
    }
    media.tamper(&path, &bytes);
    open(&media).unwrap();
}

#[test]
fn two_processes_cannot_have_the_same_log_open() {
    let media = MemoryMedia::new();
    let first = open(&media).unwrap();
    assert!(matches!(open(&media), Err(OpenError::InUse)));
    drop(first);
    open(&media).unwrap();
}

#[test]
fn another_key_s_log_is_not_opened() {
    let media = MemoryMedia::new();
    open(&media).unwrap().append(b"ours").unwrap();
    let name = "trust.example/ledger".parse().unwrap();
    let foreign = LedgerKeys { signing: SigningKey::from_seed(name, &[1; 32]).unwrap(), ..keys() };
    let options = Options::default();
    let opened = Ledger::open_on(Arc::new(media.clone()), foreign, &options, counting_entropy(0));
    assert!(matches!(opened, Err(OpenError::Foreign)));
    let name = "council.example/ledger".parse().unwrap();
    let renewed = LedgerKeys {
        signing: SigningKey::from_seed(name, &[5; 32]).unwrap(),
        earlier: vec![keys().signing.verifier().clone()],
        body: BodyKey::new([2; 32]),
    };
    let ledger = Ledger::open_on(Arc::new(media), renewed, &options, counting_entropy(1)).unwrap();
    assert_eq!(ledger.read(0).unwrap().body().unwrap().expose(), b"ours");
    ledger.append(b"under the renewed key").unwrap();
}
