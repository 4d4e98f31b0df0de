//! Step-up at the provider: a proof waits for whoever brought it, until they press the button that it is for.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use super::{OutsideError, OutsideSignIn, back::Proof, questions::SteppingUp};
use crate::{
    caller::Caller,
    ports::{SessionId, SessionRow},
    sign_in::{SignInError, StepUp, SteppedUp},
};

/// How long it waits: they are on the page with the button already.
const LASTS: SignedDuration = SignedDuration::from_mins(2);

/// What a proof that waits is for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Waiting {
    /// What was to be done.
    pub what: StepUp,
    /// What the page that asked is to know again.
    pub handle: String,
}

/// The last of each session.
#[derive(Default)]
pub(super) struct StepUps(HashMap<SessionId, (Timestamp, Waiting, SteppedUp)>);

impl OutsideSignIn {
    /// What this caller has proved themselves for at the provider and not done yet.
    pub fn waiting(&self, caller: &Caller) -> Option<Waiting> {
        let now = self.links.parts.clock.now();
        let known = self.step_ups.lock();
        let (until, waiting, _) = known.0.get(&caller.session())?;
        (now < *until).then(|| waiting.clone())
    }

    /// The proof that waits for this caller, for this thing. It is spent.
    pub fn take_step_up(&self, caller: &Caller, what: StepUp) -> Result<SteppedUp, OutsideError> {
        let now = self.links.parts.clock.now();
        let known = self.step_ups.lock().0.remove(&caller.session());
        let known = known.filter(|(until, ..)| now < *until);
        let stepped_up = known.map(|(.., stepped_up)| stepped_up);
        stepped_up.filter(|proof| proof.is_of(caller, what)).ok_or(OutsideError::Over)
    }

    /// Writes it down for a session that stands, and keeps it.
    pub(super) async fn step_up(
        &self,
        SteppingUp { session, what, handle }: SteppingUp,
        Proof { link, .. }: Proof,
    ) -> Result<(), OutsideError> {
        let (parts, now) = (&self.links.parts, self.links.parts.clock.now());
        // As it stands now: they took their time at the provider.
        let row = parts.sign_in.open_row(session).ok_or(SignInError::NoSession)?;
        let row = SessionRow { seen: now, proved: now, ..row };
        if !parts.links.renew_session_by_link(&link, &row).await? {
            return self.not_linked_now(row.employee).await;
        }
        let address = row.place.map(|place| place.address);
        self.record(row.employee, ("step-up", Some(what)), address).await?;
        let stepped_up = parts.sign_in.stepped_up(&row, (what, false))?;
        let until = now.saturating_add(LASTS).unwrap_or(now);
        let known = &mut self.step_ups.lock().0;
        known.retain(|_, (until, ..)| now < *until);
        known.insert(session, (until, Waiting { what, handle }, stepped_up));
        Ok(())
    }
}
