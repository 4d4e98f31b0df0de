//! The digits that a token shows and a person types.

use std::fmt;
use std::str::FromStr;

use subtle::{Choice, ConstantTimeEq};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::parameters::Digits;

/// Six or eight typed digits. `Debug` is redacted and the memory is wiped on drop.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Code {
    value: u32,
    #[zeroize(skip)]
    digits: Digits,
}

/// Why a text is not a code. Says nothing of the text.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum CodeError {
    /// Nothing was typed.
    #[error("no code was typed")]
    Empty,
    /// Something other than digits and one space in the middle.
    #[error("a code is digits only, with at most one space in the middle")]
    NotDigits,
    /// Not six and not eight digits.
    #[error("a code has 6 or 8 digits")]
    WrongLength,
}

impl Code {
    pub(crate) fn new(value: u32, digits: Digits) -> Self {
        Self { value: value % digits.codes(), digits }
    }

    /// Six or eight.
    pub const fn digits(&self) -> Digits {
        self.digits
    }

    /// The digits with their leading zeros, for the token that shows them.
    pub fn expose(&self) -> Zeroizing<String> {
        let width = usize::from(self.digits.count());
        Zeroizing::new(format!("{:0width$}", self.value))
    }

    /// Whether these are the `digits` of `value`, in constant time.
    pub(crate) fn matches(&self, value: u32, digits: Digits) -> Choice {
        self.value.ct_eq(&value) & self.digits.count().ct_eq(&digits.count())
    }
}

impl FromStr for Code {
    type Err = CodeError;

    /// `123456`, `123 456`, `12345678` or `1234 5678`, and nothing else.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.is_empty() {
            return Err(CodeError::Empty);
        }
        let (left, right) = text.split_once(' ').unwrap_or((text, ""));
        let typed = || left.bytes().chain(right.bytes());
        if !typed().all(|byte| byte.is_ascii_digit()) {
            return Err(CodeError::NotDigits);
        }
        let digits = match left.len() + right.len() {
            6 => Digits::Six,
            8 => Digits::Eight,
            _ => return Err(CodeError::WrongLength),
        };
        let spaced = text.len() > usize::from(digits.count());
        if spaced && left.len() != right.len() {
            return Err(CodeError::NotDigits);
        }
        let value = typed().fold(0, |sum, byte| sum * 10 + u32::from(byte - b'0'));
        Ok(Self { value, digits })
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(redacted)")
    }
}

impl PartialEq for Code {
    /// In constant time.
    fn eq(&self, other: &Self) -> bool {
        self.matches(other.value, other.digits).into()
    }
}

impl Eq for Code {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_code_may_have_one_space_in_its_middle() {
        for text in ["012345", "012 345", "01234567", "0123 4567"] {
            let code: Code = text.parse().unwrap();
            assert_eq!(*code.expose(), text.replace(' ', ""));
        }
    }

    #[test]
    fn anything_else_is_refused_with_its_reason() {
        let table = [
            ("", CodeError::Empty),
            (" ", CodeError::WrongLength),
            ("12345", CodeError::WrongLength),
            ("1234567", CodeError::WrongLength),
            ("123456789", CodeError::WrongLength),
            ("12 3456", CodeError::NotDigits),
            (" 123456", CodeError::NotDigits),
            ("123456 ", CodeError::NotDigits),
            ("123  456", CodeError::NotDigits),
            ("12 34 56", CodeError::NotDigits),
            ("123-456", CodeError::NotDigits),
            ("+12345", CodeError::NotDigits),
            ("123\u{a0}456", CodeError::NotDigits),
            ("\u{661}\u{662}\u{663}456", CodeError::NotDigits),
        ];
        for (text, error) in table {
            assert_eq!(text.parse::<Code>(), Err(error), "{text:?}");
        }
    }

    #[test]
    fn six_digits_never_equal_eight() {
        assert_ne!("123456".parse::<Code>(), "00123456".parse::<Code>());
    }

    #[test]
    fn debug_shows_no_digit() {
        assert_eq!(format!("{:?}", "123456".parse::<Code>().unwrap()), "Code(redacted)");
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in any::<String>()) {
            if let Ok(code) = text.parse::<Code>() {
                prop_assert_eq!(&*code.expose(), &text.replace(' ', ""));
            }
        }

        #[test]
        fn digits_and_spaces_in_any_order_are_answered(text in "[0-9 ]{0,12}") {
            if let Ok(code) = text.parse::<Code>() {
                prop_assert_eq!(&*code.expose(), &text.replace(' ', ""));
            }
        }
    }
}
