//! Signed notes: text with the signatures of named keys beneath it (<https://c2sp.org/signed-note>).
//!
//! Everything that Kinfold signs is such a note, so that one format, and tools that Kinfold did not
//! write, verify all of it. Only Ed25519 (signature type `0x01`) is signed and verified here; lines
//! of other types are kept as they are and ignored, as the specification asks.
//!
//! Architecture invariant: this crate does no I/O, takes randomness only as an argument, has no
//! clock, and knows nothing of what a note's text means.

mod key;
mod name;
mod note;

pub use key::{KeyError, SigningKey, VerifierKey};
pub use name::KeyName;
pub use note::{
    MAX_SIGNATURES, MAX_TEXT_BYTES, Note, NoteError, Signature, Verified, VerifyError, sign,
};
