//! The PIN that a person types beside the code.

use std::fmt;
use std::str::FromStr;

use zeroize::Zeroizing;

use crate::common_pins;

/// A typed PIN of six to sixteen digits. `Debug` is redacted and the memory is wiped on drop.
#[derive(Clone)]
pub struct Pin(Zeroizing<String>);

/// A PIN that may be set: not one of those that are tried first. Only such a PIN can be hashed.
#[derive(Clone, Debug)]
pub struct ChosenPin(Pin);

/// Why a text is not a PIN.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum PinError {
    /// Something other than the digits 0 to 9.
    #[error("a PIN is digits only")]
    NotDigits,
    /// Under six digits.
    #[error("a PIN has six digits or more")]
    TooShort,
    /// Over sixteen digits.
    #[error("a PIN has sixteen digits at most")]
    TooLong,
}

/// Why a PIN may not be set.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum PinRefusal {
    /// On the list of common ones, or repeated, a sequence, mirrored, or of two digits only.
    #[error("this PIN is among those that are guessed first")]
    Common,
}

impl Pin {
    /// Fewest digits.
    pub const MIN_LEN: usize = 6;
    /// Most digits.
    pub const MAX_LEN: usize = 16;

    /// The digits, for the hash.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// Lets the PIN be set, unless it is among those that are tried first.
    pub fn choose(self) -> Result<ChosenPin, PinRefusal> {
        if common_pins::contains(&self.0) { Err(PinRefusal::Common) } else { Ok(ChosenPin(self)) }
    }
}

impl ChosenPin {
    /// The PIN as one types it.
    pub const fn pin(&self) -> &Pin {
        &self.0
    }
}

impl FromStr for Pin {
    type Err = PinError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.len() {
            Self::MIN_LEN..=Self::MAX_LEN if text.bytes().all(|byte| byte.is_ascii_digit()) => {
                Ok(Self(Zeroizing::new(text.to_owned())))
            }
            _ if !text.chars().all(|c| c.is_ascii_digit()) => Err(PinError::NotDigits),
            ..Self::MIN_LEN => Err(PinError::TooShort),
            _ => Err(PinError::TooLong),
        }
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_pin_is_six_to_sixteen_digits() {
        let table = [
            ("", PinError::TooShort),
            ("83920", PinError::TooShort),
            ("83920174658392017", PinError::TooLong),
            ("8392 01", PinError::NotDigits),
            ("83920a", PinError::NotDigits),
            ("٨٣٩٢٠١", PinError::NotDigits),
        ];
        for (text, error) in table {
            assert_eq!(text.parse::<Pin>().unwrap_err(), error, "{text:?}");
        }
        assert!("839201".parse::<Pin>().is_ok());
        assert!("8392017465839201".parse::<Pin>().is_ok());
    }

    #[test]
    fn a_common_pin_is_read_but_cannot_be_set() {
        let pin: Pin = "123456".parse().unwrap();
        assert_eq!(pin.choose().unwrap_err(), PinRefusal::Common);
        assert!("839201".parse::<Pin>().unwrap().choose().is_ok());
    }

    #[test]
    fn debug_shows_no_digit() {
        let chosen = "839201".parse::<Pin>().unwrap().choose().unwrap();
        assert_eq!(format!("{chosen:?}"), "ChosenPin(Pin(redacted))");
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in any::<String>()) {
            let _ = text.parse::<Pin>().map(Pin::choose);
        }

        #[test]
        fn any_digits_are_answered(text in "[0-9]{0,20}") {
            let read = text.parse::<Pin>();
            prop_assert_eq!(read.is_ok(), (6..=16).contains(&text.len()));
            let _ = read.map(Pin::choose);
        }
    }
}
