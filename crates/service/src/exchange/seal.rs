//! Messages as signed notes: a first line that says what it is, one line of JSON, the node's signature.

use std::io;

use kinfold_note::{MAX_TEXT_BYTES, Note, SigningKey, VerifierKey};
use serde::{Serialize, de::DeserializeOwned};

/// The most bytes of JSON that an answer may tell: the proof of its place and the message around it need less than the rest of a note.
pub(crate) const ANSWER_BYTES: usize = MAX_TEXT_BYTES - (64 << 10);

/// What a message is: its note's first line, so that no message can be taken for another.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum MessageKind {
    /// Facts about a child, asked.
    Ask,
    /// Facts about a child, answered.
    Answer,
    /// The register's changes, asked.
    Register,
    /// The register's changes, answered.
    RegisterPage,
    /// The register's head.
    RegisterHead,
    /// Looks at the replica, told.
    Notices,
    /// Looks at the replica, acknowledged.
    NoticesAnswer,
    /// Who looked, asked.
    Who,
    /// Who looked, answered.
    WhoAnswer,
    /// A child's history, asked.
    History,
    /// A child's history, answered.
    HistoryAnswer,
}

impl MessageKind {
    const fn first_line(self) -> &'static str {
        match self {
            Self::Ask => "kinfold/ask/v1",
            Self::Answer => "kinfold/answer/v1",
            Self::Register => "kinfold/register/v1",
            Self::RegisterPage => "kinfold/register-page/v1",
            Self::RegisterHead => "kinfold/register-head/v1",
            Self::Notices => "kinfold/notices/v1",
            Self::NoticesAnswer => "kinfold/notices-answer/v1",
            Self::Who => "kinfold/who/v1",
            Self::WhoAnswer => "kinfold/who-answer/v1",
            Self::History => "kinfold/history/v1",
            Self::HistoryAnswer => "kinfold/history-answer/v1",
        }
    }

    /// Its name, as the ledger names it: `register`, `notices`.
    pub(crate) fn word(self) -> &'static str {
        self.first_line().split('/').nth(1).unwrap_or_default()
    }
}

/// Why a message can't be sealed or trusted. Carries nothing of the message.
#[derive(Debug, Clone, Copy, Eq, PartialEq, thiserror::Error)]
pub enum SealError {
    /// Too large, or not a note.
    #[error("it is no signed note, or too large for one")]
    NotANote,
    /// Signed by nobody, by somebody else, or altered.
    #[error("its signature is not the one that the agreement names")]
    Signature,
    /// Another kind of message, or of another version.
    #[error("it is another kind or version of message")]
    Kind,
    /// Its JSON is not what this kind of message says.
    #[error("its content can't be read")]
    Content,
}

/// Writes and signs a message.
pub fn seal<T: Serialize>(
    kind: MessageKind,
    message: &T,
    key: &SigningKey,
) -> Result<String, SealError> {
    let json = serde_json::to_string(message).map_err(|_| SealError::Content)?;
    let text = format!("{}\n{json}\n", kind.first_line());
    kinfold_note::sign(&text, &[key]).map_err(|_| SealError::NotANote)
}

/// The bytes of JSON that something takes in a message.
pub(crate) fn bytes_of<T: Serialize>(content: &T) -> usize {
    let mut counted = Counted(0);
    serde_json::to_writer(&mut counted, content).map_or(usize::MAX, |()| counted.0)
}

/// Counts the bytes that are written to it.
struct Counted(usize);

impl io::Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Verifies and reads a message: signature first, then kind, then content.
pub fn open<T: DeserializeOwned>(
    kind: MessageKind,
    bytes: &[u8],
    key: &VerifierKey,
) -> Result<T, SealError> {
    let note = Note::parse(bytes).map_err(|_| SealError::NotANote)?;
    note.verify(std::slice::from_ref(key)).map_err(|_| SealError::Signature)?;
    let (first, json) = note.text().split_once('\n').ok_or(SealError::Kind)?;
    if first != kind.first_line() {
        return Err(SealError::Kind);
    }
    serde_json::from_str(json).map_err(|_| SealError::Content)
}

#[cfg(test)]
mod tests {
    use kinfold_note::KeyName;

    use super::*;

    fn key(name: &str, byte: u8) -> SigningKey {
        SigningKey::from_seed(name.parse::<KeyName>().unwrap(), &[byte; 32]).unwrap()
    }

    #[test]
    fn a_message_reads_back_only_under_its_signer_and_its_kind() {
        let (council, trust) = (key("node.council.example", 1), key("node.trust.example", 2));
        let note = seal(MessageKind::Ask, &vec!["a\nb", "ß"], &council).unwrap();
        let read = |kind, key: &SigningKey| -> Result<Vec<String>, SealError> {
            open(kind, note.as_bytes(), key.verifier())
        };
        assert_eq!(read(MessageKind::Ask, &council).unwrap(), ["a\nb", "ß"]);
        assert_eq!(read(MessageKind::Who, &council), Err(SealError::Kind));
        assert_eq!(read(MessageKind::Ask, &trust), Err(SealError::Signature));
    }

    #[test]
    fn every_flipped_byte_of_a_message_is_caught() {
        let council = key("node.council.example", 1);
        let note = seal(MessageKind::Ask, &[1, 2, 3], &council).unwrap();
        for place in 0..note.len() {
            let mut bytes = note.clone().into_bytes();
            bytes[place] ^= 1;
            let read: Result<Vec<u8>, _> = open(MessageKind::Ask, &bytes, council.verifier());
            assert!(read.is_err(), "byte {place}");
        }
    }
}
