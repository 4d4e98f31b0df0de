//! From draft to signed: who has signed these very bytes, and whether that is enough.

use std::{fmt, sync::Arc};

use jiff::Timestamp;
use kinfold_domain::AgencyId;
use kinfold_note::{Note, NoteError, SigningKey, VerifierKey, VerifyError};

use crate::{
    Agreement, AgreementError, Approver, Document, InForce, Revocation, RevocationError,
    document::MAX_TEXT,
};

/// Room for the text and its signature lines.
const MAX_BYTES: usize = MAX_TEXT + (64 << 10);

/// Who signed, for whom.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Approval {
    /// The party.
    pub agency: AgencyId,
    /// Its approver.
    pub approver: Approver,
}

/// An agreement that perhaps not everybody has signed as yet. Its `Display` is the file.
#[derive(Clone, Debug)]
pub struct Draft {
    agreement: Arc<Agreement>,
    note: Note,
    approvals: Vec<Approval>,
}

impl Draft {
    /// Reads a file: the bare text, or the text with signatures. One wrong signature of an approver spoils the file
    /// ([`AgreementError::Altered`]); signatures of keys that the agreement does not name count for nothing.
    pub fn parse(bytes: &[u8]) -> Result<Self, AgreementError> {
        let Paper { note, document, approvals } = Paper::read(bytes)?;
        let agreement = Arc::new(Agreement::of(document, note.text())?);
        Ok(Self { agreement, note, approvals })
    }

    /// What it says.
    pub fn agreement(&self) -> &Agreement {
        &self.agreement
    }

    /// Who has signed so far, in the order of the parties.
    pub fn approvals(&self) -> &[Approval] {
        &self.approvals
    }

    /// The names of the parties for which nobody has signed yet.
    pub fn missing(&self) -> Vec<String> {
        missing(self.agreement.document(), &self.approvals)
    }

    /// Adds an approver's signature. Refused when the key is no approver's.
    pub fn sign(&mut self, approver: &SigningKey) -> Result<(), AgreementError> {
        let key = approver.verifier();
        let document = self.agreement.document();
        if !approvers(document).any(|(_, approver)| approver.key == *key) {
            return Err(AgreementError::NotAnApprover { key: key.name().clone() });
        }
        self.note.add_signature(approver).map_err(AgreementError::Note)?;
        self.approvals = approvals(&self.note, document)?;
        Ok(())
    }

    /// Whether at least one approver of every party has signed these bytes.
    pub fn signed(self) -> Result<SignedAgreement, AgreementError> {
        all_signed(self.agreement.document(), &self.approvals)?;
        Ok(SignedAgreement {
            agreement: self.agreement,
            approvals: self.approvals,
            revocation: None,
        })
    }
}

impl fmt::Display for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.note.signatures().is_empty() {
            f.write_str(self.note.text())
        } else {
            self.note.fmt(f)
        }
    }
}

/// An agreement that an approver of every party has signed.
#[derive(Clone, Debug)]
pub struct SignedAgreement {
    agreement: Arc<Agreement>,
    approvals: Vec<Approval>,
    revocation: Option<Revocation>,
}

impl SignedAgreement {
    /// What it says.
    pub fn agreement(&self) -> &Agreement {
        &self.agreement
    }

    /// Who signed it: every party at least once.
    pub fn approvals(&self) -> &[Approval] {
        &self.approvals
    }

    /// Takes note of a revocation; it can then no longer be activated.
    pub fn with_revocation(mut self, revocation: Revocation) -> Result<Self, RevocationError> {
        if revocation.digest() != self.agreement.digest() {
            return Err(RevocationError::AnotherAgreement);
        }
        self.revocation.get_or_insert(revocation);
        Ok(self)
    }

    /// Whether it is within its term.
    pub fn in_term(&self, now: Timestamp) -> Result<(), AgreementError> {
        within_term(self.agreement.document(), now)
    }

    /// Makes it the agreement under which this node decides. Its term is looked at with every decision, so one that begins
    /// later can be activated today.
    pub fn activate(self, own: &Own<'_>) -> Result<InForce, AgreementError> {
        let agency = || own.agency.clone();
        let document = self.agreement.document();
        let party = document
            .party(own.agency)
            .ok_or_else(|| AgreementError::NotAParty { agency: agency() })?;
        if party.node_key != *own.node_key {
            return Err(AgreementError::AnotherNode {
                agency: agency(),
                named: short(&party.node_key),
                own: short(own.node_key),
            });
        }
        let trusted = self.approvals.iter().any(|approval| {
            approval.agency == *own.agency && own.trust.includes(&approval.approver.key)
        });
        if !trusted {
            return Err(AgreementError::UntrustedApprover { agency: agency() });
        }
        if let Some(revocation) = &self.revocation {
            let by = document.party(&revocation.by().agency);
            let by = by.map_or_else(String::new, |party| party.name.clone());
            return Err(AgreementError::Revoked { by, at: revocation.at() });
        }
        Ok(InForce::new(self.agreement, self.approvals, own.agency.clone()))
    }
}

