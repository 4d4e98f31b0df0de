//! Employees, their tokens and sessions.

mod accounts;
mod sessions;
mod tokens;

pub(crate) use sessions::{insert as insert_session, update as update_session};
pub(crate) use tokens::{end_temporary, supersede};

use async_trait::async_trait;
use kinfold_domain::{EmployeeId, UserName};
use kinfold_service::ports::{
    AccountChange, AccountRow, Burn, PortError, SessionId, SessionRow, StaffStore, TokenRow,
};
use kinfold_token::Standing;

use crate::Store;
use crate::fault::Doing;

#[async_trait]
impl StaffStore for Store {
    async fn add_account(&self, account: &AccountRow) -> Result<bool, PortError> {
        accounts::add(self, account).await.doing("adding an account")
    }

    async fn account(&self, user_name: &UserName) -> Result<Option<AccountRow>, PortError> {
        accounts::by_user_name(self, user_name).await.doing("reading an account")
    }

    async fn account_of(&self, employee: EmployeeId) -> Result<Option<AccountRow>, PortError> {
        accounts::of(self, employee).await.doing("reading an account")
    }

    async fn change_account(
        &self,
        employee: EmployeeId,
        change: &AccountChange,
    ) -> Result<bool, PortError> {
        accounts::change(self, employee, change).await.doing("changing an account")
    }

    async fn accounts(&self) -> Result<Vec<AccountRow>, PortError> {
        accounts::all(self).await.doing("reading the accounts")
    }

    async fn add_token(&self, token: &TokenRow) -> Result<(), PortError> {
        tokens::add(self, token).await.doing("adding a token")
    }

    async fn token(
        &self,
        employee: EmployeeId,
        standing: Standing,
    ) -> Result<Option<TokenRow>, PortError> {
        tokens::newest(self, employee, standing).await.doing("reading a token")
    }

    async fn activate_token(&self, burn: Burn) -> Result<bool, PortError> {
        tokens::activate(self, burn).await.doing("activating a token")
    }

    async fn save_token(&self, burn: Burn) -> Result<bool, PortError> {
        tokens::save(self, burn).await.doing("saving a token's state")
    }

    async fn open_session(&self, burn: Burn, session: &SessionRow) -> Result<bool, PortError> {
        sessions::open(self, burn, session).await.doing("opening a session")
    }

    async fn renew_session(&self, burn: Burn, session: &SessionRow) -> Result<bool, PortError> {
        sessions::renew(self, burn, session).await.doing("renewing a session")
    }

    async fn session(&self, id: SessionId) -> Result<Option<SessionRow>, PortError> {
        sessions::one(self, id).await.doing("reading a session")
    }

    async fn sessions_of(&self, employee: EmployeeId) -> Result<Vec<SessionRow>, PortError> {
        sessions::of(self, employee).await.doing("reading an employee's sessions")
    }

    async fn sessions(&self) -> Result<Vec<SessionRow>, PortError> {
        sessions::all(self).await.doing("reading the sessions")
    }

    async fn touch_sessions(&self, sessions: &[SessionRow]) -> Result<(), PortError> {
        sessions::touch(self, sessions).await.doing("saving when sessions were used")
    }

    async fn end_session(&self, id: SessionId) -> Result<(), PortError> {
        sessions::end(self, id).await.doing("ending a session")
    }

    async fn end_sessions_of(&self, employee: EmployeeId) -> Result<(), PortError> {
        sessions::end_all(self, employee).await.doing("ending an employee's sessions")
    }
}

#[cfg(test)]
#[path = "staff_tests.rs"]
mod tests;
