//! Signed notes and the keys that they name.
#![no_main]

use kinfold_note::{Note, Signature, SigningKey, VerifierKey};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(note) = Note::parse(bytes) {
        assert_eq!(note.to_string().as_bytes(), bytes, "a note has one spelling");
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = text.parse::<Signature>();
        let _ = text.parse::<VerifierKey>();
        let _ = text.parse::<SigningKey>();
    }
});
