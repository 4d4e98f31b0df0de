//! Whom a provider has made sure of.

use std::fmt;

/// The longest subject (`OpenID` Connect Core 1.0, section 2: 255 ASCII characters).
const LONGEST: usize = 255;

/// Who somebody is at a provider (`sub`): compared byte by byte, never read. `Debug` is redacted.
#[derive(Clone, Eq, PartialEq)]
pub struct Subject(String);

impl Subject {
    /// `None` when it is empty, too long, or not printable ASCII.
    pub fn new(text: &str) -> Option<Self> {
        let fits = (1..=LONGEST).contains(&text.len());
        (fits && text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' '))
            .then(|| Self(text.to_owned()))
    }

    /// Its text, for storing and comparing.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[subject]")
    }
}

/// Somebody whom a provider has made sure of, as surely and as lately as the [`crate::Terms`] want it.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The provider.
    pub issuer: String,
    /// Who they are there.
    pub subject: Subject,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_printable_and_of_bounded_length() {
        for good in ["787807429511", "a b", "AAAA-_=.~", &"x".repeat(255)] {
            assert!(Subject::new(good).is_some(), "{good}");
        }
        for bad in ["", "a\nb", "é", &"x".repeat(256)] {
            assert!(Subject::new(bad).is_none(), "{bad}");
        }
        assert_eq!(format!("{:?}", Subject::new("787807429511").unwrap()), "[subject]");
    }
}
