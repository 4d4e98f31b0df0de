//! Sheets of emergency codes. What a sign-in by a code writes is compared with the version that was read, so that no code opens two
//! sessions.

mod rows;
mod sessions;

use async_trait::async_trait;
use kinfold_domain::EmployeeId;
use kinfold_service::ports::{PortError, SessionId, SessionRow, SheetId, SheetRow, SheetStore};

use crate::Store;
use crate::fault::Doing;

#[async_trait]
impl SheetStore for Store {
    async fn sheet(&self, employee: EmployeeId) -> Result<Option<SheetRow>, PortError> {
        rows::of(self, employee).await.doing("reading emergency codes")
    }

    async fn put_sheet(
        &self,
        sheet: &SheetRow,
        before: Option<SheetId>,
    ) -> Result<bool, PortError> {
        rows::put(self, sheet, before).await.doing("keeping emergency codes")
    }

    async fn save_sheet(&self, sheet: &SheetRow) -> Result<bool, PortError> {
        sessions::save(self, sheet).await.doing("saving a try of an emergency code")
    }

    async fn open_session_by_sheet(
        &self,
        sheet: &SheetRow,
        session: &SessionRow,
    ) -> Result<bool, PortError> {
        sessions::open(self, sheet, session).await.doing("opening a session by emergency code")
    }

    async fn end_sheet(&self, sheet: SheetId, keep: Option<SessionId>) -> Result<bool, PortError> {
        sessions::end(self, sheet, keep).await.doing("ending emergency codes")
    }
}

#[cfg(test)]
#[path = "../emergency_tests.rs"]
mod tests;
