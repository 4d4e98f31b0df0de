//! Files of register entries, as councils bring them.
#![no_main]

use kinfold_service::{
    pooled_view::SealedDeskTerms,
    register::{ExtractTerms, read_import},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if read_import(text).is_err() {
        return;
    }
    // Each row of an extract is an entry or work for somebody.
    let extract = terms().read(text, jiff::Timestamp::UNIX_EPOCH).expect("a whole file");
    let refused = extract.rejected.iter().filter(|row| !row.loaded).count();
    assert_eq!(extract.entries.len() + refused, extract.report.rows.len());
    // A part of a whole file is never a whole file, wherever it was cut.
    let longest = text.trim_end().len();
    for cut in (0..longest).filter(|cut| text.is_char_boundary(*cut)).take(4_000) {
        assert!(read_import(&text[..cut]).is_err(), "a part of a file was taken for a whole one");
    }
});

fn terms() -> ExtractTerms {
    let telephone: kinfold_domain::Telephone = "01632 960001".parse().expect("a telephone");
    ExtractTerms {
        source: "case-system".to_owned(),
        phones: kinfold_domain::RegisterPhones {
            office: telephone.clone(),
            emergency_duty_team: telephone.clone(),
        },
        sealed_desk: SealedDeskTerms { desk: "Desk".to_owned(), telephone, reference_key: [1; 32] },
        reference_key: [2; 32],
    }
}
