//! What signs people in: codes, PINs, enrolment addresses, stored PIN hashes.
#![no_main]

use kinfold_token::{Code, OtpauthUri, Pin, PinHash};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = text.parse::<Code>();
    let _ = text.parse::<Pin>();
    let _ = text.parse::<PinHash>();
    if let Ok(uri) = text.parse::<OtpauthUri>() {
        let written = uri.expose().to_string();
        let again: OtpauthUri = written.parse().expect("what was written can be read");
        assert_eq!(again.expose().to_string(), written, "a token must survive being enrolled");
    }
});
