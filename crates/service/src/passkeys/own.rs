//! Which passkeys there are, and that one is no more.

use jiff::Timestamp;
use kinfold_domain::{EmployeeId, Personal, UserName};

use super::{PasskeyError, PasskeyWord, Passkeys};
use crate::{
    caller::Caller,
    ports::{PasskeyId, PasskeyRow, SessionId},
    records::Asker,
};

/// A passkey as it is listed.
#[derive(Clone, Debug)]
pub struct PasskeyLine {
    /// Identity.
    pub id: PasskeyId,
    /// What its employee calls it.
    pub name: Personal<String>,
    /// Since when.
    pub added: Timestamp,
    /// When it was last used.
    pub used: Option<Timestamp>,
}

impl Passkeys {
    /// The caller's own.
    pub async fn own(&self, caller: &Caller) -> Result<Vec<PasskeyLine>, PasskeyError> {
        self.lines(caller.employee().id).await
    }

    /// Somebody's, for operators.
    pub async fn of(&self, user_name: &UserName) -> Result<Vec<PasskeyLine>, PasskeyError> {
        self.lines(self.employee(user_name).await?).await
    }

    /// How many there are at this node.
    pub async fn count(&self) -> Result<u64, PasskeyError> {
        Ok(self.parts.passkeys.passkey_count().await?)
    }

    /// Removes one of the caller's own. Their other sessions end: who knows which of them it opened.
    pub async fn remove_own(&self, caller: &Caller, id: PasskeyId) -> Result<(), PasskeyError> {
        self.remove_of(caller.employee().id, id, (None, Some(caller.session()))).await
    }

    /// Removes one that somebody has lost. Their sessions end.
    pub async fn remove(
        &self,
        user_name: &UserName,
        id: PasskeyId,
        by: Asker,
    ) -> Result<(), PasskeyError> {
        self.remove_of(self.employee(user_name).await?, id, (Some(by), None)).await
    }

    /// Removes all of somebody who has left.
    pub(crate) async fn remove_all(
        &self,
        employee: EmployeeId,
        by: Option<&Asker>,
    ) -> Result<(), PasskeyError> {
        for known in self.parts.passkeys.passkeys_of(employee).await? {
            self.remove_of(employee, known.id, (by.cloned(), None)).await?;
        }
        Ok(())
    }

    async fn remove_of(
        &self,
        employee: EmployeeId,
        id: PasskeyId,
        (by, keep): (Option<Asker>, Option<SessionId>),
    ) -> Result<(), PasskeyError> {
        let known = self.parts.passkeys.passkeys_of(employee).await?;
        let row = known.iter().find(|row| row.id == id).ok_or(PasskeyError::Unknown)?;
        self.record(PasskeyWord { by, ..self.word(row, "removed") }).await?;
        if !self.parts.passkeys.remove_passkey(id, keep).await? {
            return Err(PasskeyError::Unknown);
        }
        self.parts.sign_in.forget_sessions_of(employee, keep);
        Ok(())
    }

    async fn lines(&self, employee: EmployeeId) -> Result<Vec<PasskeyLine>, PasskeyError> {
        let known = self.parts.passkeys.passkeys_of(employee).await?;
        Ok(known.into_iter().map(PasskeyRow::line).collect())
    }

    async fn employee(&self, user_name: &UserName) -> Result<EmployeeId, PasskeyError> {
        let account = self.parts.staff.account(user_name).await?;
        account.map(|account| account.employee.id).ok_or(PasskeyError::NoAccount)
    }
}

impl PasskeyRow {
    fn line(self) -> PasskeyLine {
        PasskeyLine { id: self.id, name: self.name, added: self.added, used: self.used }
    }
}
