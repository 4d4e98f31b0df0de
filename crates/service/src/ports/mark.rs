//! What an attendance of a child is found by.

use kinfold_domain::{AgencyId, BirthDate, EntryId, NhsNumber, PersonName, Personal};

/// One thing that identifies a child, as a text that a store keys before it writes it down. `Debug` is redacted.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Mark(Personal<String>);

impl Mark {
    /// An NHS number.
    pub fn number(number: NhsNumber) -> Self {
        Self::of(&["nhs-number", &number.digits()])
    }

    /// A name with a date of birth; upper and lower case are the same.
    pub fn named(name: &PersonName, born: BirthDate) -> Self {
        let (family, given) = (name.family().to_lowercase(), name.given().to_lowercase());
        Self::of(&["name", &family, &given, &born.expose().to_string()])
    }

    /// An entry of a register.
    pub fn entry(owner: &AgencyId, entry: &EntryId) -> Self {
        Self::of(&["entry", owner.as_str(), entry.as_str()])
    }

    /// The text, for the store alone.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// Parts with their lengths, so that no two lists of parts make one text.
    fn of(parts: &[&str]) -> Self {
        let parts: Vec<String> =
            parts.iter().map(|part| format!("{}:{part}", part.len())).collect();
        Self(Personal::new(parts.concat()))
    }
}
