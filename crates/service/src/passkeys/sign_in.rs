//! Signing in, unlocking and stepping up by passkey.

use kinfold_domain::EmployeeId;
use kinfold_passkey::{Asking, Options};

use super::{Awaited, Ceremony, PasskeyError, PasskeyWord, Passkeys, prove::Proof};
use crate::{
    caller::Caller,
    ports::{Address, SessionRow},
    sign_in::{Reopened, SessionSecret, SignInError, StepUp, SteppedUp},
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
        self.parts.sign_in.let_in(session, &account).await?;
        Ok(secret)
    }

    /// Asks for a passkey of whose session this is.
    pub async fn ask_unlock(&self, secret: &SessionSecret) -> Result<Ceremony, PasskeyError> {
        let (session, employee) = self.parts.sign_in.standing(secret).await?;
        let (options, asking) = self.ask_for_one_of(employee.id).await?;
        Ok(self.begin(options, Awaited::Unlock(session.id, asking)))
    }

    /// Asks for a passkey of the employee of an open session.
    pub async fn ask_step_up(&self, caller: &Caller) -> Result<Ceremony, PasskeyError> {
        let (options, asking) = self.ask_for_one_of(caller.employee().id).await?;
        Ok(self.begin(options, Awaited::StepUp(caller.session(), asking)))
    }

    async fn ask_for_one_of(
        &self,
        employee: EmployeeId,
    ) -> Result<(Options, Asking), PasskeyError> {
        let site = self.site()?;
        let known = self.parts.passkeys.passkeys_of(employee).await?;
        let known: Vec<_> = known.into_iter().map(|known| known.credential).collect();
        site.ask(Some(&known)).map_err(|_| PasskeyError::NotHere)
    }

    /// Reopens a locked session of the same person.
    #[tracing::instrument(skip_all)]
    pub async fn unlock(
        &self,
        secret: &SessionSecret,
        (ceremony, answer): (&str, &str),
        address: Option<Address>,
    ) -> Result<Reopened, PasskeyError> {
        let (session, employee) = self.parts.sign_in.standing(secret).await?;
        let asking = match self.take(ceremony) {
            Some(Awaited::Unlock(of, asking)) if of == session.id => asking,
            _ => return self.not_awaited(answer).await,
        };
        let Proof { account, passkey } = self.prove(answer, asking, Some(employee.id)).await?;
        let (reopened, session) = self.parts.sign_in.reopening(&session, address);
        if !self.parts.passkeys.open_session_with(&passkey, &session).await? {
            return self.refused(Some(&passkey), "replayed").await;
        }
        if let Err(error) = self.record(self.word_at(&passkey, "unlocked", address)).await {
            self.parts.staff.end_session(session.id).await?;
            return Err(SignInError::Ledger(error).into());
        }
        Ok(self.parts.sign_in.take_over(reopened, session, &account).await?)
    }

    /// Makes sure by their passkey that whoever works in a session is its own employee.
    #[tracing::instrument(skip_all)]
    pub async fn step_up(
        &self,
        caller: &Caller,
        (ceremony, answer): (&str, &str),
        what: StepUp,
    ) -> Result<SteppedUp, PasskeyError> {
        let asking = match self.take(ceremony) {
            Some(Awaited::StepUp(of, asking)) if of == caller.session() => asking,
            _ => return self.not_awaited(answer).await,
        };
        let of = caller.employee().id;
        let Proof { passkey, .. } = self.prove(answer, asking, Some(of)).await?;
        let (sign_in, now) = (&self.parts.sign_in, self.parts.clock.now());
        let row = sign_in.open_row(caller.session()).ok_or(SignInError::NoSession)?;
        let row = SessionRow { seen: now, proved: now, ..row };
        if !self.parts.passkeys.renew_session_with(&passkey, &row).await? {
            return self.refused(Some(&passkey), "replayed").await;
        }
        let address = row.place.map(|place| place.address);
        let what_for = Some(what.word().to_owned());
        let word = self.word_at(&passkey, "stepped-up", address);
        self.record(PasskeyWord { what_for, ..word }).await?;
        Ok(sign_in.stepped_up(&row, (what, true))?)
    }
}
