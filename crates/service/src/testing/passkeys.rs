//! Passkeys in memory, beside the employees and sessions.

use async_trait::async_trait;
use kinfold_domain::EmployeeId;
use kinfold_passkey::CredentialDigest;

use super::staff::{MemoryStaff, Tables};
use crate::ports::{PasskeyId, PasskeyRow, PasskeyStore, PortError, SessionId, SessionRow};

impl Tables {
    /// Compare and swap.
    fn put(&mut self, passkey: &PasskeyRow) -> bool {
        let mut known = self.passkeys.iter_mut();
        let known = known.find(|one| one.id == passkey.id && one.version == passkey.version);
        let Some(known) = known else { return false };
        *known = PasskeyRow { version: passkey.version + 1, ..passkey.clone() };
        true
    }
}

#[async_trait]
impl PasskeyStore for MemoryStaff {
    async fn add_passkey(&self, passkey: &PasskeyRow) -> Result<bool, PortError> {
        self.fault.write().await?;
        let passkeys = &mut self.tables.lock().passkeys;
        let digest = passkey.credential.digest();
        let new = passkeys.iter().all(|known| known.credential.digest() != digest);
        if new {
            passkeys.push(passkey.clone());
        }
        Ok(new)
    }

    async fn passkey(&self, credential: CredentialDigest) -> Result<Option<PasskeyRow>, PortError> {
        self.fault.read().await?;
        let tables = self.tables.lock();
        let mut known = tables.passkeys.iter();
        Ok(known.find(|known| known.credential.digest() == credential).cloned())
    }

    async fn passkeys_of(&self, employee: EmployeeId) -> Result<Vec<PasskeyRow>, PortError> {
        self.fault.read().await?;
        let tables = self.tables.lock();
        let theirs = tables.passkeys.iter().filter(|known| known.employee == employee);
        Ok(theirs.cloned().collect())
    }

    async fn passkey_count(&self) -> Result<u64, PortError> {
        self.fault.read().await?;
        Ok(self.tables.lock().passkeys.len() as u64)
    }

    async fn save_passkey(&self, passkey: &PasskeyRow) -> Result<bool, PortError> {
        self.fault.write().await?;
        Ok(self.tables.lock().put(passkey))
    }

    async fn open_session_with(
        &self,
        passkey: &PasskeyRow,
        session: &SessionRow,
    ) -> Result<bool, PortError> {
        self.fault.write().await?;
        let mut tables = self.tables.lock();
        let put = tables.put(passkey);
        if put {
            tables.sessions.insert(session.id, session.clone());
        }
        Ok(put)
    }

    async fn renew_session_with(
        &self,
        passkey: &PasskeyRow,
        session: &SessionRow,
    ) -> Result<bool, PortError> {
        self.fault.write().await?;
        let mut tables = self.tables.lock();
        Ok(tables.sessions.contains_key(&session.id)
            && tables.put(passkey)
            && tables.renew(session))
    }

    async fn remove_passkey(
        &self,
        passkey: PasskeyId,
        keep: Option<SessionId>,
    ) -> Result<bool, PortError> {
        self.fault.write().await?;
        let mut tables = self.tables.lock();
        let Some(at) = tables.passkeys.iter().position(|known| known.id == passkey) else {
            return Ok(false);
        };
        let employee = tables.passkeys.remove(at).employee;
        tables.sessions.retain(|id, s| s.employee != employee || Some(*id) == keep);
        Ok(true)
    }
}
