//! Where somebody lives.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::Personal;

/// A UK postcode, upper case with one space: `S60 1AA`. `Debug` is redacted.
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Postcode(String);

/// A text is no UK postcode.
#[derive(Debug, Clone, Copy, Eq, PartialEq, thiserror::Error)]
#[error("a postcode looks like S60 1AA")]
pub struct PostcodeError;

impl Postcode {
    /// The postcode's text.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The outward part: `S60`.
    pub fn outward(&self) -> &str {
        self.0.split(' ').next().unwrap_or_default()
    }
}

impl FromStr for Postcode {
    type Err = PostcodeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() > 16 {
            return Err(PostcodeError);
        }
        let compact: String =
            text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
        if !compact.is_ascii() || !(5..=7).contains(&compact.len()) {
            return Err(PostcodeError);
        }
        let (outward, inward) = compact.split_at(compact.len() - 3);
        let shape = |text: &str| -> String {
            text.chars()
                .map(|c| match c {
                    '0'..='9' => '9',
                    'A'..='Z' => 'A',
                    _ => '?',
                })
                .collect()
        };
        let known =
            matches!(shape(outward).as_str(), "A9" | "A99" | "AA9" | "AA99" | "A9A" | "AA9A");
        if known && shape(inward) == "9AA" {
            Ok(Self(format!("{outward} {inward}")))
        } else {
            Err(PostcodeError)
        }
    }
}

impl TryFrom<String> for Postcode {
    type Error = PostcodeError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Postcode> for String {
    fn from(postcode: Postcode) -> Self {
        postcode.0
    }
}

impl fmt::Debug for Postcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[postcode]")
    }
}

/// An address as its source holds it: lines without the postcode, and the postcode where it is known and well formed.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Address {
    /// House, street, town: each as the source has it.
    #[serde(default)]
    pub lines: Vec<Personal<String>>,
    /// The postcode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postcode: Option<Postcode>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postcodes_are_read_however_they_are_spaced() {
        for (text, expected) in [
            ("s601aa", "S60 1AA"),
            (" S60  1AA ", "S60 1AA"),
            ("ec1a1bb", "EC1A 1BB"),
            ("M1 1AE", "M1 1AE"),
        ] {
            assert_eq!(text.parse::<Postcode>().unwrap().expose(), expected);
        }
        for bad in ["", "S60", "S60 1A", "123 456", "S60 1AÀ", "SS60 1AAA"] {
            assert_eq!(bad.parse::<Postcode>(), Err(PostcodeError), "{bad}");
        }
    }
}
