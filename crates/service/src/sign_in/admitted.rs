//! Sessions of people whom something else than PIN and code has made sure of.

use kinfold_domain::{Employee, EmployeeId};

use super::{SessionSecret, SignIn, SignInError, session::Live};
use crate::ports::{AccountRow, Address, PortError, SessionId, SessionPlace, SessionRow};

impl SignIn {
    /// A session for somebody who has proved themselves just now, not open before it is stored and admitted.
    pub(crate) fn fresh_session(
        &self,
        employee: EmployeeId,
        address: Option<Address>,
    ) -> (SessionSecret, SessionRow) {
        let now = self.clock.now();
        let secret = SessionSecret::new(self.entropy.bytes32());
        let (id, locked) = (secret.id(), false);
        let place = self.here(address);
        let row = SessionRow { id, employee, began: now, seen: now, proved: now, locked, place };
        (secret, row)
    }

    /// A session as it stands, whether open or locked; `NoSession` when it is over.
    pub(crate) async fn standing(
        &self,
        secret: &SessionSecret,
    ) -> Result<(SessionRow, Employee), SignInError> {
        let live = self.find(secret).await?.ok_or(SignInError::NoSession)?;
        if self.limits.is_over(&live.row, self.clock.now()) {
            self.drop_session(secret.id()).await?;
            return Err(SignInError::NoSession);
        }
        Ok((live.row, live.employee))
    }

    /// A session as it stands, if it has not ended meanwhile.
    pub(crate) fn open_row(&self, session: SessionId) -> Option<SessionRow> {
        let row = self.held.lock().find(session).map(|live| live.row.clone());
        row.filter(|row| !self.limits.is_over(row, self.clock.now()))
    }

    /// That address, now.
    pub(crate) fn here(&self, address: Option<Address>) -> Option<SessionPlace> {
        address.map(|address| SessionPlace { address, since: self.clock.now() })
    }

    /// Lets a session be used that is stored and recorded, for somebody who still is who proved themselves.
    pub(crate) async fn let_in(
        &self,
        row: SessionRow,
        account: &AccountRow,
    ) -> Result<(), SignInError> {
        let (id, now) = (row.id, self.clock.now());
        {
            let mut held = self.held.lock();
            held.drop_those(|live| self.limits.is_over(&live.row, now));
            held.put(Live::new(row, account));
        }
        // Only now, so that whoever ends their sessions or changes their account in the same moment is met here or meets it there.
        if self.still_stands(id, account).await? {
            return Ok(());
        }
        self.drop_session(id).await?;
        Err(SignInError::NoSession)
    }

    /// Whether a session has not ended, and the account is the one that was proved: another PIN or role ends what the one before opened.
    async fn still_stands(&self, id: SessionId, proved: &AccountRow) -> Result<bool, PortError> {
        if self.store.session(id).await?.is_none() {
            return Ok(false);
        }
        let now = self.store.account_of(proved.employee.id).await?;
        let same = |now: AccountRow| {
            now.employee == proved.employee && now.pin == proved.pin && !now.disabled
        };
        Ok(now.is_some_and(same))
    }

    /// Forgets an employee's sessions, which are gone from the store already, but for one.
    pub(crate) fn forget_sessions_of(&self, employee: EmployeeId, keep: Option<SessionId>) {
        let theirs = |live: &Live| live.employee.id == employee && Some(live.row.id) != keep;
        self.held.lock().end(theirs);
    }
}
