//! What people type and other systems send: numbers, names, dates, addresses.
#![no_main]

use kinfold_domain::{AgencyId, BirthDate, NhsNumber, PersonName, Postcode, Telephone, UserName};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(number) = text.parse::<NhsNumber>() {
        let again = number.expose().to_string().parse::<NhsNumber>();
        assert!(again.is_ok_and(|again| again == number), "a number must survive being written");
    }
    let _ = text.parse::<BirthDate>();
    let _ = text.parse::<Postcode>();
    let _ = text.parse::<Telephone>();
    let _ = text.parse::<AgencyId>();
    let _ = text.parse::<UserName>();
    let (family, given) = text.split_once('\n').unwrap_or((text, ""));
    let _ = PersonName::new(family, given);
});
