//! Places in a ledger, proved to the partner: verified against the ledger key that the agreement names.

use kinfold_ledger::{Commitment, TlogProof};
use kinfold_note::VerifierKey;
use serde::{Deserialize, Serialize};

use crate::{permit::ProvenIntent, records::ProvenPlace};

/// A place in the sender's ledger: a C2SP `tlog-proof` whose extra data is the entry's salted commitment, so that the partner learns
/// nothing of the body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Place(pub String);

/// A proof of a place in a ledger is not right.
#[derive(Debug, Clone, Copy, Eq, PartialEq, thiserror::Error)]
#[error("the proof that it was recorded is not right")]
pub struct PlaceError;

impl Place {
    /// Verifies that the entry stands in the ledger with this key.
    pub(crate) fn verify(&self, ledger: &VerifierKey) -> Result<ProvenPlace, PlaceError> {
        let proof: TlogProof = self.0.parse().map_err(|_| PlaceError)?;
        let extra = proof.extra().ok_or(PlaceError)?;
        let commitment = Commitment::new(extra.try_into().map_err(|_| PlaceError)?);
        let checkpoint =
            proof.verify(&commitment, std::slice::from_ref(ledger)).map_err(|_| PlaceError)?;
        Ok(ProvenPlace {
            index: proof.index(),
            size: checkpoint.size(),
            root: hex::encode(checkpoint.root().as_bytes()),
        })
    }

    /// Verifies a requester's intent.
    pub(crate) fn verify_intent(&self, ledger: &VerifierKey) -> Result<ProvenIntent, PlaceError> {
        self.verify(ledger).map(ProvenIntent)
    }
}
