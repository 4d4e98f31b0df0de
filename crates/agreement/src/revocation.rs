//! Ending an agreement before its term: any one party's approver can.

use jiff::Timestamp;
use kinfold_note::{Note, SigningKey, VerifierKey, VerifyError};
use serde::{Deserialize, Serialize};

use crate::{
    Agreement, AgreementDigest, AgreementId, Approval, RevocationError,
    document::{READING, is_unseen, wording},
    life::approvers,
};

/// The first line of every revocation.
pub const REVOCATION_HEADER: &str = "kinfold/revocation/v1\n";
const MAX_BYTES: usize = 32 << 10;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RevocationToml {
    agreement: AgreementId,
    digest: AgreementDigest,
    at: Timestamp,
    reason: String,
}

/// A revocation that an approver of a party signed. It names one version of one agreement by its digest.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Revocation {
    digest: AgreementDigest,
    at: Timestamp,
    reason: String,
    by: Approval,
}

impl Revocation {
    /// Whether these bytes revoke that agreement.
    pub fn verify(bytes: &[u8], agreement: &Agreement) -> Result<Self, RevocationError> {
        if bytes.len() > MAX_BYTES {
            return Err(RevocationError::Malformed);
        }
        let note = Note::parse(bytes).map_err(|_| RevocationError::Malformed)?;
        let body = note.text().strip_prefix(REVOCATION_HEADER).ok_or(RevocationError::Malformed)?;
        let toml: RevocationToml = toml::from_str(body).map_err(|_| RevocationError::Malformed)?;
        check_reason(&toml.reason)?;
        if toml.digest != agreement.digest() || toml.agreement != agreement.reference().id {
            return Err(RevocationError::AnotherAgreement);
        }
        let by = signer(&note, agreement)?;
        Ok(Self { digest: toml.digest, at: toml.at, reason: toml.reason, by })
    }

    /// Of which text.
    pub const fn digest(&self) -> AgreementDigest {
        self.digest
    }

    /// When it was made, as it says. It counts from the moment that a node learns of it.
    pub const fn at(&self) -> Timestamp {
        self.at
    }

    /// Why.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// Who revoked it, for whom.
    pub const fn by(&self) -> &Approval {
        &self.by
    }
}

/// Makes a revocation: the signed file.
pub fn revoke(
    agreement: &Agreement,
    reason: &str,
    at: Timestamp,
    approver: &SigningKey,
) -> Result<String, RevocationError> {
    check_reason(reason)?;
    let toml = RevocationToml {
        agreement: agreement.reference().id.clone(),
        digest: agreement.digest(),
        at,
        reason: reason.to_owned(),
    };
    let body = toml::to_string(&toml).map_err(|_| RevocationError::Reason)?;
    let mut note =
        Note::new(&format!("{REVOCATION_HEADER}{body}")).map_err(|_| RevocationError::Reason)?;
    note.add_signature(approver).map_err(|_| RevocationError::Malformed)?;
    signer(&note, agreement)?;
    Ok(note.to_string())
}

fn check_reason(reason: &str) -> Result<(), RevocationError> {
    let good = wording("a reason", reason, READING).is_ok() && !reason.chars().any(is_unseen);
    if good { Ok(()) } else { Err(RevocationError::Reason) }
}

fn signer(note: &Note, agreement: &Agreement) -> Result<Approval, RevocationError> {
    let known: Vec<VerifierKey> =
        approvers(agreement.document()).map(|(_, by)| by.key.clone()).collect();
    let verified = note.verify(&known).map_err(|error| match error {
        VerifyError::Unsigned => RevocationError::NotAnApprover,
        VerifyError::Forged(signer) | VerifyError::Ambiguous(signer) => {
            RevocationError::Altered { signer }
        }
    })?;
    approvers(agreement.document())
        .find(|(_, approver)| verified.is_signed_by(&approver.key))
        .map(|(agency, by)| Approval { agency: agency.clone(), approver: by.clone() })
        .ok_or(RevocationError::NotAnApprover)
}

#[cfg(test)]
#[path = "revocation_tests.rs"]
mod tests;
