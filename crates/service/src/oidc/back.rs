//! The way back: what a browser brings from the provider, and the session that it opens.

use kinfold_domain::EmployeeId;
use kinfold_oidc::{Asked, Refusal, Trouble};

use super::{OutsideError, OutsideSignIn, questions::Awaited};
use crate::{
    ports::{AccountRow, Address, LinkRow},
    records::Entry,
    sign_in::{Reopened, SessionSecret, SignInError, StepUp},
};

/// What a browser brings back (RFC 6749 section 4.1.2, RFC 9207). Not yet believed.
#[derive(Clone, Copy, Default)]
pub struct Brought<'a> {
    /// The question that it answers.
    pub state: &'a str,
    /// For which the provider gives the ID token.
    pub code: Option<&'a str>,
    /// The provider's word for why there is none.
    pub error: Option<&'a str>,
    /// Who answers.
    pub issuer: Option<&'a str>,
}

/// What came of it.
pub enum Went {
    /// A session was opened: its secret goes into the cookie and nowhere else.
    SignedIn(SessionSecret),
    /// The session was unlocked.
    Unlocked(Reopened),
    /// Its employee may go on with what [`OutsideSignIn::waiting`] says.
    SteppedUp,
}

/// Made sure of by the provider, and linked.
pub(super) struct Proof {
    account: AccountRow,
    pub(super) link: LinkRow,
}

impl OutsideSignIn {
    /// Opens or unlocks a session, or steps up in it, by what the provider answered. `mark` is what the browser was given when it was sent there.
    #[tracing::instrument(skip_all)]
    pub async fn back(
        &self,
        mark: &str,
        brought: Brought<'_>,
        address: Option<Address>,
    ) -> Result<Went, OutsideError> {
        let awaited = self.questions.lock().take(mark, self.links.parts.clock.now());
        match awaited {
            None => {
                self.record_refused(None, Refusal::State.word()).await?;
                Err(OutsideError::Over)
            }
            Some(Awaited::SignIn(asked)) => {
                let proof = self.prove(asked, brought, None).await?;
                self.open(proof, address).await.map(Went::SignedIn)
            }
            Some(Awaited::Unlock(secret, asked)) => {
                let (_, employee) = self.links.parts.sign_in.standing(&secret).await?;
                let proof = self.prove(asked, brought, Some(employee.id)).await?;
                self.reopen(&secret, proof, address).await.map(Went::Unlocked)
            }
            Some(Awaited::StepUp(stepping, asked)) => {
                let row = self.links.parts.sign_in.open_row(stepping.session);
                let employee = row.ok_or(SignInError::NoSession)?.employee;
                let proof = self.prove(asked, brought, Some(employee)).await?;
                self.step_up(stepping, proof).await.map(|()| Went::SteppedUp)
            }
        }
    }

    /// Whose answer it is. `of`: who that must be, where it is known.
    async fn prove(
        &self,
        asked: Asked,
        brought: Brought<'_>,
        of: Option<EmployeeId>,
    ) -> Result<Proof, OutsideError> {
        let provider = self.provider()?;
        let name = || provider.name().to_owned();
        let another = brought.issuer.is_some_and(|issuer| issuer != provider.issuer());
        if !asked.is_answered_by(brought.state) || another {
            self.record_refused(None, if another { "issuer" } else { "state" }).await?;
            return Err(OutsideError::Refused);
        }
        let Some(code) = brought.code.filter(|_| brought.error.is_none()) else {
            self.record_refused(None, said(brought.error)).await?;
            return Err(OutsideError::Declined { name: name() });
        };
        let turn = self.turns.acquire().await;
        let exchanged = provider.exchange(code, asked, self.links.parts.clock.now()).await;
        drop(turn);
        let identity = match exchanged {
            Ok(identity) => identity,
            Err(trouble) => {
                if let Trouble::Refused(refusal) = trouble {
                    self.record_refused(of, refusal.word()).await?;
                }
                return Err(Self::told(&**provider, &trouble));
            }
        };
        let link = self.links.parts.links.link(&identity.issuer, &identity.subject).await?;
        let Some(link) = link else {
            self.record_refused(None, "not-linked").await?;
            return Err(OutsideError::NotLinked { name: name() });
        };
        if of.is_some_and(|of| of != link.employee) {
            self.record_refused(Some(link.employee), "another-person").await?;
            return Err(OutsideError::Refused);
        }
        let account = self.links.parts.staff.account_of(link.employee).await?;
        let Some(account) = account.filter(|account| !account.disabled) else {
            self.record_refused(Some(link.employee), "disabled").await?;
            return Err(OutsideError::NotLinked { name: name() });
        };
        let used = Some(self.links.parts.clock.now());
        Ok(Proof { account, link: LinkRow { used, ..link } })
    }

