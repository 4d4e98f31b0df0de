//! Signed things with some bytes altered: agreements, revocations, notes, proofs, certificates. None of them may count.
#![no_main]

use std::sync::LazyLock;

use arbitrary::Arbitrary;
use jiff::Timestamp;
use kinfold_agreement::{
    Agreement, Approver, Draft, Party, PhoneLine, Revocation, revoke, sign, template::Standard,
    verify,
};
use kinfold_domain::AgencyKind;
use kinfold_ledger::{
    BodyKey, Commitment, Ledger, LedgerKeys, Options, SignedCheckpoint, TlogProof,
    testing::{MemoryMedia, counting_entropy},
};
use kinfold_note::{Note, SigningKey};
use kinfold_tls::{NodeCertificate, Validity};
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Forgery {
    thing: Thing,
    edits: Vec<Edit>,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Thing {
    Agreement,
    Revocation,
    Note,
    Checkpoint,
    Proof,
    Certificate,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Edit {
    Set { at: u16, byte: u8 },
    Insert { at: u16, byte: u8 },
    Remove { at: u16, count: u8 },
    Repeat { at: u16, count: u8, to: u16 },
}

struct Signed {
    agreement: Agreement,
    file: Vec<u8>,
    revocation: Vec<u8>,
    checkpoint: Vec<u8>,
    commitment: Commitment,
    proof: Vec<u8>,
    certificate: Vec<u8>,
}

static SIGNED: LazyLock<Signed> = LazyLock::new(|| {
    let draft = draft();
    let one = sign(draft.to_string().as_bytes(), &key("council.example/approver")).unwrap();
    let file = sign(one.as_bytes(), &key("trust.example/approver")).unwrap();
    let agreement = draft.agreement().clone();
    let by = key("trust.example/approver");
    let revocation = revoke(&agreement, "The service moves.", now(), &by).unwrap();
    let (checkpoint, commitment, proof) = proof();
    let certificate =
        NodeCertificate::issue(&key("node.example"), Validity::of_days(now(), 90).unwrap());
    Signed {
        agreement,
        file: file.into_bytes(),
        revocation: revocation.into_bytes(),
        checkpoint,
        commitment,
        proof,
        certificate: certificate.unwrap().der().to_vec(),
    }
});

fuzz_target!(|forgery: Forgery| {
    let signed = &*SIGNED;
    let original = match forgery.thing {
        Thing::Agreement => &signed.file,
        Thing::Revocation => &signed.revocation,
        Thing::Note | Thing::Checkpoint => &signed.checkpoint,
        Thing::Proof => &signed.proof,
        Thing::Certificate => &signed.certificate,
    };
    let mut bytes = original.clone();
    forgery.edits.iter().take(32).for_each(|edit| edit.apply(&mut bytes));
    let is_forged = bytes != *original;
    assert!(!is_forged || !counts(forgery.thing, &bytes, signed), "altered, and believed");
});

fn counts(thing: Thing, bytes: &[u8], signed: &Signed) -> bool {
    let ledger = [key("council.example/ledger").verifier().clone()];
    match thing {
        Thing::Agreement => verify(bytes, now()).is_ok(),
        Thing::Revocation => Revocation::verify(bytes, &signed.agreement).is_ok(),
        Thing::Note => Note::parse(bytes).is_ok_and(|note| note.verify(&ledger).is_ok()),
        Thing::Checkpoint => SignedCheckpoint::verify(bytes, &ledger).is_ok(),
        Thing::Proof => std::str::from_utf8(bytes).is_ok_and(|text| {
            text.parse::<TlogProof>()
                .is_ok_and(|proof| proof.verify(&signed.commitment, &ledger).is_ok())
        }),
        Thing::Certificate => NodeCertificate::parse(bytes).is_ok(),
    }
}

impl Edit {
    fn apply(self, bytes: &mut Vec<u8>) {
        let place = |at: u16| usize::from(at) % bytes.len().max(1);
        match self {
            Self::Set { at, byte } => {
                let at = place(at);
                if let Some(there) = bytes.get_mut(at) {
                    *there = byte;
                }
            }
            Self::Insert { at, byte } => bytes.insert(place(at).min(bytes.len()), byte),
            Self::Remove { at, count } => {
                let start = place(at).min(bytes.len());
                let end = (start + usize::from(count)).min(bytes.len());
                bytes.drain(start..end);
            }
            Self::Repeat { at, count, to } => {
                let (start, to) = (place(at).min(bytes.len()), place(to).min(bytes.len()));
                let end = (start + usize::from(count)).min(bytes.len());
                let part = bytes[start..end].to_vec();
                bytes.splice(to..to, part);
            }
        }
    }
}

fn key(name: &str) -> SigningKey {
    let mut seed = [7; 32];
    for (place, byte) in seed.iter_mut().zip(name.bytes()) {
        *place ^= byte;
    }
    SigningKey::from_seed(name.parse().unwrap(), &seed).unwrap()
}

fn now() -> Timestamp {
    "2026-06-01T12:00:00Z".parse().unwrap()
}

fn draft() -> Draft {
    let party = |agency: &str, name: &str, kind| Party {
        agency: agency.parse().unwrap(),
        name: name.to_owned(),
        kind,
        endpoint: format!("node.{agency}.example:8443").parse().unwrap(),
        node_key: key(&format!("{agency}.example/node")).verifier().clone(),
        ledger_key: key(&format!("{agency}.example/ledger")).verifier().clone(),
        telephones: vec![PhoneLine {
            label: "Duty desk".to_owned(),
            number: "01632 960100".parse().unwrap(),
        }],
        approvers: vec![Approver {
            name: "Test Guardian".to_owned(),
            office: "Caldicott Guardian".to_owned(),
            key: key(&format!("{agency}.example/approver")).verifier().clone(),
        }],
    };
    let standard = Standard {
        id: "council-trust".parse().unwrap(),
        version: 1,
        valid_from: "2026-01-01".parse().unwrap(),
        valid_until: "2026-12-31".parse().unwrap(),
        parties: vec![
            party("council", "Test Council", AgencyKind::Council),
            party("trust", "Test Trust", AgencyKind::NhsTrust),
        ],
    };
    standard.draft().unwrap()
}

/// The checkpoint, an entry's commitment and its proof, of a ledger of a few entries.
fn proof() -> (Vec<u8>, Commitment, Vec<u8>) {
    let signing = key("council.example/ledger");
    let keys = LedgerKeys { signing, earlier: Vec::new(), body: BodyKey::new([2; 32]) };
    let options = Options { segment_bytes: 64 << 10, ..Options::default() };
    let media = std::sync::Arc::new(MemoryMedia::new());
    let ledger = Ledger::open_on(media, keys, &options, counting_entropy(1)).unwrap();
    let receipts: Vec<_> = (0..5_u8).map(|n| ledger.append(&[n; 40]).unwrap()).collect();
    let proof = ledger.prove(receipts[2].index()).unwrap();
    let checkpoint = ledger.checkpoint().note().to_string();
    (checkpoint.into_bytes(), *receipts[2].commitment(), proof.to_string().into_bytes())
}
