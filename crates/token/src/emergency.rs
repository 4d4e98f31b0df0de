//! Emergency codes: ten on a sheet of paper, each good once in place of a token's code, beside the same PIN.
//!
//! Digits alone, so that they go into the field of a token's code, whose keyboard on a phone has nothing else.

use std::fmt;
use std::str::FromStr;

use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Digits of a code: 66 bits.
const DIGITS: usize = 20;
/// Digits of a group as they are printed.
const GROUP: usize = 4;
/// As many codes there are.
const CODES: u128 = 10_u128.pow(20);

/// An emergency code: twenty digits. `Debug` is redacted and the memory is wiped on drop.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct EmergencyCode(u128);

/// Why a text is no emergency code. Says nothing of the text.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum EmergencyCodeError {
    /// Something other than digits, spaces and hyphens.
    #[error("an emergency code is digits only, in groups")]
    NotDigits,
    /// Not twenty digits.
    #[error("an emergency code has 20 digits")]
    WrongLength,
}

impl EmergencyCode {
    /// Random bytes a fresh code is made from: so many that no code is likelier than another by more than 2⁻⁶¹.
    pub const RANDOM_LEN: usize = 16;

    /// A fresh code from cryptographic randomness.
    pub fn from_random(random: &[u8; Self::RANDOM_LEN]) -> Self {
        Self(u128::from_be_bytes(*random) % CODES)
    }

    /// The digits in groups of four, for the sheet.
    pub fn expose(&self) -> Zeroizing<String> {
        let digits = Zeroizing::new(format!("{:0DIGITS$}", self.0));
        let mut text = Zeroizing::new(String::with_capacity(DIGITS + DIGITS / GROUP));
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && place % GROUP == 0 {
                text.push(' ');
            }
            text.push(digit);
        }
        text
    }

    /// What its digest is made over.
    pub(crate) fn bytes(&self) -> Zeroizing<[u8; 16]> {
        Zeroizing::new(self.0.to_be_bytes())
    }
}

impl FromStr for EmergencyCode {
    type Err = EmergencyCodeError;

    /// Twenty digits with any spaces and hyphens, as people copy them from paper: O is taken for 0, I and L for 1.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (mut value, mut digits) = (Zeroizing::new(0_u128), 0_usize);
        for typed in text.chars() {
            let Some(digit) = read(typed)? else { continue };
            digits += 1;
            if digits > DIGITS {
                return Err(EmergencyCodeError::WrongLength);
            }
            *value = *value * 10 + u128::from(digit);
        }
        if digits == DIGITS { Ok(Self(*value)) } else { Err(EmergencyCodeError::WrongLength) }
    }
}

/// The digit that a character stands for; `None` for one between groups.
fn read(typed: char) -> Result<Option<u8>, EmergencyCodeError> {
    match typed {
        'O' | 'o' => Ok(Some(0)),
        'I' | 'i' | 'L' | 'l' => Ok(Some(1)),
        // Word processors and phones make other dashes of a hyphen.
        '-' | '\u{2010}'..='\u{2015}' => Ok(None),
        space if space.is_whitespace() => Ok(None),
        digit => {
            let digit = digit.to_digit(10).and_then(|digit| u8::try_from(digit).ok());
            digit.map(Some).ok_or(EmergencyCodeError::NotDigits)
        }
    }
}

impl fmt::Debug for EmergencyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmergencyCode(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Code;

    fn shown(text: &str) -> Result<String, EmergencyCodeError> {
        text.parse::<EmergencyCode>().map(|code| code.expose().to_string())
    }

    #[test]
    fn a_code_is_read_however_its_groups_are_typed() {
        let printed = "0123 4567 8901 2340 1101";
        for typed in [
            printed,
            "01234567890123401101",
            "0123-4567-8901-2340-1101",
            "  0123\u{2013}4567\u{a0}8901 23 40 1101 ",
            "O123 4567 890i 234o lLoI",
        ] {
            assert_eq!(shown(typed).as_deref(), Ok(printed), "{typed:?}");
        }
    }

    #[test]
    fn anything_else_is_refused_with_its_reason() {
        let table = [
            ("", EmergencyCodeError::WrongLength),
            ("123456", EmergencyCodeError::WrongLength),
            ("12345678", EmergencyCodeError::WrongLength),
            ("0123 4567 8901 2345 678", EmergencyCodeError::WrongLength),
            ("0123 4567 8901 2345 67890", EmergencyCodeError::WrongLength),
            ("0123 4567 8901 2345 678U", EmergencyCodeError::NotDigits),
            ("0123,4567,8901,2345,6789", EmergencyCodeError::NotDigits),
            ("0123 4567 8901 2345 678\u{661}", EmergencyCodeError::NotDigits),
        ];
        for (text, error) in table {
            assert_eq!(shown(text), Err(error), "{text:?}");
        }
    }

    #[test]
    fn debug_shows_no_digit() {
        let code = EmergencyCode::from_random(&[7; 16]);
        assert_eq!(format!("{code:?}"), "EmergencyCode(redacted)");
    }

    #[test]
    fn the_largest_random_value_makes_a_code_of_twenty_digits() {
        let code = EmergencyCode::from_random(&[0xff; 16]);
        assert_eq!(shown(&code.expose()), Ok(code.expose().to_string()));
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back_in_either_case_with_spaces_and_hyphens_anywhere(
            random in any::<[u8; 16]>(),
            between in proptest::collection::vec("[ \\-\u{2013}\u{a0}]{0,2}", 24),
            letters in any::<[bool; 24]>(),
        ) {
            let code = EmergencyCode::from_random(&random);
            let printed = code.expose();
            let mut typed = String::new();
            for ((digit, gap), letter) in printed.chars().zip(&between).zip(letters) {
                typed.push_str(gap);
                typed.push(match digit {
                    '0' if letter => 'o',
                    '1' if letter => 'L',
                    same => same,
                });
            }
            let read = typed.parse::<EmergencyCode>().unwrap();
            prop_assert_eq!(&*read.expose(), &*printed);
        }

        #[test]
        fn any_text_is_answered_and_none_is_both_a_tokens_code_and_an_emergency_code(text in any::<String>()) {
            prop_assert!(text.parse::<EmergencyCode>().is_err() || text.parse::<Code>().is_err());
        }

        #[test]
        fn whatever_looks_like_digits_is_answered_and_one_digit_more_or_less_is_none(text in "[0-9OoIiLl \\-]{0,48}") {
            let digits = text.chars().filter(char::is_ascii_alphanumeric).count();
            prop_assert_eq!(text.parse::<EmergencyCode>().is_ok(), digits == 20);
        }
    }
}
