//! Proofs that an entry is in the log, verifiable without the log (<https://c2sp.org/tlog-proof>).

use std::fmt;
use std::str::FromStr;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use kinfold_note::{Note, VerifierKey};

use crate::checkpoint::{CheckpointError, SignedCheckpoint, parse_decimal};
use crate::entry::Commitment;
use crate::tree::{Hash, is_included};

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";
/// A tree of 2^63 leaves needs 63 hashes.
const MAX_HASHES: usize = 63;
const MAX_EXTRA_BYTES: usize = 64 << 10;

/// Why a proof proves nothing.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ProofError {
    /// The text is not a `tlog-proof`.
    #[error("the text is not a tlog-proof")]
    Malformed,
    /// The checkpoint in it is not the log's.
    #[error("the proof's checkpoint is not the log's")]
    Checkpoint(#[source] CheckpointError),
    /// The hashes do not lead from the leaf to the checkpoint's root.
    #[error("the proof does not lead from the entry to the checkpoint")]
    Path,
}

/// An inclusion proof with its checkpoint. Its text is the `.tlog-proof` file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TlogProof {
    extra: Option<Vec<u8>>,
    index: u64,
    hashes: Vec<Hash>,
    checkpoint: Note,
}

impl TlogProof {
    pub(crate) fn new(index: u64, hashes: Vec<Hash>, checkpoint: Note) -> Self {
        Self { extra: None, index, hashes, checkpoint }
    }

    /// The same proof with opaque data beside it, at most 64 KiB, which nothing authenticates.
    pub fn with_extra(self, extra: Vec<u8>) -> Result<Self, ProofError> {
        if extra.is_empty() || extra.len() > MAX_EXTRA_BYTES {
            return Err(ProofError::Malformed);
        }
        Ok(Self { extra: Some(extra), ..self })
    }

    /// The same proof with another note of the same text, one that witnesses have cosigned.
    pub fn with_checkpoint(self, checkpoint: Note) -> Result<Self, ProofError> {
        if checkpoint.text() != self.checkpoint.text() {
            return Err(ProofError::Malformed);
        }
        Ok(Self { checkpoint, ..self })
    }

    /// The unauthenticated data beside the proof.
    pub fn extra(&self) -> Option<&[u8]> {
        self.extra.as_deref()
    }

    /// The entry's index.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// The hashes from the leaf's sibling up.
    pub fn hashes(&self) -> &[Hash] {
        &self.hashes
    }

    /// The checkpoint's note, not verified; [`TlogProof::verify`] gives the verified one.
    pub fn checkpoint(&self) -> &Note {
        &self.checkpoint
    }

    /// Proves that the entry with this commitment stands at [`TlogProof::index`] in the log whose
    /// keys these are; gives the checkpoint.
    pub fn verify(
        &self,
        commitment: &Commitment,
        log_keys: &[VerifierKey],
    ) -> Result<SignedCheckpoint, ProofError> {
        self.verify_leaf(commitment.leaf_hash(), log_keys)
    }

    /// As [`TlogProof::verify`], for the log of any application.
    pub fn verify_leaf(
        &self,
        leaf: Hash,
        log_keys: &[VerifierKey],
    ) -> Result<SignedCheckpoint, ProofError> {
        let signed = SignedCheckpoint::of_note(self.checkpoint.clone(), log_keys)
            .map_err(ProofError::Checkpoint)?;
        if is_included(leaf, self.index, signed.size(), &self.hashes, signed.root()) {
            Ok(signed)
        } else {
            Err(ProofError::Path)
        }
    }
}

impl fmt::Display for TlogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{FIRST_LINE}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", BASE64_STANDARD.encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.hashes.iter().try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

impl FromStr for TlogProof {
    type Err = ProofError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (head, checkpoint) = text.split_once("\n\n").ok_or(ProofError::Malformed)?;
        let mut lines = head.split('\n');
        if lines.next() != Some(FIRST_LINE) {
            return Err(ProofError::Malformed);
        }
        let mut line = lines.next().ok_or(ProofError::Malformed)?;
        let mut extra = None;
        if let Some(encoded) = line.strip_prefix("extra ") {
            extra = Some(parse_extra(encoded)?);
            line = lines.next().ok_or(ProofError::Malformed)?;
        }
        let index = line.strip_prefix("index ").and_then(parse_decimal);
        let index = index.ok_or(ProofError::Malformed)?;
        let hashes: Vec<Hash> = lines
            .take(MAX_HASHES + 1)
            .map(|line| line.parse().map_err(|_| ProofError::Malformed))
            .collect::<Result<_, _>>()?;
        if hashes.len() > MAX_HASHES {
            return Err(ProofError::Malformed);
        }
        let checkpoint = Note::parse(checkpoint.as_bytes()).map_err(|_| ProofError::Malformed)?;
        Ok(Self { extra, index, hashes, checkpoint })
    }
}

fn parse_extra(encoded: &str) -> Result<Vec<u8>, ProofError> {
    if encoded.len() > MAX_EXTRA_BYTES * 2 {
        return Err(ProofError::Malformed);
    }
    BASE64_STANDARD.decode(encoded).map_err(|_| ProofError::Malformed)
}
