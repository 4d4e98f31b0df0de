//! A ledger's files, altered by somebody with all rights on the disk: what reads back is what was appended, and what is called
//! sound is whole.
#![no_main]

use std::sync::{Arc, LazyLock};

use arbitrary::Arbitrary;
use kinfold_ledger::{
    BodyKey, Hash, Ledger, LedgerKeys, Options,
    testing::{MemoryMedia, counting_entropy},
    verify_media,
};
use kinfold_note::SigningKey;
use libfuzzer_sys::fuzz_target;
use sha2::{Digest as _, Sha256};

const SECTOR: usize = 512;
const ENTRIES: u64 = 12;

/// What is done to one file. Places wrap round its length.
#[derive(Arbitrary, Debug)]
enum Edit {
    Set {
        file: u8,
        at: u16,
        byte: u8,
    },
    Zero {
        file: u8,
        sector: u8,
        count: u8,
    },
    Copy {
        from: u8,
        sector: u8,
        count: u8,
        to: u8,
        place: u8,
    },
    /// A number in a batch's header, with the header's own checksum made right again.
    Header {
        file: u8,
        sector: u8,
        at: u8,
        value: u32,
    },
    Cut {
        file: u8,
        length: u16,
    },
}

struct Original {
    files: Vec<(String, Vec<u8>)>,
    root: Hash,
}

static ORIGINAL: LazyLock<Original> = LazyLock::new(|| {
    let media = MemoryMedia::new();
    let ledger = open(&media).expect("a new ledger");
    for number in 0..ENTRIES {
        ledger.append(&body(number)).expect("an entry");
    }
    let root = *ledger.checkpoint().root();
    drop(ledger);
    let read = |path: String| (path.clone(), media.bytes(&path).expect("a file"));
    Original { files: media.paths().into_iter().map(read).collect(), root }
});

fuzz_target!(|edits: Vec<Edit>| {
    let original = &*ORIGINAL;
    let mut files = original.files.clone();
    edits.iter().take(16).for_each(|edit| edit.apply(&mut files));
    let media = MemoryMedia::new();
    files.iter().for_each(|(path, bytes)| media.tamper(path, bytes));

    let (signing, body_key) = (key(), BodyKey::new([2; 32]));
    let keys = [signing.verifier().clone()];
    if let Ok(report) = verify_media(&media, &keys, Some(&body_key), &mut |_| {}) {
        let whole = (report.size(), report.root()) == (ENTRIES, Some(&original.root));
        assert!(whole || !report.is_sound(), "entries are missing and nobody is told");
        assert!(report.is_sound() || !report.findings().is_empty(), "a verdict gives its reasons");
    }
    let published = |files: &[(String, Vec<u8>)]| {
        files.iter().find(|(path, _)| path == "checkpoint").map(|(_, bytes)| bytes.clone())
    };
    if let Ok(ledger) = open(&media) {
        // The published checkpoint is never synced, so a spoilt one tells a start nothing; the verification above does tell.
        let is_known = published(&files) == published(&original.files);
        assert!(ledger.size() == ENTRIES || !is_known, "published entries are missing");
        for (number, entry) in (0..).zip(ledger.iter_from(0).take(ENTRIES as usize)) {
            let Ok(entry) = entry else { break };
            let right = entry.body().is_none_or(|read| read.expose() == body(number));
            assert!(right, "another body was read than was appended");
        }
    }
});

impl Edit {
    fn apply(&self, files: &mut [(String, Vec<u8>)]) {
        let count = files.len();
        let chosen = |file: u8| usize::from(file) % count;
        match *self {
            Self::Set { file, at, byte } => {
                let bytes = &mut files[chosen(file)].1;
                let at = usize::from(at) % bytes.len().max(1);
                if let Some(there) = bytes.get_mut(at) {
                    *there = byte;
                }
            }
            Self::Zero { file, sector, count } => {
                sectors(&mut files[chosen(file)].1, sector, count).fill(0);
            }
            Self::Copy { from, sector, count, to, place } => {
                let copied = sectors(&mut files[chosen(from)].1, sector, count).to_vec();
                let to = sectors(&mut files[chosen(to)].1, place, count);
                let length = to.len().min(copied.len());
                to[..length].copy_from_slice(&copied[..length]);
            }
            Self::Header { file, sector, at, value } => {
                let header = sectors(&mut files[chosen(file)].1, sector, 1);
                if header.len() == SECTOR {
                    let at = 4 + usize::from(at % 7) * 4;
                    header[at..at + 4].copy_from_slice(&value.to_be_bytes());
                    let check = Sha256::digest(&header[..32]);
                    header[32..40].copy_from_slice(&check[..8]);
                }
            }
            Self::Cut { file, length } => {
                let bytes = &mut files[chosen(file)].1;
                let length = usize::from(length) % (bytes.len() + 1);
                bytes.truncate(length);
            }
        }
    }
}

fn sectors(bytes: &mut [u8], sector: u8, count: u8) -> &mut [u8] {
    let start = usize::from(sector) % (bytes.len() / SECTOR).max(1) * SECTOR;
    let start = start.min(bytes.len());
    let end = (start + usize::from(count % 16) * SECTOR).min(bytes.len());
    &mut bytes[start..end]
}

fn open(media: &MemoryMedia) -> Result<Ledger, kinfold_ledger::OpenError> {
    let keys = LedgerKeys { signing: key(), earlier: Vec::new(), body: BodyKey::new([2; 32]) };
    let options = Options { segment_bytes: 4 << 10, ..Options::default() };
    Ledger::open_on(Arc::new(media.clone()), keys, &options, counting_entropy(1))
}

fn key() -> SigningKey {
    SigningKey::from_seed("council.example/ledger".parse().expect("a name"), &[1; 32])
        .expect("a key")
}

fn body(number: u64) -> Vec<u8> {
    format!("entry {number} {}", "x".repeat(usize::try_from(number).unwrap_or(0) * 9)).into_bytes()
}
