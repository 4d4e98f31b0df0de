//! Many callers at once on real files, and a process that is killed under load.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::HashSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use kinfold_ledger::testing::counting_entropy;
use kinfold_ledger::{BodyKey, Ledger, LedgerKeys, Options, verify_folder};
use kinfold_note::SigningKey;

const CHILD: &str = "KINFOLD_LEDGER_TEST_FOLDER";

fn keys() -> LedgerKeys {
    let name = "council.example/ledger".parse().unwrap();
    LedgerKeys {
        signing: SigningKey::from_seed(name, &[1; 32]).unwrap(),
        earlier: Vec::new(),
        body: BodyKey::new([2; 32]),
    }
}

fn open(folder: &Path, start: u64) -> Ledger {
    let publish_pause = Duration::from_millis(5);
    let options = Options { segment_bytes: 256 << 10, publish_pause, ..Options::default() };
    Ledger::open(folder, keys(), &options, counting_entropy(start << 32)).unwrap()
}

fn sound(folder: &Path) {
    let keys = keys();
    let verifier = [keys.signing.verifier().clone()];
    let report = verify_folder(folder, &verifier, Some(&keys.body), &mut |_| {}).unwrap();
    assert!(report.is_sound(), "{:?}", report.findings());
}

#[test]
fn many_callers_share_batches_and_each_gets_its_own_entry() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path(), 0);
    let indices = Mutex::new(HashSet::new());
    std::thread::scope(|scope| {
        for caller in 0..256_u32 {
            let (ledger, indices) = (&ledger, &indices);
            scope.spawn(move || {
                for turn in 0..20_u32 {
                    let body = [caller.to_be_bytes(), turn.to_be_bytes()].concat();
                    let receipt = ledger.append(&body).unwrap();
                    assert!(indices.lock().unwrap().insert(receipt.index()));
                    let read = ledger.read(receipt.index()).unwrap();
                    assert_eq!(read.body().unwrap().expose(), body);
                }
            });
        }
    });
    assert_eq!(ledger.size(), 256 * 20);
    for index in (0..ledger.size()).step_by(97) {
        let entry = ledger.read(index).unwrap();
        let proof = ledger.prove(index).unwrap();
        proof.verify(entry.commitment(), ledger.verifier_keys()).unwrap();
    }
    drop(ledger);
    sound(folder.path());
}

#[test]
fn growth_is_told_to_those_who_follow() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path(), 0);
    let mut growth = ledger.growth(0);
    std::thread::scope(|scope| {
        let follower = scope.spawn(|| {
            let mut followed = 0;
            let mut entries = ledger.iter_from(0);
            while followed < 500 {
                futures::executor::block_on(growth.grown()).unwrap();
                followed += entries.by_ref().map(Result::unwrap).count();
            }
            followed
        });
        for _ in 0..500 {
            ledger.append(b"entry").unwrap();
        }
        assert_eq!(follower.join().unwrap(), 500);
    });
    // The follower may have read further than it was told of: then that is told once more, and nothing after it.
    growth.wait(Duration::from_millis(1));
    assert_eq!(growth.wait(Duration::from_millis(1)), None);
    assert!(!growth.is_closed());
    drop(ledger);
    assert!(growth.is_closed());
    assert_eq!(futures::executor::block_on(growth.grown()), None);
}

/// The part of the child process: appends from several threads and says what was acknowledged.
#[test]
fn child_under_load() {
    let Some(folder) = std::env::var_os(CHILD) else { return };
    let ledger = open(Path::new(&folder), u64::from(std::process::id()));
    std::thread::scope(|scope| {
        for caller in 0..8_u8 {
            let ledger = &ledger;
            scope.spawn(move || {
                loop {
                    let receipt = ledger.append(&[caller; 300]).unwrap();
                    let mut out = std::io::stdout().lock();
                    writeln!(out, "acknowledged {} {caller}", receipt.index()).unwrap();
                    out.flush().unwrap();
                }
            });
        }
    });
}

#[test]
fn what_a_killed_process_acknowledged_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let mut acknowledged = Vec::new();
    for life in 0..4 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child_under_load", "--nocapture"])
            .env(CHILD, folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut heard = 0;
        for line in lines {
            let line = line.unwrap();
            let mut words = line.split(' ').skip_while(|word| !word.ends_with("acknowledged"));
            let (Some(_), Some(index), Some(caller)) = (words.next(), words.next(), words.next())
            else {
                continue;
            };
            acknowledged.push((index.parse::<u64>().unwrap(), caller.parse::<u8>().unwrap()));
            heard += 1;
            if heard == 200 + 37 * life {
                child.kill().unwrap();
            }
        }
        child.wait().unwrap();
        let ledger = open(folder.path(), 1 << 20);
        for (index, caller) in &acknowledged {
            let entry = ledger.read(*index).unwrap();
            assert_eq!(entry.body().unwrap().expose(), [*caller; 300], "entry {index}");
        }
    }
    sound(folder.path());
}
