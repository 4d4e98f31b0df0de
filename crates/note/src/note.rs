//! A note: its text, its signatures, and who of the known keys signed it.

use std::fmt;
use std::str::FromStr;

use base64::prelude::{BASE64_STANDARD, Engine as _};

use crate::{KeyName, SigningKey, VerifierKey};

/// The most bytes that a note's text may have.
pub const MAX_TEXT_BYTES: usize = 1 << 20;
/// The most signature lines that a note may have.
pub const MAX_SIGNATURES: usize = 64;
/// The most bytes of one signature line: a post-quantum signature has nearly 5 kB before base64.
const MAX_LINE_BYTES: usize = 16 << 10;
const DASH: &str = "\u{2014} ";

/// Why bytes are not a note, or a text cannot become one.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NoteError {
    /// More than [`MAX_TEXT_BYTES`] of text, or a signature line that is too long.
    #[error("the note is too long")]
    TooLong,
    /// More than [`MAX_SIGNATURES`].
    #[error("the note has too many signatures")]
    TooManySignatures,
    /// Not UTF-8, or a control character other than newline.
    #[error("the note contains bytes that no note may contain")]
    Characters,
    /// No text that ends in newline, blank line, signature lines.
    #[error("the note is not a text, a blank line and signature lines")]
    Malformed,
}

/// Why a note's signatures do not vouch for its text.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum VerifyError {
    /// None of the known keys signed.
    #[error("no known key signed the note")]
    Unsigned,
    /// A line claims a known key's name and id, but the signature is not that key's over this text.
    #[error("the signature of {0} is wrong")]
    Forged(KeyName),
    /// Two different known keys share a name and an id; remove one.
    #[error("two known keys are both called {0} and share an id")]
    Ambiguous(KeyName),
}

/// One signature line: `— name base64(key id || signature)`. Its type may be unknown to this crate.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Signature {
    name: KeyName,
    id: u32,
    bytes: Vec<u8>,
}

impl Signature {
    /// A signature of any type, for signers of other types than Ed25519. `None` when it is empty or
    /// longer than a line may be.
    pub fn new(name: KeyName, key_id: u32, bytes: Vec<u8>) -> Option<Self> {
        let fits = !bytes.is_empty() && bytes.len() + name.as_str().len() < MAX_LINE_BYTES / 2;
        fits.then_some(Self { name, id: key_id, bytes })
    }

    /// The name that the line claims.
    pub fn name(&self) -> &KeyName {
        &self.name
    }

    /// The key id that the line claims.
    pub fn key_id(&self) -> u32 {
        self.id
    }

    /// The signature itself, without the key id.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl FromStr for Signature {
    type Err = NoteError;

    /// Parses one line, without its newline.
    fn from_str(line: &str) -> Result<Self, Self::Err> {
        if line.len() > MAX_LINE_BYTES {
            return Err(NoteError::TooLong);
        }
        let (name, encoded) = line
            .strip_prefix(DASH)
            .and_then(|line| line.split_once(' '))
            .ok_or(NoteError::Malformed)?;
        let name = name.parse().map_err(|_| NoteError::Malformed)?;
        let bytes = BASE64_STANDARD.decode(encoded).map_err(|_| NoteError::Malformed)?;
        let (id, bytes) = bytes.split_first_chunk::<4>().ok_or(NoteError::Malformed)?;
        if bytes.is_empty() {
            return Err(NoteError::Malformed);
        }
        Ok(Self { name, id: u32::from_be_bytes(*id), bytes: bytes.to_vec() })
    }
}

impl fmt::Display for Signature {
    /// The line, without its newline.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&self.id.to_be_bytes(), self.bytes.as_slice()].concat();
        write!(f, "{DASH}{} {}", self.name, BASE64_STANDARD.encode(bytes))
    }
}

/// A text and its signatures. Parsing proves the form only: trust nothing before [`Note::verify`].
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Note {
    text: String,
    signatures: Vec<Signature>,
}

impl Note {
    /// A note without signatures as yet. The text must end in newline.
    pub fn new(text: &str) -> Result<Self, NoteError> {
        check_text(text)?;
        Ok(Self { text: text.to_owned(), signatures: Vec::new() })
    }

