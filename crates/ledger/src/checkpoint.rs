//! Checkpoints: the size and root of the tree under the log's signature (<https://c2sp.org/tlog-checkpoint>).

use std::fmt;
use std::str::FromStr;

use kinfold_note::{Note, NoteError, SigningKey, VerifierKey, VerifyError};

use crate::tree::Hash;

/// Why a text is not a checkpoint, or not this log's.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum CheckpointError {
    /// The text is not origin, size, root and extension lines.
    #[error("the text is not a checkpoint")]
    Malformed,
    /// It is not a note at all.
    #[error("the checkpoint is not a signed note")]
    Note(#[source] NoteError),
    /// The signature of the log is missing or wrong.
    #[error("the checkpoint is not signed by the log")]
    Signature(#[source] VerifyError),
    /// It is another log's.
    #[error("the checkpoint is another log's")]
    Origin,
}

/// What a checkpoint says: origin, tree size, root, and opaque extension lines.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Checkpoint {
    origin: String,
    size: u64,
    root: Hash,
    extensions: Vec<String>,
}

impl Checkpoint {
    /// A checkpoint without extension lines, which the specification advises against.
    pub fn new(origin: &str, size: u64, root: Hash) -> Result<Self, CheckpointError> {
        if origin.is_empty() || origin.contains('\n') {
            return Err(CheckpointError::Malformed);
        }
        Ok(Self { origin: origin.to_owned(), size, root, extensions: Vec::new() })
    }

    /// The log's unique name.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root over them.
    pub fn root(&self) -> &Hash {
        &self.root
    }

    /// Further lines, without meaning here.
    pub fn extensions(&self) -> &[String] {
        &self.extensions
    }
}

impl FromStr for Checkpoint {
    type Err = CheckpointError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.strip_suffix('\n').ok_or(CheckpointError::Malformed)?;
        let mut lines = text.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next())
        else {
            return Err(CheckpointError::Malformed);
        };
        let size = parse_decimal(size).ok_or(CheckpointError::Malformed)?;
        let root = root.parse().map_err(|_| CheckpointError::Malformed)?;
        let extensions: Vec<_> = lines.map(str::to_owned).collect();
        if extensions.iter().any(String::is_empty) {
            return Err(CheckpointError::Malformed);
        }
        Ok(Self { extensions, ..Self::new(origin, size, root)? })
    }
}

impl fmt::Display for Checkpoint {
    /// The note text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, self.root)?;
        self.extensions.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

/// A checkpoint whose log signature has been made or verified here, with its note.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: Note,
}

impl SignedCheckpoint {
    /// Reads a note and verifies that one of the log's keys signed it; the origin must be the name
    /// of that key.
    pub fn verify(note: &[u8], log_keys: &[VerifierKey]) -> Result<Self, CheckpointError> {
        Self::of_note(Note::parse(note).map_err(CheckpointError::Note)?, log_keys)
    }

    /// Verifies a parsed note, as [`SignedCheckpoint::verify`] does.
    pub fn of_note(note: Note, log_keys: &[VerifierKey]) -> Result<Self, CheckpointError> {
        let checkpoint: Checkpoint = note.text().parse()?;
        let verified = note.verify(log_keys).map_err(CheckpointError::Signature)?;
        if !verified.signers().iter().any(|key| key.name().as_str() == checkpoint.origin) {
            return Err(CheckpointError::Origin);
        }
        Ok(Self { checkpoint, note })
    }

    pub(crate) fn sign(size: u64, root: Hash, key: &SigningKey) -> Result<Self, CheckpointError> {
        let checkpoint = Checkpoint::new(key.name().as_str(), size, root)?;
        let mut note = Note::new(&checkpoint.to_string()).map_err(CheckpointError::Note)?;
        note.add_signature(key).map_err(CheckpointError::Note)?;
        Ok(Self { checkpoint, note })
    }

    /// The number of leaves.
    pub fn size(&self) -> u64 {
        self.checkpoint.size
    }

    /// The root over them.
    pub fn root(&self) -> &Hash {
        &self.checkpoint.root
    }

    /// What it says.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The signed note; its `Display` is the form that travels.
    pub fn note(&self) -> &Note {
        &self.note
    }
}

/// A decimal without leading zeroes or sign.
pub(crate) fn parse_decimal(text: &str) -> Option<u64> {
    let canonical = text == "0" || !text.starts_with('0');
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    (canonical && digits).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPEC: &str =
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

    fn key(name: &str) -> SigningKey {
        SigningKey::from_seed(name.parse().unwrap(), &[7; 32]).unwrap()
    }

    #[test]
    fn the_specification_s_example_reads_and_writes() {
        let checkpoint: Checkpoint = SPEC.parse().unwrap();
        assert_eq!(
            (checkpoint.origin(), checkpoint.size()),
            ("example.com/behind-the-sofa", 20_852_163)
        );
        assert_eq!(checkpoint.to_string(), SPEC);
        let extended = format!("{SPEC}one\ntwo\n");
        assert_eq!(extended.parse::<Checkpoint>().unwrap().to_string(), extended);
    }

    #[test]
    fn malformed_checkpoints_are_refused() {
        let root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
        for text in [
            String::new(),
            format!("a\n1\n{root}"),
            format!("\n1\n{root}\n"),
            format!("a\n01\n{root}\n"),
            format!("a\n+1\n{root}\n"),
            format!("a\n\n{root}\n"),
            format!("a\n18446744073709551616\n{root}\n"),
            format!("a\n1\n{root}\n\nx\n"),
            "a\n1\nCsUYag==\n".to_owned(),
        ] {
            assert_eq!(text.parse::<Checkpoint>(), Err(CheckpointError::Malformed), "{text:?}");
        }
    }

    #[test]
    fn only_the_log_s_own_signature_under_its_own_origin_counts() {
        let (ours, theirs) = (key("council.example/ledger"), key("trust.example/ledger"));
        let known = [ours.verifier().clone(), theirs.verifier().clone()];
        let signed = SignedCheckpoint::sign(0, Hash::of_nothing(), &ours).unwrap();
        let note = signed.note().to_string();
        assert_eq!(SignedCheckpoint::verify(note.as_bytes(), &known[..1]).unwrap(), signed);
        assert!(matches!(
            SignedCheckpoint::verify(note.as_bytes(), &known[1..]),
            Err(CheckpointError::Signature(VerifyError::Unsigned))
        ));
        let foreign = kinfold_note::sign(signed.note().text(), &[&theirs]).unwrap();
        let refused = SignedCheckpoint::verify(foreign.as_bytes(), &known);
        assert_eq!(refused, Err(CheckpointError::Origin));
    }
}
