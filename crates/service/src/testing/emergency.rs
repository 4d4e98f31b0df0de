//! Sheets of emergency codes in memory, beside the employees and sessions.

use async_trait::async_trait;
use kinfold_domain::EmployeeId;

use super::staff::{MemoryStaff, Tables};
use crate::ports::{PortError, SessionId, SessionRow, SheetId, SheetRow, SheetStore};

impl Tables {
    /// Compare and swap.
    fn spend_sheet(&mut self, sheet: &SheetRow) -> bool {
        let mut known = self.sheets.iter_mut();
        let known = known.find(|one| one.id == sheet.id && one.version == sheet.version);
        let Some(known) = known else { return false };
        *known = SheetRow { version: sheet.version + 1, ..sheet.clone() };
        true
    }
}

#[async_trait]
impl SheetStore for MemoryStaff {
    async fn sheet(&self, employee: EmployeeId) -> Result<Option<SheetRow>, PortError> {
        self.fault.read().await?;
        let tables = self.tables.lock();
        Ok(tables.sheets.iter().find(|known| known.employee == employee).cloned())
    }

    async fn put_sheet(
        &self,
        sheet: &SheetRow,
        before: Option<SheetId>,
    ) -> Result<bool, PortError> {
        self.fault.write().await?;
        let sheets = &mut self.tables.lock().sheets;
        let known = sheets.iter().position(|known| known.employee == sheet.employee);
        if known.map(|at| sheets[at].id) != before {
            return Ok(false);
        }
        known.map(|at| sheets.remove(at));
        sheets.push(sheet.clone());
        Ok(true)
    }

    async fn save_sheet(&self, sheet: &SheetRow) -> Result<bool, PortError> {
        self.fault.write().await?;
        Ok(self.tables.lock().spend_sheet(sheet))
    }

    async fn open_session_by_sheet(
        &self,
        sheet: &SheetRow,
        session: &SessionRow,
    ) -> Result<bool, PortError> {
        self.fault.write().await?;
        let mut tables = self.tables.lock();
        let spent = tables.spend_sheet(sheet);
        if spent {
            tables.sessions.insert(session.id, session.clone());
        }
        Ok(spent)
    }

    async fn end_sheet(&self, sheet: SheetId, keep: Option<SessionId>) -> Result<bool, PortError> {
        self.fault.write().await?;
        let mut tables = self.tables.lock();
        let Some(at) = tables.sheets.iter().position(|known| known.id == sheet) else {
            return Ok(false);
        };
        let employee = tables.sheets.remove(at).employee;
        tables.sessions.retain(|id, s| s.employee != employee || Some(*id) == keep);
        Ok(true)
    }
}
