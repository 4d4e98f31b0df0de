//! Agreement files, before anyone has looked at their signatures.
#![no_main]

use kinfold_agreement::{Document, Draft, Endpoint, Revocation, verify};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let now = "2026-06-01T12:00:00Z".parse().expect("a time");
    let signed = verify(bytes, now);
    if let Ok(draft) = Draft::parse(bytes) {
        let again =
            Draft::parse(draft.to_string().as_bytes()).expect("what was written can be read");
        assert_eq!(again.agreement().digest(), draft.agreement().digest());
        assert_eq!(again.approvals(), draft.approvals());
        assert!(signed.is_err() || draft.missing().is_empty(), "somebody has not signed");
        assert!(
            Revocation::verify(bytes, draft.agreement()).is_err(),
            "an agreement is no revocation"
        );
    } else {
        assert!(signed.is_err(), "signed, and can't be read");
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = Document::parse(text);
        let _ = text.parse::<Endpoint>();
    }
});
