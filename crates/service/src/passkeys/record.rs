//! What the ledger says of passkeys.

use jiff::Timestamp;
use kinfold_domain::EmployeeId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{ports::Address, records::Asker};

/// Something happened to a passkey, or by one. Durable before it counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PasskeyWord {
    /// When.
    pub at: Timestamp,
    /// Which, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passkey: Option<Uuid>,
    /// Whose it is, or for whom it was to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub employee: Option<EmployeeId>,
    /// What: `added`, `removed`, `signed-in`, `unlocked`, `stepped-up`, `refused`.
    pub what: String,
    /// What it stepped up for, in a word of [`crate::sign_in::StepUp`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub what_for: Option<String>,
    /// Why it was refused: `unknown`, `another-person`, `disabled`, `challenge`, `origin`, `not-verified`, `counter-went-back`, `wrong`,
    /// `garbled`, `waiting`, `locked`, `replayed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Who removed it, where that is not its employee.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Asker>,
    /// From where it signed in or unlocked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
}
