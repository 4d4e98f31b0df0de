//! The two agencies, their keys, the agreement between them, and what of a node outlives its process.

use std::sync::{Arc, LazyLock};

use jiff::Timestamp;
use kinfold_agreement::{AgreementDigest, Approver, Draft, Party, PhoneLine, template::Standard};
use kinfold_domain::{Agency, AgencyKind};
use kinfold_ledger::testing::MemoryMedia;
use kinfold_note::SigningKey;

use super::{
    Around, CountingEntropy, LoopLink, ManualClock, MemoryAgreements, MemoryAmendments,
    MemoryPeople, MemoryRegisters, MemoryStaff, MemoryTrail, MemoryWork, ScriptedSource,
};

/// The council's short name.
pub const COUNCIL: &str = "ashmoor-council";
/// The neighbouring council's short name: it takes part where a story needs it.
pub const NEIGHBOUR: &str = "larkford-council";
/// The trust's short name.
pub const TRUST: &str = "northmoor-trust";

/// When every story begins: within the agreement's term, on a Monday at noon.
pub fn start() -> Timestamp {
    "2026-06-01T12:00:00Z".parse().expect("a moment")
}

/// One of the agencies.
pub fn agency(id: &str) -> Agency {
    let (name, kind) = match id {
        COUNCIL => ("Ashmoor Council", AgencyKind::Council),
        NEIGHBOUR => ("Larkford Council", AgencyKind::Council),
        _ => ("Northmoor NHS Trust", AgencyKind::NhsTrust),
    };
    Agency { id: id.parse().expect("a label"), name: name.to_owned(), kind }
}

/// A key of that name, the same each time.
pub(super) fn key(name: &str) -> SigningKey {
    let mut seed = [7; 32];
    for (at, byte) in name.bytes().enumerate() {
        seed[at % 32] ^= byte.rotate_left(u32::try_from(at / 32).unwrap_or(0));
    }
    SigningKey::from_seed(name.parse().expect("a key's name"), &seed).expect("a key")
}

/// The key that signs the messages of the agency's node.
pub fn node_key(agency: &str) -> SigningKey {
    key(&format!("{agency}.example/node"))
}

pub(super) fn ledger_key(agency: &str) -> SigningKey {
    key(&format!("{agency}.example/ledger"))
}

/// The agency's approver.
pub fn guardian(agency: &str) -> SigningKey {
    key(&format!("{agency}.example/guardian"))
}

fn party(id: &str) -> Party {
    let Agency { id: label, name, kind } = agency(id);
    Party {
        agency: label,
        name,
        kind,
        endpoint: format!("node.{id}.example:8443").parse().expect("an endpoint"),
        node_key: node_key(id).verifier().clone(),
        ledger_key: ledger_key(id).verifier().clone(),
        telephones: vec![PhoneLine {
            label: "Duty desk".to_owned(),
            number: "01632 960100".parse().expect("a telephone"),
        }],
        approvers: vec![Approver {
            name: "Test Guardian".to_owned(),
            office: "Caldicott Guardian".to_owned(),
            key: guardian(id).verifier().clone(),
        }],
    }
}

/// The standard agreement of that version, valid for 2026, signed by both guardians.
pub fn signed_agreement(version: u32) -> (AgreementDigest, String) {
    // Cedar is slow without optimisation: what every story needs is made once.
    static FIRST: LazyLock<(AgreementDigest, String)> =
        LazyLock::new(|| sign(1, &[COUNCIL, TRUST]));
    if version == 1 { FIRST.clone() } else { sign(version, &[COUNCIL, TRUST]) }
}

/// The same between two councils and the trust.
pub fn signed_between_councils() -> (AgreementDigest, String) {
    static SIGNED: LazyLock<(AgreementDigest, String)> =
        LazyLock::new(|| sign(1, &[COUNCIL, NEIGHBOUR, TRUST]));
    SIGNED.clone()
}

fn sign(version: u32, parties: &[&str]) -> (AgreementDigest, String) {
    let standard = Standard {
        id: "ashmoor-northmoor".parse().expect("an id"),
        version,
        valid_from: "2026-01-01".parse().expect("a day"),
        valid_until: "2026-12-31".parse().expect("a day"),
        parties: parties.iter().map(|id| party(id)).collect(),
    };
    let mut draft: Draft = standard.draft().expect("a draft");
    for id in parties {
        draft.sign(&guardian(id)).expect("an approver");
    }
    (draft.agreement().digest(), draft.to_string())
}

/// What of a node outlives its process, and what it stands on. Clones share it.
#[derive(Clone)]
pub struct Ground {
    /// Whose node.
    pub agency: Agency,
    /// The other one of the two that are running.
    pub partner: Agency,
    /// A further council, of whose register a trust holds a copy as well.
    pub also: Option<Agency>,
    /// Its clock.
    pub clock: Arc<ManualClock>,
    /// Its chance.
    pub entropy: Arc<CountingEntropy>,
    /// Its ledger's folder.
    pub media: MemoryMedia,
    /// Its agreements.
    pub agreements: Arc<MemoryAgreements>,
    /// Its index of people.
    pub people: Arc<MemoryPeople>,
    /// Registers.
    pub registers: Arc<MemoryRegisters>,
    /// What was changed by hand.
    pub amendments: Arc<MemoryAmendments>,
    /// Staff.
    pub staff: Arc<MemoryStaff>,
    /// Its search tables.
    pub trail: Arc<MemoryTrail>,
    /// Its department, and what it hears of others'.
    pub work: Arc<MemoryWork>,
    /// Its one source system.
    pub source: Arc<ScriptedSource>,
    /// The way to the other node.
    pub link: Arc<LoopLink>,
    /// What a simulation puts around it.
    pub around: Box<Around>,
}

impl Ground {
    /// New ground, without an agreement.
    pub fn new(id: &str) -> Self {
        Self::beside(id, if id == COUNCIL { TRUST } else { COUNCIL })
    }

    /// The same with that other node running.
    pub fn beside(id: &str, partner: &str) -> Self {
        let source = if agency(id).kind == AgencyKind::Council { "case-system" } else { "pas" };
        let start_of_chance = if id == COUNCIL { 1 } else { 2 };
        Self {
            agency: agency(id),
            partner: agency(partner),
            also: None,
            clock: Arc::new(ManualClock::new(start())),
            entropy: Arc::new(CountingEntropy::new(start_of_chance)),
            media: MemoryMedia::new(),
            agreements: Arc::default(),
            people: Arc::default(),
            registers: Arc::default(),
            amendments: Arc::default(),
            staff: Arc::default(),
            trail: Arc::default(),
            work: Arc::default(),
            source: Arc::new(ScriptedSource::new(source)),
            link: Arc::default(),
            around: Box::default(),
        }
    }
}
