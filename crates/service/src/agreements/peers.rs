//! Why a partner's message is refused, and what the agreement says of a partner's keys.

use jiff::Timestamp;
use kinfold_agreement::InForce;
use kinfold_domain::AgencyId;
use kinfold_note::VerifierKey;

use super::NoAgreement;
use crate::{
    exchange::{PlaceError, SealError},
    journal::JournalError,
    ports::PortError,
};

/// How far two nodes' clocks may be apart, in seconds, network time included.
const SKEW_LIMIT_S: i64 = 10;

/// Why a partner's message is refused: each is told to the partner in a sentence, and recorded.
#[derive(Debug, thiserror::Error)]
pub enum RefusedPeer {
    /// There is no agreement in force here.
    #[error(transparent)]
    NoAgreement(#[from] NoAgreement),
    /// The message can't be trusted or read.
    #[error("the message can't be trusted: {0}")]
    Untrusted(#[from] SealError),
    /// The proof of the intent is not right.
    #[error("the intent is not proved to be recorded")]
    NotRecorded(#[from] PlaceError),
    /// The two nodes hold different agreements.
    #[error("the two nodes hold different agreements: both must activate the same signed file")]
    OtherAgreement,
    /// The clocks are too far apart.
    #[error("the two nodes' clocks are {0} seconds apart: set them right first")]
    Clock(i64),
    /// The ask was answered before.
    #[error("this ask was answered before")]
    Replayed,
    /// The asker's agency in the message is not the sender's.
    #[error("the message names an employee of another agency")]
    Impostor,
    /// The agreement doesn't allow it.
    #[error("{0}")]
    NotAllowed(&'static str),
    /// The ledger here can't be written.
    #[error("the answering node's ledger cannot be written, so it may tell nothing")]
    Ledger(#[from] JournalError),
    /// The store here failed.
    #[error("the answering node's store failed")]
    Store(#[from] PortError),
}

/// Both clocks must show the same time, network time included; the error is how many seconds they are apart.
pub(crate) fn clocks_agree(sent_at: Timestamp, now: Timestamp) -> Result<(), i64> {
    let apart = (now.as_second() - sent_at.as_second()).abs();
    if apart <= SKEW_LIMIT_S { Ok(()) } else { Err(apart) }
}

/// The key that the agreement names for a party's node.
pub(crate) fn node_key_of(
    agreement: &InForce,
    agency: &AgencyId,
) -> Result<VerifierKey, NoAgreement> {
    let party = agreement.agreement().document().party(agency);
    party.map(|party| party.node_key.clone()).ok_or_else(not_a_party)
}

/// The key that the agreement names for a party's ledger.
pub(super) fn ledger_key_of(
    agreement: &InForce,
    agency: &AgencyId,
) -> Result<VerifierKey, NoAgreement> {
    let party = agreement.agreement().document().party(agency);
    party.map(|party| party.ledger_key.clone()).ok_or_else(not_a_party)
}

fn not_a_party() -> NoAgreement {
    NoAgreement("that agency is not a party of the agreement".to_owned())
}
