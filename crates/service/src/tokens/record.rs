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
    /// What: `assigned`, `lost`, `found`, `broken`, `recalled`, `returned`, `disposed`, `unlocked`, `resynchronised`, `temporary-code`.
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

/// Tokens were ordered from a vendor, or will not come. Durable before it counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TokenOrdered {
    /// When.
    pub at: Timestamp,
    /// The order's number.
    pub order: String,
    /// What: `ordered`, `closed`.
    pub what: String,
    /// Who sends them.
    pub vendor: String,
    /// How many were ordered.
    pub tokens: u64,
    /// How many have come.
    pub arrived: u64,
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
    /// The order that an imported file belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// Whether the exported secrets are encrypted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encrypted: Option<bool>,
    /// Who did it; nobody where it was done at the node's own console.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<Asker>,
}
