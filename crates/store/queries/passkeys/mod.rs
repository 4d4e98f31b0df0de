//! Passkeys. What a sign-in by one writes is compared with the version that was read, so that two answers at once open one session
//! each at most, and no counter goes back.

mod rows;
mod sessions;

use async_trait::async_trait;
use kinfold_domain::EmployeeId;
use kinfold_passkey::CredentialDigest;
use kinfold_service::ports::{
    PasskeyId, PasskeyRow, PasskeyStore, PortError, SessionId, SessionRow,
};

use crate::Store;
use crate::fault::Doing;

#[async_trait]
impl PasskeyStore for Store {
    async fn add_passkey(&self, passkey: &PasskeyRow) -> Result<bool, PortError> {
        rows::add(self, passkey).await.doing("adding a passkey")
    }

    async fn passkey(&self, credential: CredentialDigest) -> Result<Option<PasskeyRow>, PortError> {
        rows::one(self, credential).await.doing("reading a passkey")
    }

    async fn passkeys_of(&self, employee: EmployeeId) -> Result<Vec<PasskeyRow>, PortError> {
        rows::of(self, employee).await.doing("reading an employee's passkeys")
    }

    async fn passkey_count(&self) -> Result<u64, PortError> {
        rows::count(self).await.doing("counting passkeys")
    }

    async fn save_passkey(&self, passkey: &PasskeyRow) -> Result<bool, PortError> {
        sessions::save(self, passkey).await.doing("saving a passkey")
    }

    async fn open_session_with(
        &self,
        passkey: &PasskeyRow,
        session: &SessionRow,
    ) -> Result<bool, PortError> {
        sessions::open(self, passkey, session).await.doing("opening a session by passkey")
    }

    async fn renew_session_with(
        &self,
        passkey: &PasskeyRow,
        session: &SessionRow,
    ) -> Result<bool, PortError> {
        sessions::renew(self, passkey, session).await.doing("renewing a session by passkey")
    }

    async fn remove_passkey(
        &self,
        passkey: PasskeyId,
        keep: Option<SessionId>,
    ) -> Result<bool, PortError> {
        sessions::remove(self, passkey, keep).await.doing("removing a passkey")
    }
}

#[cfg(test)]
#[path = "../passkeys_tests.rs"]
mod tests;
