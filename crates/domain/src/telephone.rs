//! Telephone numbers to ring: never dialled by Kinfold, so kept nearly as written, with the day on which somebody last found them right.

use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A telephone number as it stands on the page: digits, spaces, `+ ( ) -`, and an extension after `ext`. Where it was confirmed, the day
/// belongs to the number: another number has none. Written as its text, or with its day as `{ number, confirmed }`.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Telephone {
    number: String,
    confirmed: Option<Date>,
}

/// How it is written.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Number(String),
    Confirmed(ConfirmedNumber),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConfirmedNumber {
    number: String,
    confirmed: Date,
}

/// A text is no telephone number.
#[derive(Debug, Clone, Copy, Eq, PartialEq, thiserror::Error)]
#[error("a telephone number has 3 to 20 digits, perhaps spaces and an extension")]
pub struct TelephoneError;

impl Telephone {
    /// The number as people read it.
    pub fn as_str(&self) -> &str {
        &self.number
    }

    /// The number for a `tel:` link: digits with a leading `+` where it has one, no extension.
    pub fn dial(&self) -> String {
        let main = self.number.split("ext").next().unwrap_or_default();
        main.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
    }

    /// What two ways to write one number have in common: its digits, those of its extension too.
    pub fn digits(&self) -> String {
        self.number.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
    }

    /// Whether it is the same number, however written and whenever confirmed.
    pub fn is_same_number(&self, other: &Self) -> bool {
        self.digits() == other.digits()
    }

    /// When somebody last found it right.
    pub const fn confirmed(&self) -> Option<Date> {
        self.confirmed
    }

    /// Somebody found it right on that day. An earlier day than is known changes nothing.
    pub fn confirm(&mut self, on: Option<Date>) {
        self.confirmed = self.confirmed.max(on);
    }

    /// The number with that day.
    #[must_use]
    pub fn confirmed_on(mut self, on: Option<Date>) -> Self {
        self.confirm(on);
        self
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
            Ok(Self { number: text.to_owned(), confirmed: None })
        } else {
            Err(TelephoneError)
        }
    }
}

impl TryFrom<Written> for Telephone {
    type Error = TelephoneError;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        match written {
            Written::Number(number) => number.parse(),
            Written::Confirmed(ConfirmedNumber { number, confirmed }) => {
                Ok(number.parse::<Self>()?.confirmed_on(Some(confirmed)))
            }
        }
    }
}

impl From<Telephone> for Written {
    fn from(Telephone { number, confirmed }: Telephone) -> Self {
        match confirmed {
            None => Self::Number(number),
            Some(confirmed) => Self::Confirmed(ConfirmedNumber { number, confirmed }),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

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

    #[test]
    fn a_confirmed_number_is_written_with_its_day_and_another_as_it_always_was() {
        let plain: Telephone = "01632 960123".parse().unwrap();
        assert_eq!(serde_json::to_string(&plain).unwrap(), r#""01632 960123""#);
        let confirmed = plain.clone().confirmed_on(Some(date(2026, 5, 3)));
        let json = serde_json::to_string(&confirmed).unwrap();
        assert_eq!(json, r#"{"number":"01632 960123","confirmed":"2026-05-03"}"#);
        for known in [plain.clone(), confirmed.clone()] {
            let json = serde_json::to_string(&known).unwrap();
            assert_eq!(serde_json::from_str::<Telephone>(&json).unwrap(), known);
        }
        for bad in [r#"{"number":"1","confirmed":"2026-05-03"}"#, r#"{"number":"01632 960123"}"#] {
            assert!(serde_json::from_str::<Telephone>(bad).is_err(), "{bad}");
        }
        let again = confirmed.clone().confirmed_on(Some(date(2026, 5, 1)));
        assert_eq!(again.confirmed(), Some(date(2026, 5, 3)), "the later day counts");
        let written: Telephone = "01632960123".parse().unwrap();
        assert!(written.is_same_number(&confirmed) && written != plain);
    }
}
