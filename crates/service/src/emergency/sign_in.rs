//! Signing in and unlocking by an emergency code.

use jiff::Timestamp;
use kinfold_domain::UserName;

use super::{Emergency, EmergencyCredentials, SheetWord, prove::Proof};
use crate::{
    ports::{Address, SessionRow},
    sign_in::{Reopened, SessionSecret, SignInError},
};

impl Emergency {
    /// Opens a session from an address; the secret goes into the cookie and nowhere else.
    #[tracing::instrument(skip_all)]
    pub async fn sign_in(
        &self,
        address: Option<Address>,
        user_name: &UserName,
        typed: EmergencyCredentials,
    ) -> Result<SessionSecret, SignInError> {
        let Proof { account, row } = self.prove(address, user_name, typed).await?;
        let employee = account.employee.id;
        self.parts.sign_in.recall(employee).await?;
        let (secret, session) = self.parts.sign_in.fresh_session(employee, address);
        // No fresh code of a token: nothing that asks for one takes this session for proved.
        let session = SessionRow { proved: Timestamp::UNIX_EPOCH, ..session };
        if !self.parts.sheets.open_session_by_sheet(&row, &session).await? {
            return Err(self.refused(Some(employee), Some(&row), "replayed").await?);
        }
        let word = SheetWord { address, ..self.word(&row, "signed-in") };
        if let Err(error) = self.record(word).await {
            self.parts.staff.end_session(session.id).await?;
            return Err(error.into());
        }
        self.parts.sign_in.let_in(session, &account).await?;
        Ok(secret)
    }

    /// Reopens a locked session of the same person.
    #[tracing::instrument(skip_all)]
    pub async fn unlock(
        &self,
        secret: &SessionSecret,
        typed: EmergencyCredentials,
        address: Option<Address>,
    ) -> Result<Reopened, SignInError> {
        let (locked, employee) = self.parts.sign_in.standing(secret).await?;
        let Proof { account, row } = self.prove(address, &employee.user_name, typed).await?;
        let (reopened, session) = self.parts.sign_in.reopening(&locked, address);
        let session = SessionRow { proved: locked.proved, ..session };
        if !self.parts.sheets.open_session_by_sheet(&row, &session).await? {
            return Err(self.refused(Some(row.employee), Some(&row), "replayed").await?);
        }
        let word = SheetWord { address, ..self.word(&row, "unlocked") };
        if let Err(error) = self.record(word).await {
            self.parts.staff.end_session(session.id).await?;
            return Err(error.into());
        }
        self.parts.sign_in.take_over(reopened, session, &account).await
    }
}
