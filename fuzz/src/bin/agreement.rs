//! Agreement files, before anyone has looked at their signatures.
#![no_main]

use kinfold_agreement::{Document, Draft, Endpoint};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(draft) = Draft::parse(bytes) {
        let _ = draft.approvals();
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = Document::parse(text);
        let _ = text.parse::<Endpoint>();
    }
});
