//! The NHS number (NHS Data Dictionary, "NHS NUMBER": ten digits, modulus 11).

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A ten-digit NHS number whose check digit has been verified. `Debug` is redacted.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NhsNumber(u64);

/// Why a text is no NHS number. The text itself is not repeated.
#[derive(Debug, Clone, Copy, Eq, PartialEq, thiserror::Error)]
pub enum NhsNumberError {
    /// Not ten digits, spaces and hyphens aside.
    #[error("an NHS number has ten digits")]
    Malformed,
    /// The last digit doesn't follow from the nine before it.
    #[error("the check digit of this NHS number is wrong: one of the digits was mistyped")]
    CheckDigit,
    /// Ten equal digits: typed to mean "unknown".
    #[error("ten equal digits stand for an unknown NHS number")]
    Placeholder,
}

impl NhsNumber {
    /// As people read it: `943 476 5919`.
    pub fn expose(self) -> String {
        let digits = self.digits();
        format!("{} {} {}", &digits[..3], &digits[3..6], &digits[6..])
    }

    /// As systems exchange it: ten digits without spaces.
    pub fn digits(self) -> String {
        format!("{:010}", self.0)
    }

    /// The number as an integer, for compact indexes.
    pub const fn as_u64(self) -> u64 {
        self.0
    }
}

impl FromStr for NhsNumber {
    type Err = NhsNumberError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut digits = [0u32; 10];
        let mut count = 0;
        for c in text.chars().filter(|c| !matches!(c, ' ' | '-' | '\u{a0}')) {
            let digit = c.to_digit(10).ok_or(NhsNumberError::Malformed)?;
            *digits.get_mut(count).ok_or(NhsNumberError::Malformed)? = digit;
            count += 1;
        }
        if count != digits.len() {
            return Err(NhsNumberError::Malformed);
        }

        let [body @ .., check] = digits;
        let sum: u32 = body.iter().zip((2..=10).rev()).map(|(d, weight)| d * weight).sum();
        // Remainder 1 would need a check digit of 10, so it can equal no digit and fails here; 11 is written 0.
        if (11 - sum % 11) % 11 != check {
            return Err(NhsNumberError::CheckDigit);
        }
        // Every repeated digit passes modulus 11, and people type them to mean "unknown".
        if digits == [check; 10] {
            return Err(NhsNumberError::Placeholder);
        }
        Ok(Self(digits.iter().fold(0, |n, d| n * 10 + u64::from(*d))))
    }
}

impl TryFrom<String> for NhsNumber {
    type Error = NhsNumberError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<NhsNumber> for String {
    fn from(number: NhsNumber) -> Self {
        number.digits()
    }
}

impl fmt::Debug for NhsNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[NHS number]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_with_or_without_spaces_and_shown_three_three_four() {
        for text in ["9990000018", "999 000 0018", "999-000-0018", " 9990000018 "] {
            assert_eq!(text.parse::<NhsNumber>().unwrap().expose(), "999 000 0018", "{text}");
        }
    }

    #[test]
    fn bad_numbers_say_what_is_wrong() {
        let cases = [
            ("", NhsNumberError::Malformed),
            ("999000001", NhsNumberError::Malformed),
            ("99900000188", NhsNumberError::Malformed),
            ("99900000l8", NhsNumberError::Malformed),
            ("9990000019", NhsNumberError::CheckDigit),
            ("9999999999", NhsNumberError::Placeholder),
            ("0000000000", NhsNumberError::Placeholder),
        ];
        for (text, error) in cases {
            assert_eq!(text.parse::<NhsNumber>().unwrap_err(), error, "{text}");
        }
    }

    #[test]
    fn debug_never_shows_the_number() {
        let number: NhsNumber = "9990000018".parse().unwrap();
        assert_eq!(format!("{number:?}"), "[NHS number]");
    }

    proptest::proptest! {
        #[test]
        fn any_single_mistyped_digit_is_caught(body in 0u64..10_000_000, place in 0usize..10, by in 1u32..10) {
            let digits = format!("99{body:07}");
            let sum: u32 = digits.chars().zip((2..=10).rev()).map(|(c, w)| c.to_digit(10).unwrap() * w).sum();
            let check = (11 - sum % 11) % 11;
            proptest::prop_assume!(check < 10);
            let good = format!("{digits}{check}");
            proptest::prop_assume!(good.parse::<NhsNumber>().is_ok());
            let bad: String = good.chars().enumerate().map(|(i, c)| if i == place {
                char::from_digit((c.to_digit(10).unwrap() + by) % 10, 10).unwrap()
            } else { c }).collect();
            proptest::prop_assert!(bad.parse::<NhsNumber>().is_err());
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in ".*") {
            let _ = text.parse::<NhsNumber>();
        }
    }
}
