//! The organisations that take part.

use serde::{Deserialize, Serialize};

use crate::label::label;

label! {
    /// An agency's short name, unique within an agreement: `ashmoor-council`.
    AgencyId
}

/// What kind of organisation an agency is.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AgencyKind {
    /// A council's children's service: owns the register.
    Council,
    /// An NHS trust.
    NhsTrust,
}

/// An agency as people know it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Agency {
    /// Its short name.
    pub id: AgencyId,
    /// Its name as it stands on the page.
    pub name: String,
    /// What kind it is.
    pub kind: AgencyKind,
}
