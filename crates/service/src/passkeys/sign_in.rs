//! Signing in and unlocking by passkey.

use super::{Awaited, Ceremony, PasskeyError, Passkeys, prove::Proof};
use crate::{
    ports::{Address, SessionRow},
    sign_in::{SessionSecret, SignInError},
};

impl Passkeys {
    /// Asks for a passkey, whosever it is. Nobody names themselves before, so nothing is told of who has an account here.
    pub fn ask(&self) -> Result<Ceremony, PasskeyError> {
        let asked = self.site()?.ask(None);
        let (options, asking) = asked.map_err(|_| PasskeyError::NotHere)?;
        Ok(self.begin(options, Awaited::SignIn(asking)))
    }

    /// Opens a session; the secret goes into the cookie and nowhere else.
    #[tracing::instrument(skip_all)]
    pub async fn sign_in(
        &self,
        ceremony: &str,
        answer: &str,
        address: Option<Address>,
    ) -> Result<SessionSecret, PasskeyError> {
        let Some(Awaited::SignIn(asking)) = self.take(ceremony) else {
            return self.not_awaited(answer).await;
        };
        let Proof { account, passkey } = self.prove(answer, asking, None).await?;
        self.parts.sign_in.recall(account.employee.id).await?;
        let (secret, session) = self.parts.sign_in.fresh_session(account.employee.id, address);
        if !self.parts.passkeys.open_session_with(&passkey, &session).await? {
            return self.refused(Some(&passkey), "replayed").await;
        }
        if let Err(error) = self.record(self.word_at(&passkey, "signed-in", address)).await {
            self.parts.staff.end_session(session.id).await?;
            return Err(error.into());
        }
        let id = session.id;
        self.parts.sign_in.let_in(session, &account);
        self.parts.sign_in.still_stands(id).await?;
        Ok(secret)
    }

    /// Asks for a passkey of whose session this is.
    pub async fn ask_unlock(&self, secret: &SessionSecret) -> Result<Ceremony, PasskeyError> {
        let site = self.site()?;
        let (session, employee) = self.parts.sign_in.standing(secret).await?;
        let known = self.parts.passkeys.passkeys_of(employee.id).await?;
        let known: Vec<_> = known.into_iter().map(|known| known.credential).collect();
        let (options, asking) = site.ask(Some(&known)).map_err(|_| PasskeyError::NotHere)?;
        Ok(self.begin(options, Awaited::Unlock(session.id, asking)))
    }

    /// Reopens a locked session of the same person.
    #[tracing::instrument(skip_all)]
    pub async fn unlock(
        &self,
        secret: &SessionSecret,
        (ceremony, answer): (&str, &str),
        address: Option<Address>,
    ) -> Result<(), PasskeyError> {
        let (session, employee) = self.parts.sign_in.standing(secret).await?;
        let asking = match self.take(ceremony) {
            Some(Awaited::Unlock(of, asking)) if of == session.id => asking,
            _ => return self.not_awaited(answer).await,
        };
        let Proof { account, passkey } = self.prove(answer, asking, Some(employee.id)).await?;
        let now = self.parts.clock.now();
        let place = self.parts.sign_in.here(address);
        let session = SessionRow { seen: now, proved: now, locked: false, place, ..session };
        if !self.parts.passkeys.renew_session_with(&passkey, &session).await? {
            return self.refused(Some(&passkey), "replayed").await;
        }
        if let Err(error) = self.record(self.word_at(&passkey, "unlocked", address)).await {
            let locked = SessionRow { locked: true, ..session };
            self.parts.staff.touch_session(&locked).await?;
            return Err(SignInError::Ledger(error).into());
        }
        let id = session.id;
        self.parts.sign_in.let_in(session, &account);
        Ok(self.parts.sign_in.still_stands(id).await?)
    }
}
