//! Step-up: PIN and a fresh code of the session's own employee, for what nobody may do in a session that somebody left open.

use kinfold_domain::EmployeeId;

use super::{Credentials, SignIn, SignInError};
use crate::{
    caller::Caller,
    ports::{SessionId, SessionRow},
    records::Entry,
};

/// What calls for a step-up.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum StepUp {
    /// Adding a passkey.
    AddPasskey,
    /// Saving who looked at a child as a file.
    ExportWhoLooked,
    /// Making a sheet of emergency codes.
    MakeEmergencyCodes,
    /// Opening what the rules refuse.
    BreakGlass,
}

impl StepUp {
    /// Its word in the ledger.
    pub const fn word(self) -> &'static str {
        match self {
            Self::AddPasskey => "add-passkey",
            Self::ExportWhoLooked => "export-who-looked",
            Self::MakeEmergencyCodes => "make-emergency-codes",
            Self::BreakGlass => "break-glass",
        }
    }
}

/// Proof that the employee of a session has just typed their PIN and a code that was not used before, used their passkey, or proved
/// themselves at the identity provider, for one thing. What calls for it takes it away, so that each such thing needs a code of its own.
#[derive(Debug)]
pub struct SteppedUp {
    session: SessionId,
    employee: EmployeeId,
    what: StepUp,
    lasting: bool,
}

impl SteppedUp {
    /// Whether it is this caller who has proved themselves, and for this.
    pub fn is_of(&self, caller: &Caller, what: StepUp) -> bool {
        let (session, employee) = (caller.session(), caller.employee().id);
        self.session == session && self.employee == employee && self.what == what
    }

    /// Whether it was by a token or a passkey, not by a code for a shift or at an identity provider: what outlasts the shift, or what the
    /// provider thinks of somebody, must not come from those.
    pub const fn lasting(&self) -> bool {
        self.lasting
    }

    /// One without PIN and code, for the tests of what takes one.
    #[cfg(feature = "testing")]
    pub fn for_tests(caller: &Caller, what: StepUp) -> Self {
        let (session, employee) = (caller.session(), caller.employee().id);
        Self { session, employee, what, lasting: true }
    }
}

impl SignIn {
    /// Makes sure by PIN and a fresh code that whoever works in a session is its own employee. The code is spent, and wrong ones
    /// count, as at sign-in.
    #[tracing::instrument(skip_all)]
    pub async fn step_up(
        &self,
        caller: &Caller,
        credentials: Credentials,
        what: StepUp,
    ) -> Result<SteppedUp, SignInError> {
        let session = caller.session();
        let live = self.held.lock().find(session).cloned().ok_or(SignInError::NoSession)?;
        let place = live.row.place.map(|place| place.address);
        let proof = self.prove(place, &live.employee.user_name, credentials).await?;
        let (employee, now) = (proof.account.employee.id, self.clock.now());
        let row = SessionRow { seen: now, proved: now, ..live.row };
        let lasting = proof.until.is_none();
        if !self.store.renew_session(proof.burn, &row).await? {
            return Err(self.refused(Some(employee), "replayed").await?);
        }
        let (at, how, what_for) = (now, "step-up".to_owned(), Some(what.word().to_owned()));
        let address = row.place.map(|place| place.address);
        let entry = Entry::SignedIn { at, employee, how, what_for, by: None, address };
        self.journal.record(entry).await?;
        self.stepped_up(&row, (what, lasting))
    }

    /// What a step-up comes to that is stored and recorded; nothing in a session that has ended meanwhile. One that was locked stays so.
    pub(crate) fn stepped_up(
        &self,
        row: &SessionRow,
        (what, lasting): (StepUp, bool),
    ) -> Result<SteppedUp, SignInError> {
        let mut held = self.held.lock();
        let live = held.find_mut(row.id).ok_or(SignInError::NoSession)?;
        live.row.seen = live.row.seen.max(row.seen);
        live.row.proved = row.proved;
        Ok(SteppedUp { session: row.id, employee: row.employee, what, lasting })
    }
}
