//! What the ledger says of tokens. No entry holds a secret.

use jiff::Timestamp;
use kinfold_domain::EmployeeId;
use kinfold_token::Kind;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::records::Asker;

/// Something happened to a token. Durable before it counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TokenWord {
    /// When.
    pub at: Timestamp,
    /// Which token.
    pub token: Uuid,
    /// What is printed on it.
    pub serial: String,
    /// What it is.
    pub kind: Kind,
    /// What: `assigned`, `lost`, `found`, `broken`, `replaced`, `returned`, `disposed`, `temporary-code`.
    pub what: String,
    /// Whose it is, or was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub employee: Option<EmployeeId>,
    /// The token in whose place it is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_place_of: Option<String>,
    /// When a code for one shift ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Who did it; nobody where it was done at the node's own console.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<Asker>,
}

/// Secrets of many tokens came or left. Durable before they do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TokensMoved {
    /// When.
    pub at: Timestamp,
    /// How many tokens, where that is known before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens: Option<u64>,
    /// SHA-256, hex, of an imported file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// Whether the exported secrets are encrypted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encrypted: Option<bool>,
    /// Who did it; nobody where it was done at the node's own console.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<Asker>,
}
