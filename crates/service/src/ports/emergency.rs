//! Sheets of emergency codes at rest.

use async_trait::async_trait;
use jiff::Timestamp;
use kinfold_domain::EmployeeId;
use kinfold_token::EmergencySheet;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{PortError, SessionId, SessionRow};

/// A sheet's identity within a node.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SheetId(pub Uuid);

/// A sheet of emergency codes. It holds no code: digests, and which of them are spent.
#[derive(Clone, Debug)]
pub struct SheetRow {
    /// Identity.
    pub id: SheetId,
    /// Whose it is.
    pub employee: EmployeeId,
    /// Since when.
    pub made: Timestamp,
    /// Digests, spent ones, misses.
    pub sheet: EmergencySheet,
    /// Grows by one with every write: what a write compares.
    pub version: i64,
}

/// Keeps sheets, one for each employee at most. What is in them is sealed at rest, and bound to the employee.
#[async_trait]
pub trait SheetStore: Send + Sync {
    /// An employee's sheet.
    async fn sheet(&self, employee: EmployeeId) -> Result<Option<SheetRow>, PortError>;

    /// Keeps a sheet in place of the one `before` it. `false`, and nothing written, when the employee has another one by now.
    async fn put_sheet(&self, sheet: &SheetRow, before: Option<SheetId>)
    -> Result<bool, PortError>;

    /// Writes what a try left, over the version that stands in the row. `false`, and nothing written, when somebody else wrote since,
    /// or the sheet has ended.
    async fn save_sheet(&self, sheet: &SheetRow) -> Result<bool, PortError>;

    /// The same together with a new session, in one transaction.
    async fn open_session_by_sheet(
        &self,
        sheet: &SheetRow,
        session: &SessionRow,
    ) -> Result<bool, PortError>;

    /// Ends a sheet together with its employee's sessions, but for one. `false` when it has ended already.
    async fn end_sheet(&self, sheet: SheetId, keep: Option<SessionId>) -> Result<bool, PortError>;
}
