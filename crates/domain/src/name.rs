//! Names, in any script.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::Personal;

/// A person's name: family name and given names, NFC-normalised, each up to 100 characters, at least one of them present.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "RawName", into = "RawName")]
pub struct PersonName {
    family: Personal<String>,
    given: Personal<String>,
}

/// Why a text is no name. The text itself is not repeated.
#[derive(Debug, Clone, Copy, Eq, PartialEq, thiserror::Error)]
pub enum NameError {
    /// Both parts are empty.
    #[error("a name has a first name or a last name")]
    Missing,
    /// A part is longer than 100 characters.
    #[error("a name has at most 100 characters")]
    TooLong,
    /// Control or invisible formatting characters.
    #[error("a name has no control characters")]
    Illegal,
}

/// The longest part of a name, in characters.
const LONGEST: usize = 100;

impl PersonName {
    /// From family name and given names; white space is folded, the text is normalised to NFC.
    pub fn new(family: &str, given: &str) -> Result<Self, NameError> {
        let (family, given) = (tidy(family)?, tidy(given)?);
        if family.is_empty() && given.is_empty() {
            return Err(NameError::Missing);
        }
        Ok(Self { family: family.into(), given: given.into() })
    }

    /// The family name; may be empty.
    pub fn family(&self) -> &str {
        self.family.expose()
    }

    /// The given names, the first one first; may be empty.
    pub fn given(&self) -> &str {
        self.given.expose()
    }

    /// As the page shows it: `SMITH, Ada Mary` in the NHS's order.
    pub fn expose(&self) -> String {
        let family = self.family().to_uppercase();
        match (family.is_empty(), self.given().is_empty()) {
            (false, false) => format!("{family}, {}", self.given()),
            (false, true) => family,
            _ => self.given().to_owned(),
        }
    }
}

fn tidy(text: &str) -> Result<String, NameError> {
    // Cap before normalising, which can lengthen a text.
    if text.len() > LONGEST * 8 {
        return Err(NameError::TooLong);
    }
    let tidy: String = text.split_whitespace().collect::<Vec<_>>().join(" ").nfc().collect();
    if tidy.chars().count() > LONGEST {
        return Err(NameError::TooLong);
    }
    if tidy.chars().any(|c| c.is_control() || is_invisible(c)) {
        return Err(NameError::Illegal);
    }
    Ok(tidy)
}

/// Direction overrides and zero-width characters make one name look like another. Joiners (U+200C, U+200D) are part of
/// the spelling of Persian and Indic names and stay.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[derive(Serialize, Deserialize)]
struct RawName {
    #[serde(default)]
    family: String,
    #[serde(default)]
    given: String,
}

impl TryFrom<RawName> for PersonName {
    type Error = NameError;

    fn try_from(raw: RawName) -> Result<Self, Self::Error> {
        Self::new(&raw.family, &raw.given)
    }
}

impl From<PersonName> for RawName {
    fn from(name: PersonName) -> Self {
        Self { family: name.family.into_exposed(), given: name.given.into_exposed() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_apostrophes_diacritics_and_scripts() {
        for (family, given) in [
            ("O'Brien-Świętek", "Zoë"),
            ("محمد", "فاطمة"),
            ("Nguyễn", ""),
            ("", "Xin Yi"),
            ("D’Souza", "अनन्या"),
        ] {
            let name = PersonName::new(family, given).unwrap();
            assert_eq!((name.family(), name.given()), (family, given));
        }
    }

    #[test]
    fn composed_and_decomposed_spellings_are_one_name() {
        assert_eq!(
            PersonName::new("Zoe\u{308}", " A  B ").unwrap(),
            PersonName::new("Zo\u{eb}", "A B").unwrap()
        );
    }

    #[test]
    fn bad_names_say_what_is_wrong() {
        assert_eq!(PersonName::new(" ", ""), Err(NameError::Missing));
        assert_eq!(PersonName::new(&"a".repeat(101), ""), Err(NameError::TooLong));
        assert_eq!(PersonName::new(&"a".repeat(5_000_000), ""), Err(NameError::TooLong));
        assert_eq!(PersonName::new("a\u{202e}b", ""), Err(NameError::Illegal));
        assert_eq!(PersonName::new("a\0b", ""), Err(NameError::Illegal));
    }

    #[test]
    fn debug_never_shows_the_name() {
        assert!(!format!("{:?}", PersonName::new("Smith", "Ada").unwrap()).contains("Smith"));
    }
}
