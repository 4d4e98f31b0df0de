//! Files of register entries, as councils bring them.
#![no_main]

use kinfold_service::register::read_import;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if read_import(text).is_err() {
        return;
    }
    // A part of a whole file is never a whole file, wherever it was cut.
    let longest = text.trim_end().len();
    for cut in (0..longest).filter(|cut| text.is_char_boundary(*cut)).take(4_000) {
        assert!(read_import(&text[..cut]).is_err(), "a part of a file was taken for a whole one");
    }
});
