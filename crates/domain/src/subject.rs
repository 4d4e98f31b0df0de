//! Whom an ask is about.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{BirthDate, Demographics, NhsNumber, PersonName, Postcode, Sex};

/// One ask, under the same identity in both agencies' ledgers.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AskId(pub Uuid);

/// The child whom somebody asks about, as they know them: an NHS number, or a name with more, or both.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Subject {
    /// NHS number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nhs_number: Option<NhsNumber>,
    /// Name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<PersonName>,
    /// Date of birth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<BirthDate>,
    /// Postcode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postcode: Option<Postcode>,
    /// Sex.
    #[serde(default)]
    pub sex: Sex,
}

impl From<&Demographics> for Subject {
    fn from(known: &Demographics) -> Self {
        Self {
            nhs_number: known.nhs_number,
            name: Some(known.name.clone()),
            birth_date: known.birth_date,
            postcode: known.postcode().cloned(),
            sex: known.sex,
        }
    }
}
