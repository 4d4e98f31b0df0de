//! Step-up: PIN and a fresh code of the session's own employee, for what nobody may do in a session that somebody left open.

use kinfold_domain::EmployeeId;

use super::{Credentials, SignIn, SignInError, session::Live};
use crate::{
    caller::Caller,
    ports::{SessionId, SessionRow},
};

/// Proof that the employee of a session has just typed their PIN and a code that was not used before. What calls for it takes it
/// away, so that each such thing needs a code of its own.
#[derive(Debug)]
pub struct SteppedUp {
    session: SessionId,
    employee: EmployeeId,
    lasting: bool,
}

impl SteppedUp {
    /// Whether it is this caller who has proved themselves.
    pub fn is_of(&self, caller: &Caller) -> bool {
        self.session == caller.session() && self.employee == caller.employee().id
    }

    /// Whether the code was that of a token, not one for a shift: what outlasts the shift must not come from that.
    pub const fn lasting(&self) -> bool {
        self.lasting
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
        self.record_sign_in(employee, ("step-up", row.place)).await?;
        let stepped_up = SteppedUp { session, employee, lasting };
        self.held.lock().put(Live::new(row, &proof.account));
        Ok(stepped_up)
    }
}
