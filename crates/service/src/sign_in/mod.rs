//! Sign-in: user name, PIN and eight-second code; sessions that are short when idle and quick to lock and reopen.

mod admitted;
mod clock;
mod door;
mod few_codes;
mod guarded;
mod held;
mod origins;
mod own_pin;
mod places;
mod prove;
mod reopened;
mod resync;
mod session;
mod spray;
mod step_up;
mod whence;

pub(crate) use clock::NoTime;
pub use door::{Door, Joined, Passed, ShutError, Typed, Untyped};
pub(crate) use guarded::ended;
pub(crate) use origins::End;
pub use own_pin::PinError;
pub use places::{OwnSession, Scattered};
pub use prove::{Credentials, SignInError};
pub(crate) use prove::{MOST_RACES, judge_pin};
pub use reopened::Reopened;
pub use session::{SessionError, SessionLimits, SessionSecret};
pub use spray::Sprayed;
pub use step_up::{StepUp, SteppedUp};
pub use whence::Origin;
pub(crate) use whence::Whence;

use std::sync::Arc;

use jiff::Timestamp;
use kinfold_domain::{Employee, EmployeeId, UserName};
use kinfold_token::{Code, Pin};
use parking_lot::Mutex;

use crate::{
    caller::Caller,
    journal::Journal,
    own_clock::OwnClock,
    ports::{Address, Entropy, SessionId, SessionPlace, SessionRow, StaffStore},
    records::Entry,
};
use held::Held;
use origins::Origins;
use session::Live;
use spray::Spray;

/// Signs employees in, and knows who is.
pub struct SignIn {
    store: Arc<dyn StaffStore>,
    journal: Journal,
    clock: Arc<OwnClock>,
    entropy: Arc<dyn Entropy>,
    limits: SessionLimits,
    held: Mutex<Held>,
    origins: Mutex<Origins>,
    spray: Mutex<Spray>,
}

impl SignIn {
    /// Over a store of accounts, tokens and sessions.
    pub fn new(
        store: Arc<dyn StaffStore>,
        journal: Journal,
        clock: Arc<OwnClock>,
        entropy: Arc<dyn Entropy>,
        limits: SessionLimits,
    ) -> Self {
        let (held, origins, spray) = (Mutex::default(), Mutex::default(), Mutex::default());
        Self { store, journal, clock, entropy, limits, held, origins, spray }
    }

    /// How long sessions last.
    pub const fn limits(&self) -> &SessionLimits {
        &self.limits
    }

    /// Opens a session at the node's own console.
    pub async fn sign_in(
        &self,
        user_name: &UserName,
        pin: Pin,
        code: Code,
    ) -> Result<SessionSecret, SignInError> {
        self.sign_in_from(None, user_name, Credentials { pin, code }).await
    }

    /// Opens a session from an address; the secret goes into the cookie and nowhere else.
    #[tracing::instrument(skip_all)]
    pub async fn sign_in_from(
        &self,
        address: Option<Address>,
        user_name: &UserName,
        credentials: Credentials,
    ) -> Result<SessionSecret, SignInError> {
        let proof = self.prove(address, user_name, credentials).await?;
        self.recall(proof.account.employee.id).await?;
        let now = self.clock.now();
        let secret = SessionSecret::new(self.entropy.bytes32());
        let session = SessionRow {
            id: secret.id(),
            employee: proof.account.employee.id,
            began: proof.began(now, self.limits.longest),
            seen: now,
            proved: now,
            locked: false,
            place: self.here(address),
        };
        let employee = proof.account.employee.id;
        if !self.store.open_session(proof.burn, &session).await? {
            return Err(self.refused(Some(employee), "replayed").await?);
        }
        if let Err(error) = self.record_sign_in(employee, ("sign-in", session.place)).await {
            self.store.end_session(session.id).await?;
            return Err(error);
        }
        self.let_in(session, &proof.account).await?;
        Ok(secret)
    }

    /// Reopens a locked session of the same person.
    #[tracing::instrument(skip_all)]
    pub async fn unlock(
        &self,
        secret: &SessionSecret,
        credentials: Credentials,
        address: Option<Address>,
    ) -> Result<Reopened, SignInError> {
        let (locked, employee) = self.standing(secret).await?;
        let proof = self.prove(address, &employee.user_name, credentials).await?;
        let (reopened, session) = self.reopening(&locked, address);
        if !self.store.open_session(proof.burn, &session).await? {
            return Err(self.refused(Some(employee.id), "replayed").await?);
        }
        if let Err(error) = self.record_sign_in(employee.id, ("unlock", session.place)).await {
            self.store.end_session(session.id).await?;
            return Err(error);
        }
        self.take_over(reopened, session, &proof.account).await
    }

