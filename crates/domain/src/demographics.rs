//! Who somebody is, as one system holds it.

use serde::{Deserialize, Serialize};

use crate::{Address, BirthDate, NhsNumber, PersonName, Postcode};

/// Administrative sex (FHIR `administrative-gender`).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sex {
    /// Female.
    Female,
    /// Male.
    Male,
    /// Other.
    Other,
    /// Not recorded.
    #[default]
    Unknown,
}

impl Sex {
    /// As the page says it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Female => "Female",
            Self::Male => "Male",
            Self::Other => "Other",
            Self::Unknown => "Not recorded",
        }
    }
}

/// Identity as one system holds it. What is missing is missing, and never counts as disagreement.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Demographics {
    /// The NHS number, where the system has one whose check digit is right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nhs_number: Option<NhsNumber>,
    /// The usual name.
    pub name: PersonName,
    /// Aliases, former and other names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_names: Vec<PersonName>,
    /// Date of birth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<BirthDate>,
    /// Sex.
    #[serde(default)]
    pub sex: Sex,
    /// Where they live now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
    /// Postcodes of former addresses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former_postcodes: Vec<Postcode>,
}

impl Demographics {
    /// Identity that is no more than a name.
    pub const fn named(name: PersonName) -> Self {
        Self {
            nhs_number: None,
            name,
            other_names: Vec::new(),
            birth_date: None,
            sex: Sex::Unknown,
            address: None,
            former_postcodes: Vec::new(),
        }
    }

    /// The present postcode, where it is known.
    pub fn postcode(&self) -> Option<&Postcode> {
        self.address.as_ref().and_then(|address| address.postcode.as_ref())
    }
}
