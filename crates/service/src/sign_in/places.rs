//! Sessions in several places: a person's own, and who is signed in at more than one address.
//!
//! An account belongs to one person, who is in one place. A session that is locked, or idle for as long as that, opens nothing and so
//! counts for none: on shared workstations people lock one screen and go to the next.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use kinfold_domain::EmployeeId;

use super::{SignIn, SignInError, session::Live};
use crate::{
    caller::Caller,
    ports::{Address, PortError, SessionId, SessionRow},
    records::Entry,
};

/// One of a person's own sessions.
#[derive(Clone, Debug)]
pub struct OwnSession {
    /// Identity.
    pub id: SessionId,
    /// Where it was opened, or unlocked last. `None` where nobody wrote it down, and at the node's own console.
    pub address: Option<Address>,
    /// When that was.
    pub since: Timestamp,
    /// When it was last used.
    pub seen: Timestamp,
    /// Opens with PIN and code, or by passkey.
    pub locked: bool,
    /// The one in which this is asked.
    pub this: bool,
}

/// An employee with open sessions at more than one address.
#[derive(Clone, Debug)]
pub struct Scattered {
    /// Who.
    pub employee: EmployeeId,
    /// Each address, with since when. The one that was first comes first.
    pub places: Vec<(Option<Address>, Timestamp)>,
}

impl SignIn {
    /// The caller's sessions, the one in which this is asked among them; the earliest comes first.
    pub fn own_sessions(&self, caller: &Caller) -> Vec<OwnSession> {
        let (now, this) = (self.clock.now(), caller.session());
        let held = self.held.lock();
        let rows = held.of(caller.employee().id).map(|live| &live.row);
        let mut own: Vec<OwnSession> = rows
            .filter(|row| !self.limits.is_over(row, now))
            .map(|row| OwnSession {
                id: row.id,
                address: row.address(),
                since: row.since(),
                seen: row.seen,
                locked: row.locked || self.limits.is_idle(row, now),
                this: row.id == this,
            })
            .collect();
        drop(held);
        own.sort_by_key(|session| session.since);
        own
    }

    /// From where a caller works.
    pub fn place_of(&self, caller: &Caller) -> Option<Address> {
        self.held.lock().find(caller.session()).and_then(|live| live.row.address())
    }

    /// Those of the caller's sessions that are open at another address than this one.
    pub fn elsewhere(&self, caller: &Caller) -> Vec<OwnSession> {
        let mut own = self.own_sessions(caller);
        let here = own.iter().find(|session| session.this).and_then(|session| session.address);
        own.retain(|session| !session.this && !session.locked && session.address != here);
        own
    }

    /// Ends one of the caller's other sessions, or all of them; answers which.
    pub async fn end_own(
        &self,
        caller: &Caller,
        which: Option<SessionId>,
    ) -> Result<Vec<SessionId>, SignInError> {
        let mut others = self.own_sessions(caller);
        others.retain(|other| !other.this && which.is_none_or(|which| which == other.id));
        for other in &others {
            self.drop_session(other.id).await?;
            let (at, employee) = (self.clock.now(), caller.employee().id);
            let address = other.address;
            self.journal.record(Entry::SignedOut { at, employee, address }).await?;
        }
        Ok(others.into_iter().map(|other| other.id).collect())
    }

    /// Who is signed in at more than one address now.
    pub async fn scattered(&self) -> Result<Vec<Scattered>, PortError> {
        let now = self.clock.now();
        let stored = self.store.sessions().await?;
        let mut places: HashMap<EmployeeId, BTreeMap<Option<Address>, Timestamp>> = HashMap::new();
        let held = self.held.lock();
        // What is in memory is the session as it stands: use is written down every half minute.
        let rows = stored.iter().map(|row| held.find(row.id).map_or(row, |live| &live.row));
        for row in rows.filter(|row| self.is_open(row, now)) {
            let since = row.since();
            let known = places.entry(row.employee).or_default();
            known.entry(row.address()).and_modify(|at| *at = since.min(*at)).or_insert(since);
        }
        drop(held);
        let several = places.into_iter().filter(|(_, places)| places.len() > 1);
        let mut scattered: Vec<Scattered> = several
            .map(|(employee, places)| {
                let mut places: Vec<_> = places.into_iter().collect();
                places.sort_by_key(|(_, since)| *since);
                Scattered { employee, places }
            })
            .collect();
        scattered.sort_by_key(|one| one.places.get(1).map(|(_, since)| *since));
        Ok(scattered)
    }

    fn is_open(&self, row: &SessionRow, now: Timestamp) -> bool {
        !row.locked && !self.limits.is_over(row, now) && !self.limits.is_idle(row, now)
    }

    /// Takes in all that the store keeps of an employee's sessions, so that each of them knows of the others after a restart, too.
    pub(crate) async fn recall(&self, employee: EmployeeId) -> Result<(), PortError> {
        loop {
            let ends = self.held.lock().ends();
            let rows = self.store.sessions_of(employee).await?;
            let account = self.store.account_of(employee).await?;
            let Some(account) = account.filter(|account| !account.disabled) else { return Ok(()) };
            let read = rows.into_iter().map(|row| Live::new(row, &account)).collect();
            // A session that ended between the reading and this would come to life again.
            if self.held.lock().take_in(read, ends) {
                return Ok(());
            }
        }
    }
}

impl SessionRow {
    fn address(&self) -> Option<Address> {
        self.place.map(|place| place.address)
    }

    fn since(&self) -> Timestamp {
        self.place.map_or(self.began, |place| place.since)
    }
}
