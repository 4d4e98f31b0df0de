//! What a browser sends: a form's bytes, what was typed about a child, a cookie's secret.
//!
//! The pages' own modules, without the web server around them, which would only slow the fuzzer's build.
#![no_main]

#[path = "../../../crates/http/src/web/clues.rs"]
#[allow(dead_code, reason = "the pages use all of it")]
mod clues;
#[path = "../../../crates/http/src/web/fields.rs"]
mod fields;

use jiff::civil::date;
use kinfold_service::sign_in::SessionSecret;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Some(secret) = std::str::from_utf8(bytes).ok().and_then(SessionSecret::parse) {
        assert_eq!(
            secret.expose().as_bytes(),
            bytes.to_ascii_lowercase(),
            "a secret has one value"
        );
    }
    let Ok(fields) = fields::Fields::parse(bytes) else { return };
    let mut problems = clues::Problems::default();
    let (subject, typed) = clues::read(&fields, date(2026, 6, 1), &mut problems);
    assert_eq!(problems.errors.is_empty(), problems.wrong.is_empty(), "each problem at its field");
    if problems.is_empty() {
        let named = subject.name.is_some();
        let further = subject.birth_date.is_some() || subject.postcode.is_some();
        assert!(subject.nhs_number.is_some() || named && further, "too little to search by");
        let asked = [&typed.nhs_number, &typed.postcode].map(|text| !text.is_empty());
        let understood = [subject.nhs_number.is_some(), subject.postcode.is_some()];
        assert_eq!(asked, understood, "what was typed was dropped");
    }
});
