//! What people type and other systems send: numbers, names, dates, addresses.
#![no_main]

use kinfold_domain::{AgencyId, BirthDate, NhsNumber, PersonName, Postcode, Telephone, UserName};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(number) = text.parse::<NhsNumber>() {
        let again = number.expose().to_string().parse::<NhsNumber>();
        assert!(again.is_ok_and(|again| again == number), "a number must survive being written");
    }
    if let Ok(date) = text.parse::<BirthDate>() {
        assert_eq!(
            date.expose().to_string().parse(),
            Ok(date),
            "a date must survive being written"
        );
    }
    if let Ok(postcode) = text.parse::<Postcode>() {
        assert_eq!(postcode.expose().parse(), Ok(postcode.clone()), "a postcode has one spelling");
    }
    if let Ok(telephone) = text.parse::<Telephone>() {
        assert_eq!(telephone.as_str().parse(), Ok(telephone.clone()), "a number has one spelling");
        let digits = |c: char| c.is_ascii_digit() || c == '+';
        assert!(telephone.dial().chars().all(digits), "a link must dial");
    }
    let _ = text.parse::<AgencyId>();
    let _ = text.parse::<UserName>();
    let (family, given) = text.split_once('\n').unwrap_or((text, ""));
    if let Ok(name) = PersonName::new(family, given) {
        let again = PersonName::new(name.family(), name.given());
        assert_eq!(again, Ok(name), "a name has one spelling");
    }
});
