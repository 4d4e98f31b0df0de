//! What the ledger says of emergency codes. No entry holds one.

use jiff::Timestamp;
use kinfold_domain::EmployeeId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{ports::Address, records::Asker};

/// Something happened to a sheet of emergency codes, or by one of its codes. Durable before it counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SheetWord {
    /// When.
    pub at: Timestamp,
    /// Which sheet, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<Uuid>,
    /// Whose it is, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub employee: Option<EmployeeId>,
    /// What: `made`, `signed-in`, `unlocked`, `ended`, `refused`.
    pub what: String,
    /// Why it ended: `lost`, `replaced`, `left`. Why a code was refused: `wrong`, `replayed`, `waiting`, `locked`, `no-sheet`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Codes that were left then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<u8>,
    /// Who ended it, where that is not its owner; nobody where it was done at the node's own console.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Asker>,
    /// From where a code signed in or unlocked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
}