    /// Who this is, if the session is open; each call counts as use.
    pub async fn caller(&self, secret: &SessionSecret) -> Result<Caller, SessionError> {
        let now = self.clock.now();
        let live = self.find(secret).await?.ok_or(SessionError::None)?;
        if self.limits.is_over(&live.row, now) {
            self.drop_session(live.row.id).await?;
            return Err(SessionError::None);
        }
        if live.row.locked || self.limits.is_idle(&live.row, now) {
            if !live.row.locked {
                self.set_locked(&live).await?;
            }
            return Err(SessionError::Locked(Box::new(live.employee)));
        }
        self.use_now(live.row.id, now);
        if live.given {
            return Err(SessionError::GivenPin(Box::new(live.employee)));
        }
        Ok(Caller::new(live.employee, live.row.id, live.row.proved))
    }

    /// Writes down when sessions were last used. A restart may shorten a session by as long as this was not called, never
    /// lengthen it.
    pub async fn note_use(&self) -> Result<(), crate::ports::PortError> {
        // Each as it stands; the store keeps a lock of the same moment.
        let used = self.held.lock().used();
        if used.is_empty() {
            return Ok(());
        }
        self.store.touch_sessions(&used).await?;
        self.held.lock().noted(&used);
        Ok(())
    }

    /// Whether a session that has been used since the node started has neither ended nor run out.
    pub fn stands(&self, id: SessionId) -> bool {
        let (now, held) = (self.clock.now(), self.held.lock());
        held.find(id).is_some_and(|live| !self.limits.is_over(&live.row, now))
    }

    /// Locks a session: it opens again with PIN and code.
    pub async fn lock(&self, caller: &Caller) -> Result<(), SessionError> {
        let found = self.held.lock().find(caller.session()).cloned();
        match found {
            Some(live) => self.set_locked(&live).await,
            None => Ok(()),
        }
    }

    /// Ends a session, open or locked.
    pub async fn sign_out(&self, secret: &SessionSecret) -> Result<(), SignInError> {
        let Some(live) = self.find(secret).await? else { return Ok(()) };
        self.drop_session(live.row.id).await?;
        let address = live.row.place.map(|place| place.address);
        let (at, employee) = (self.clock.now(), live.employee.id);
        let entry = Entry::SignedOut { at, employee, address };
        self.journal.record(entry).await?;
        Ok(())
    }

    /// Makes sure that this is that employee, by PIN and a fresh code typed at that address, without opening a session.
    #[tracing::instrument(skip_all)]
    pub async fn vouch(
        &self,
        address: Option<Address>,
        user_name: &UserName,
        credentials: Credentials,
    ) -> Result<Employee, SignInError> {
        let proof = self.prove(address, user_name, credentials).await?;
        let employee = proof.account.employee;
        // Whoever gave them the PIN could say it for them.
        if proof.account.given {
            return Err(SignInError::GivenPin);
        }
        if !self.store.save_token(proof.burn).await? {
            return Err(self.refused(Some(employee.id), "replayed").await?);
        }
        self.record_sign_in(employee.id, ("vouch", None)).await?;
        Ok(employee)
    }

    /// Ends every session of an employee at once.
    pub async fn end_sessions_of(&self, employee: EmployeeId) -> Result<(), SessionError> {
        // In this order: a session that is let in meanwhile finds that it has ended ([`Self::let_in`]).
        let ended = self.store.end_sessions_of(employee).await;
        self.forget_sessions_of(employee, None);
        Ok(ended?)
    }

    async fn record_sign_in(
        &self,
        employee: EmployeeId,
        (how, place): (&str, Option<SessionPlace>),
    ) -> Result<(), SignInError> {
        let (at, how) = (self.clock.now(), how.to_owned());
        let address = place.map(|place| place.address);
        let entry = Entry::SignedIn { at, employee, how, what_for: None, by: None, address };
        self.journal.record(entry).await?;
        Ok(())
    }

    /// In memory alone: a request waits for no writer of the store.
    fn use_now(&self, id: SessionId, now: Timestamp) {
        if let Some(live) = self.held.lock().find_mut(id) {
            live.row.seen = now;
        }
    }

    async fn set_locked(&self, live: &Live) -> Result<(), SessionError> {
        let row = SessionRow { locked: true, ..live.row.clone() };
        self.store.touch_sessions(std::slice::from_ref(&row)).await?;
        self.held.lock().put(Live { row, ..live.clone() });
        Ok(())
    }

    async fn drop_session(&self, id: SessionId) -> Result<(), crate::ports::PortError> {
        self.held.lock().end(|live| live.row.id == id);
        let ended = self.store.end_session(id).await;
        // Once more, for what was read from the store just before.
        self.held.lock().end(|live| live.row.id == id);
        ended
    }

    async fn find(&self, secret: &SessionSecret) -> Result<Option<Live>, crate::ports::PortError> {
        let id = secret.id();
        let held = self.held.lock().find(id).cloned();
        if held.is_some() {
            return Ok(held);
        }
        let Some(row) = self.store.session(id).await? else { return Ok(None) };
        self.recall(row.employee).await?;
        Ok(self.held.lock().find(id).cloned())
    }
}

/// The employee of a locked session, for the page that reopens it.
pub type LockedFor = Box<Employee>;
