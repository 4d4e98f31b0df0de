//! Partners' messages, judged before anything else happens: who, under which agreement, when.

use std::sync::Arc;

use jiff::Timestamp;
use kinfold_agreement::InForce;
use kinfold_domain::AgencyId;
use kinfold_note::VerifierKey;
use serde::de::DeserializeOwned;

use super::{Agreements, NoAgreement};
use crate::{
    exchange::{MessageKind, PlaceError, SealError, open},
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

impl Agreements {
    /// Opens a message of this partner under the agreement in force.
    pub(crate) fn open<T: DeserializeOwned>(
        &self,
        peer: &AgencyId,
        kind: MessageKind,
        note: &[u8],
        now: Timestamp,
    ) -> Result<(Arc<InForce>, T), RefusedPeer> {
        let agreement = self.in_force(now)?;
        let key = self.node_key_of(&agreement, peer)?;
        let message = open(kind, note, &key)?;
        Ok((agreement, message))
    }

    /// Both must hold the same agreement.
    pub(crate) fn same_agreement(&self, held: &InForce, named: &str) -> Result<(), RefusedPeer> {
        if held.agreement().digest().to_string() == named {
            Ok(())
        } else {
            Err(RefusedPeer::OtherAgreement)
        }
    }

    /// The message must be fresh by this node's clock.
    pub(crate) fn in_time(&self, sent_at: Timestamp, now: Timestamp) -> Result<(), RefusedPeer> {
        let apart = (now.as_second() - sent_at.as_second()).abs();
        if apart <= SKEW_LIMIT_S { Ok(()) } else { Err(RefusedPeer::Clock(apart)) }
    }

    /// The key that the agreement names for a party's node.
    pub(crate) fn node_key_of(
        &self,
        agreement: &InForce,
        agency: &AgencyId,
    ) -> Result<VerifierKey, NoAgreement> {
        agreement
            .agreement()
            .document()
            .party(agency)
            .map(|party| party.node_key.clone())
            .ok_or_else(not_a_party)
    }

    /// The key that the agreement names for a party's ledger.
    pub(crate) fn ledger_key_of(
        &self,
        agreement: &InForce,
        agency: &AgencyId,
    ) -> Result<VerifierKey, NoAgreement> {
        agreement
            .agreement()
            .document()
            .party(agency)
            .map(|party| party.ledger_key.clone())
            .ok_or_else(not_a_party)
    }
}

fn not_a_party() -> NoAgreement {
    NoAgreement("that agency is not a party of the agreement".to_owned())
}