    /// Parses a signed note from bytes of any origin.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > MAX_TEXT_BYTES + 1 + MAX_SIGNATURES * MAX_LINE_BYTES {
            return Err(NoteError::TooLong);
        }
        let note = std::str::from_utf8(bytes).map_err(|_| NoteError::Characters)?;
        if note.bytes().any(|b| b < 0x20 && b != b'\n') {
            return Err(NoteError::Characters);
        }
        let blank = note.rfind("\n\n").ok_or(NoteError::Malformed)?;
        let (text, lines) = (&note[..=blank], &note[blank + 2..]);
        check_text(text)?;
        let lines = lines.strip_suffix('\n').ok_or(NoteError::Malformed)?;
        let mut signatures = Vec::new();
        for line in lines.split('\n') {
            if signatures.len() == MAX_SIGNATURES {
                return Err(NoteError::TooManySignatures);
            }
            signatures.push(line.parse()?);
        }
        Ok(Self { text: text.to_owned(), signatures })
    }

    /// The text, its last newline included.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signature lines, in order, of known and unknown types alike.
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    /// Signs the text. A line that the same key has left before is replaced.
    pub fn add_signature(&mut self, key: &SigningKey) -> Result<(), NoteError> {
        let verifier = key.verifier();
        self.attach(Signature {
            name: verifier.name().clone(),
            id: verifier.key_id(),
            bytes: key.sign_bytes(self.text.as_bytes()).to_vec(),
        })
    }

    /// Adds a line that was made elsewhere (a cosignature); one of the same name and id is replaced.
    pub fn attach(&mut self, signature: Signature) -> Result<(), NoteError> {
        self.signatures.retain(|old| (&old.name, old.id) != (&signature.name, signature.id));
        if self.signatures.len() == MAX_SIGNATURES {
            return Err(NoteError::TooManySignatures);
        }
        self.signatures.push(signature);
        Ok(())
    }

    /// Finds which of the `known` keys signed.
    ///
    /// Lines of unknown keys are ignored. One wrong line of a known key spoils the note, as in Go's
    /// `note.Open`, for its text may then be somebody else's.
    pub fn verify<'k>(&self, known: &'k [VerifierKey]) -> Result<Verified<'k>, VerifyError> {
        let mut signers: Vec<&VerifierKey> = Vec::new();
        for line in &self.signatures {
            let mut named =
                known.iter().filter(|key| key.name() == &line.name && key.key_id() == line.id);
            let Some(key) = named.next() else { continue };
            if named.any(|other| other != key) {
                return Err(VerifyError::Ambiguous(line.name.clone()));
            }
            if !key.accepts(&self.text, &line.bytes) {
                return Err(VerifyError::Forged(line.name.clone()));
            }
            if !signers.contains(&key) {
                signers.push(key);
            }
        }
        if signers.is_empty() { Err(VerifyError::Unsigned) } else { Ok(Verified { signers }) }
    }
}

impl fmt::Display for Note {
    /// The bytes that [`Note::parse`] reads. A note without signatures has no such form.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|signature| writeln!(f, "{signature}"))
    }
}

/// That at least one known key signed, and which ones did.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Verified<'k> {
    signers: Vec<&'k VerifierKey>,
}

impl<'k> Verified<'k> {
    /// The known keys that signed, each once, in the order of their lines. Never empty.
    pub fn signers(&self) -> &[&'k VerifierKey] {
        &self.signers
    }

    /// Whether this key is among them.
    pub fn is_signed_by(&self, key: &VerifierKey) -> bool {
        self.signers.contains(&key)
    }
}

/// Signs a text with all the keys: the whole note as text.
pub fn sign(text: &str, keys: &[&SigningKey]) -> Result<String, NoteError> {
    let mut note = Note::new(text)?;
    keys.iter().try_for_each(|key| note.add_signature(key))?;
    if note.signatures.is_empty() {
        return Err(NoteError::Malformed);
    }
    Ok(note.to_string())
}

fn check_text(text: &str) -> Result<(), NoteError> {
    if text.len() > MAX_TEXT_BYTES {
        return Err(NoteError::TooLong);
    }
    if text.bytes().any(|b| b < 0x20 && b != b'\n') {
        return Err(NoteError::Characters);
    }
    if text.ends_with('\n') { Ok(()) } else { Err(NoteError::Malformed) }
}

#[cfg(test)]
#[path = "note_tests.rs"]
mod tests;
