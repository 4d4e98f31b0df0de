//! Telephone numbers to ring: never dialled by Kinfold, so kept nearly as written.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A telephone number as it stands on the page: digits, spaces, `+ ( ) -`, and an extension after `ext`.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Telephone(String);

/// A text is no telephone number.
#[derive(Debug, Clone, Copy, Eq, PartialEq, thiserror::Error)]
#[error("a telephone number has 3 to 20 digits, perhaps spaces and an extension")]
pub struct TelephoneError;

impl Telephone {
    /// The number as people read it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number for a `tel:` link: digits with a leading `+` where it has one, no extension.
    pub fn dial(&self) -> String {
        let main = self.0.split("ext").next().unwrap_or_default();
        main.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
    }
}

impl FromStr for Telephone {
    type Err = TelephoneError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let without_word = text.replacen("ext", "", 1);
        let legal = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '+' | '(' | ')' | '-' | '.');
        let digits = text.chars().filter(char::is_ascii_digit).count();
        if text.len() <= 40 && (3..=20).contains(&digits) && without_word.chars().all(legal) {
            Ok(Self(text.to_owned()))
        } else {
            Err(TelephoneError)
        }
    }
}

impl TryFrom<String> for Telephone {
    type Error = TelephoneError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Telephone> for String {
    fn from(telephone: Telephone) -> Self {
        telephone.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_kept_as_written_and_dialled_without_their_spaces() {
        let telephone: Telephone = " 01632 960 123 ext 45".parse().unwrap();
        assert_eq!(
            (telephone.as_str(), telephone.dial().as_str()),
            ("01632 960 123 ext 45", "01632960123")
        );
        for bad in ["", "12", "ring Ada", "<b>01632</b>"] {
            assert!(bad.parse::<Telephone>().is_err(), "{bad}");
        }
    }
}
