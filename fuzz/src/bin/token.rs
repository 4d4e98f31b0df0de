//! What signs people in: codes, PINs, enrolment addresses, stored PIN hashes.
#![no_main]

use kinfold_token::{Code, OtpauthUri, Pin, PinHash};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = text.parse::<Code>();
    let _ = text.parse::<Pin>();
    let _ = text.parse::<PinHash>();
    let _ = text.parse::<OtpauthUri>();
});