    async fn open(
        &self,
        Proof { account, link }: Proof,
        address: Option<Address>,
    ) -> Result<SessionSecret, OutsideError> {
        let (parts, employee) = (&self.links.parts, account.employee.id);
        parts.sign_in.recall(employee).await?;
        let (secret, session) = parts.sign_in.fresh_session(employee, address);
        if !parts.links.open_session_by_link(&link, &session).await? {
            return self.not_linked_now(employee).await;
        }
        if let Err(error) = self.record(employee, ("oidc", None), address).await {
            parts.staff.end_session(session.id).await?;
            return Err(error);
        }
        parts.sign_in.let_in(session, &account).await?;
        Ok(secret)
    }

    async fn reopen(
        &self,
        secret: &SessionSecret,
        Proof { account, link }: Proof,
        address: Option<Address>,
    ) -> Result<Reopened, OutsideError> {
        let (parts, employee) = (&self.links.parts, account.employee.id);
        // As it stands now: they took their time at the provider.
        let (locked, _) = parts.sign_in.standing(secret).await?;
        let (reopened, session) = parts.sign_in.reopening(&locked, address);
        if !parts.links.open_session_by_link(&link, &session).await? {
            return self.not_linked_now(employee).await;
        }
        if let Err(error) = self.record(employee, ("unlock", None), address).await {
            parts.staff.end_session(session.id).await?;
            return Err(error);
        }
        Ok(parts.sign_in.take_over(reopened, session, &account).await?)
    }

    /// The link, or the session, ended in that moment.
    pub(super) async fn not_linked_now<T>(&self, employee: EmployeeId) -> Result<T, OutsideError> {
        self.record_refused(Some(employee), "not-linked").await?;
        Err(OutsideError::SignIn(SignInError::NoSession))
    }

    pub(super) async fn record(
        &self,
        employee: EmployeeId,
        (how, what_for): (&str, Option<StepUp>),
        address: Option<Address>,
    ) -> Result<(), OutsideError> {
        let (at, how, by) = (self.links.parts.clock.now(), how.to_owned(), self.label());
        let what_for = what_for.map(|what| what.word().to_owned());
        let entry = Entry::SignedIn { at, employee, how, what_for, by, address };
        self.links.parts.journal.record(entry).await?;
        Ok(())
    }

    async fn record_refused(
        &self,
        employee: Option<EmployeeId>,
        why: &str,
    ) -> Result<(), OutsideError> {
        let (at, why, by) = (self.links.parts.clock.now(), why.to_owned(), self.label());
        let entry = Entry::SignInRefused { at, employee, why, by };
        self.links.parts.journal.record(entry).await?;
        Ok(())
    }

    /// How the ledger names the provider.
    fn label(&self) -> Option<String> {
        self.issuer().map(|issuer| format!("oidc:{issuer}"))
    }
}

/// The provider's own word, if it is one of the standard's (RFC 6749 section 4.1.2.1, `OpenID` Connect Core section 3.1.2.6): what else came
/// may be anybody's text.
fn said(error: Option<&str>) -> &'static str {
    const WORDS: [&str; 10] = [
        "access_denied",
        "login_required",
        "interaction_required",
        "consent_required",
        "account_selection_required",
        "unmet_authentication_requirements",
        "invalid_request",
        "unauthorized_client",
        "server_error",
        "temporarily_unavailable",
    ];
    let known = WORDS.into_iter().find(|word| error == Some(*word));
    known.unwrap_or("provider-refused")
}
