//! The number that is printed on a token.

use std::{fmt, str::FromStr};

/// A token's serial number: 1 to 64 ASCII letters, digits and `. _ : / -`. Known once within a node, whoever made the token.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Serial(String);

/// Why a text is no serial number.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a serial number has 1 to 64 letters, digits and . _ : / -")]
pub struct SerialError;

impl Serial {
    /// The most characters.
    pub const MAX_LEN: usize = 64;

    /// As it is printed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Serial {
    type Err = SerialError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let fits = (1..=Self::MAX_LEN).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._:/-".contains(&b));
        fits.then(|| Self(text.to_owned())).ok_or(SerialError)
    }
}

impl fmt::Display for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_serial_number_is_what_vendors_print() {
        for text in ["1", "ABC-0001", " 99912345 ", "UBAM1_2", "urn:dev:1/2"] {
            assert_eq!(text.parse::<Serial>().unwrap().as_str(), text.trim());
        }
        for text in ["", "  ", "A B", "a,b", "ü", "<b>", &"9".repeat(65)] {
            assert_eq!(text.parse::<Serial>(), Err(SerialError), "{text:?}");
        }
    }
}
