//! What the ledger says of links.

use jiff::Timestamp;
use kinfold_domain::{EmployeeId, Personal};
use serde::{Deserialize, Serialize};

use crate::records::Asker;

/// An account was linked to somebody at an identity provider, or is no more. Durable before it counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LinkWord {
    /// When.
    pub at: Timestamp,
    /// Whose account.
    pub employee: EmployeeId,
    /// What: `linked`, `unlinked`.
    pub what: String,
    /// The provider.
    pub issuer: String,
    /// Who they are there.
    pub subject: Personal<String>,
    /// Who did it: two named people for a link.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<Asker>,
}