/// The node that activates an agreement.
#[derive(Clone, Copy, Debug)]
pub struct Own<'a> {
    /// Its agency.
    pub agency: &'a AgencyId,
    /// Its node key.
    pub node_key: &'a VerifierKey,
    /// Whom it takes for its agency's approvers.
    pub trust: Trust<'a>,
}

/// Whom a node takes for its own agency's approvers. Without pinned keys whoever can replace the agreement's file on the
/// node could name an approver of their own.
#[derive(Clone, Copy, Debug)]
pub enum Trust<'a> {
    /// These keys, which the node's configuration holds.
    Pinned(&'a [VerifierKey]),
    /// Whomever the agreement names: for the person who compares the keys on the screen before activating.
    AsNamed,
}

impl Trust<'_> {
    fn includes(self, key: &VerifierKey) -> bool {
        match self {
            Self::Pinned(keys) => keys.contains(key),
            Self::AsNamed => true,
        }
    }
}

/// Adds an approver's signature to a file, bare or signed by others: the new file.
pub fn sign(bytes: &[u8], approver: &SigningKey) -> Result<String, AgreementError> {
    let mut draft = Draft::parse(bytes)?;
    draft.sign(approver)?;
    Ok(draft.to_string())
}

/// Whether a file is an agreement that every party's approver signed, within its term.
pub fn verify(bytes: &[u8], now: Timestamp) -> Result<SignedAgreement, AgreementError> {
    let Paper { note, document, approvals } = Paper::read(bytes)?;
    all_signed(&document, &approvals)?;
    within_term(&document, now)?;
    // Cedar last: it sees no clause that the named approvers have not signed.
    let agreement = Arc::new(Agreement::of(document, note.text())?);
    Ok(SignedAgreement { agreement, approvals, revocation: None })
}

/// A file whose clauses have not been read yet.
struct Paper {
    note: Note,
    document: Document,
    approvals: Vec<Approval>,
}

impl Paper {
    fn read(bytes: &[u8]) -> Result<Self, AgreementError> {
        let note = note_of(bytes).map_err(AgreementError::Note)?;
        let document = Document::parse(note.text())?;
        let approvals = approvals(&note, &document)?;
        Ok(Self { note, document, approvals })
    }
}

fn missing(document: &Document, approvals: &[Approval]) -> Vec<String> {
    let parties = document.parties().iter();
    parties
        .filter(|party| !approvals.iter().any(|by| by.agency == party.agency))
        .map(|party| party.name.clone())
        .collect()
}

fn all_signed(document: &Document, approvals: &[Approval]) -> Result<(), AgreementError> {
    let missing = missing(document, approvals);
    if missing.is_empty() { Ok(()) } else { Err(AgreementError::MissingSignature { missing }) }
}

fn within_term(document: &Document, now: Timestamp) -> Result<(), AgreementError> {
    let term = document.term();
    if now < term.from() {
        Err(AgreementError::NotYetValid { from: term.from() })
    } else if now >= term.until() {
        Err(AgreementError::Expired { until: term.until() })
    } else {
        Ok(())
    }
}

/// All approvers with the agency for which each signs.
pub(crate) fn approvers(document: &Document) -> impl Iterator<Item = (&AgencyId, &Approver)> {
    document
        .parties()
        .iter()
        .flat_map(|party| party.approvers.iter().map(move |approver| (&party.agency, approver)))
}

/// Whose signatures under the note are good; [`AgreementError::Altered`] when one is not.
fn approvals(note: &Note, document: &Document) -> Result<Vec<Approval>, AgreementError> {
    let known: Vec<VerifierKey> = approvers(document).map(|(_, by)| by.key.clone()).collect();
    match note.verify(&known) {
        Ok(verified) => Ok(approvers(document)
            .filter(|(_, approver)| verified.is_signed_by(&approver.key))
            .map(|(agency, by)| Approval { agency: agency.clone(), approver: by.clone() })
            .collect()),
        Err(VerifyError::Unsigned) => Ok(Vec::new()),
        Err(VerifyError::Forged(signer) | VerifyError::Ambiguous(signer)) => {
            Err(AgreementError::Altered { signer })
        }
    }
}

/// A bare text becomes a note without signatures.
fn note_of(bytes: &[u8]) -> Result<Note, NoteError> {
    if bytes.len() > MAX_BYTES {
        return Err(NoteError::TooLong);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| NoteError::Characters)?;
    if text.contains("\n\n\u{2014} ") { Note::parse(bytes) } else { Note::new(text) }
}

/// A key's name and hash: enough to tell two keys apart on a screen.
fn short(key: &VerifierKey) -> String {
    format!("{}+{:08x}", key.name(), key.key_id())
}

#[cfg(test)]
#[path = "life_tests.rs"]
mod tests;
