//! People as one agency's sources know them.

use serde::{Deserialize, Serialize};

use crate::{AsAt, Demographics};

/// A person within one node: the source system's name and the source's own identifier.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct PersonId {
    /// The source's name as the configuration gives it: `pas`, `case-system`.
    pub source: String,
    /// The source's own identifier of the person.
    pub record: String,
}

/// One row of a node's index of its own people: identity only.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// Where the person comes from.
    pub id: PersonId,
    /// Who they are.
    pub demographics: Demographics,
    /// Whereabouts must not be shown (adopted, refuge, witness protection; the NHS "S flag").
    #[serde(default)]
    pub sealed: bool,
    /// When the source last changed the row, where it says so; otherwise when it was read.
    pub as_at: AsAt,
}
