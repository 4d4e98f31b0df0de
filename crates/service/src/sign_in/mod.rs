//! Sign-in: user name, PIN and eight-second code; sessions that are short when idle and quick to lock and reopen.

mod prove;
mod session;

pub use prove::{Credentials, SignInError};
pub use session::{SessionError, SessionLimits, SessionSecret};

use std::{collections::HashMap, sync::Arc};

use jiff::Timestamp;
use kinfold_domain::{Employee, EmployeeId, UserName};
use kinfold_token::{Code, Pin};
use parking_lot::Mutex;

use crate::{
    caller::Caller,
    journal::Journal,
    ports::{Clock, Entropy, SessionId, SessionRow, StaffStore},
    records::Entry,
};
use session::Live;

/// Signs employees in, and knows who is.
pub struct SignIn {
    store: Arc<dyn StaffStore>,
    journal: Journal,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    limits: SessionLimits,
    live: Mutex<HashMap<SessionId, Live>>,
}

impl SignIn {
    /// Over a store of accounts, tokens and sessions.
    pub fn new(
        store: Arc<dyn StaffStore>,
        journal: Journal,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        limits: SessionLimits,
    ) -> Self {
        Self { store, journal, clock, entropy, limits, live: Mutex::default() }
    }

    /// How long sessions last.
    pub const fn limits(&self) -> &SessionLimits {
        &self.limits
    }

    /// Opens a session; the secret goes into the cookie and nowhere else.
    #[tracing::instrument(skip_all)]
    pub async fn sign_in(
        &self,
        user_name: &UserName,
        pin: Pin,
        code: Code,
    ) -> Result<SessionSecret, SignInError> {
        let proof = self.prove(user_name, Credentials { pin, code }).await?;
        let now = self.clock.now();
        let secret = SessionSecret::new(self.entropy.bytes32());
        let session = SessionRow {
            id: secret.id(),
            employee: proof.account.employee.id,
            began: proof.began(now, self.limits.longest),
            seen: now,
            proved: now,
            locked: false,
        };
        let employee = proof.account.employee;
        if !self.store.open_session(proof.burn, &session).await? {
            return Err(self.refused(Some(employee.id), "replayed").await?);
        }
        if let Err(error) = self.record_sign_in(employee.id, "sign-in").await {
            self.store.end_session(session.id).await?;
            return Err(error);
        }
        let mut live = self.live.lock();
        live.retain(|_, live| !self.limits.is_over(&live.row, now));
        live.insert(session.id, Live::new(session, employee));
        drop(live);
        Ok(secret)
    }

    /// Reopens a locked session of the same person.
    #[tracing::instrument(skip_all)]
    pub async fn unlock(
        &self,
        secret: &SessionSecret,
        pin: Pin,
        code: Code,
    ) -> Result<(), SignInError> {
        let live = self.find(secret).await?.ok_or(SignInError::NoSession)?;
        if self.limits.is_over(&live.row, self.clock.now()) {
            self.drop_session(secret.id()).await?;
            return Err(SignInError::NoSession);
        }
        let user_name = live.employee.user_name.clone();
        let proof = self.prove(&user_name, Credentials { pin, code }).await?;
        let now = self.clock.now();
        let session = SessionRow { seen: now, proved: now, locked: false, ..live.row };
        if !self.store.renew_session(proof.burn, &session).await? {
            return Err(self.refused(Some(live.employee.id), "replayed").await?);
        }
        if let Err(error) = self.record_sign_in(live.employee.id, "unlock").await {
            self.store.touch_session(&SessionRow { locked: true, ..session }).await?;
            return Err(error);
        }
        self.live.lock().insert(session.id, Live::new(session, proof.account.employee));
        Ok(())
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
        self.touch(&live, now).await?;
        Ok(Caller::new(live.employee, live.row.id, live.row.proved))
    }

    /// Locks a session: it opens again with PIN and code.
    pub async fn lock(&self, caller: &Caller) -> Result<(), SessionError> {
        let found = self.live.lock().get(&caller.session()).cloned();
        match found {
            Some(live) => self.set_locked(&live).await,
            None => Ok(()),
        }
    }

    /// Ends a session, open or locked.
    pub async fn sign_out(&self, secret: &SessionSecret) -> Result<(), SignInError> {
        let Some(live) = self.find(secret).await? else { return Ok(()) };
        self.drop_session(live.row.id).await?;
        let entry = Entry::SignedOut { at: self.clock.now(), employee: live.employee.id };
        self.journal.record(entry).await?;
        Ok(())
    }

    /// Makes sure that this is that employee, by PIN and a fresh code, without opening a session.
    #[tracing::instrument(skip_all)]
    pub async fn vouch(
        &self,
        user_name: &UserName,
        credentials: Credentials,
    ) -> Result<Employee, SignInError> {
        let proof = self.prove(user_name, credentials).await?;
        let employee = proof.account.employee;
        if !self.store.save_token(proof.burn).await? {
            return Err(self.refused(Some(employee.id), "replayed").await?);
        }
        self.record_sign_in(employee.id, "vouch").await?;
        Ok(employee)
    }

    /// Ends every session of an employee at once.
    pub async fn end_sessions_of(&self, employee: EmployeeId) -> Result<(), SessionError> {
        self.live.lock().retain(|_, live| live.employee.id != employee);
        Ok(self.store.end_sessions_of(employee).await?)
    }

    async fn record_sign_in(&self, employee: EmployeeId, how: &str) -> Result<(), SignInError> {
        let entry = Entry::SignedIn { at: self.clock.now(), employee, how: how.to_owned() };
        self.journal.record(entry).await?;
        Ok(())
    }

    async fn touch(&self, live: &Live, now: Timestamp) -> Result<(), SessionError> {
        let due = self.live.lock().get_mut(&live.row.id).and_then(|held| {
            held.row.seen = now;
            held.is_due(now).then(|| {
                held.stored = now;
                held.row.clone()
            })
        });
        // What is stored is the session as it stands, so that a lock in the same moment is not undone.
        if let Some(row) = due {
            self.store.touch_session(&row).await?;
        }
        Ok(())
    }

    async fn set_locked(&self, live: &Live) -> Result<(), SessionError> {
        let row = SessionRow { locked: true, ..live.row.clone() };
        self.store.touch_session(&row).await?;
        self.live.lock().insert(row.id, Live::new(row, live.employee.clone()));
        Ok(())
    }

    async fn drop_session(&self, id: SessionId) -> Result<(), crate::ports::PortError> {
        self.live.lock().remove(&id);
        self.store.end_session(id).await
    }

    async fn find(&self, secret: &SessionSecret) -> Result<Option<Live>, crate::ports::PortError> {
        let id = secret.id();
        let held = self.live.lock().get(&id).cloned();
        if held.is_some() {
            return Ok(held);
        }
        let Some(row) = self.store.session(id).await? else { return Ok(None) };
        let Some(account) = self.store.account_of(row.employee).await? else { return Ok(None) };
        if account.disabled {
            return Ok(None);
        }
        let live = Live::new(row, account.employee);
        self.live.lock().insert(id, live.clone());
        Ok(Some(live))
    }
}

/// The employee of a locked session, for the page that reopens it.
pub type LockedFor = Box<Employee>;
