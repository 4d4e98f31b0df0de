//! Each try of PIN and code, or of PIN and ticket, is counted by where it comes from.

use jiff::Timestamp;
use kinfold_domain::{EmployeeId, UserName};

use super::{End, SignIn, SignInError, Sprayed, Whence};
use crate::feeds::{FeedId, Signal, Watched};

impl SignIn {
    /// Judges a try of a token's code, if its origin need not wait; counts how it ended.
    pub(crate) async fn guarded<T>(
        &self,
        whence: Whence<'_>,
        whose: (&UserName, Option<EmployeeId>),
        judging: impl Future<Output = Result<T, SignInError>> + Send,
    ) -> Result<T, SignInError> {
        // First, and whoever it is: what nobody can judge tells nobody which accounts there are.
        self.time_for_codes(whence.door(), whose.1).await?;
        // On the heap: each call that hands it on would make room for it anew.
        self.guarded_as(whence, whose, (Box::pin(judging), ended)).await
    }

    /// The same for what is no token's code, whatever the clock shows: `end` says what its outcome comes to.
    pub(crate) async fn guarded_as<T, E: From<SignInError>>(
        &self,
        whence: Whence<'_>,
        (user_name, employee): (&UserName, Option<EmployeeId>),
        (judging, end): (
            impl Future<Output = Result<T, E>> + Send,
            impl Fn(&Result<T, E>) -> End + Send,
        ),
    ) -> Result<T, E> {
        let Some(origin) = whence.origin() else { return judging.await };
        let entered = self.origins.lock().enter(origin.clone(), employee, self.clock.now());
        let turn = match entered {
            Ok(turn) => turn,
            Err(wait) => {
                self.refused_at(whence.door(), employee, "origin-waiting").await?;
                return Err(SignInError::Wait { seconds: wait.as_secs() + 1 }.into());
            }
        };
        let judged = judging.await;
        let (now, end) = (self.clock.now(), end(&judged));
        match end {
            End::SignedIn => self.spray.lock().signed_in(&origin, user_name),
            End::Missed => self.spray.lock().missed(origin, user_name, now),
            End::Unjudged => {}
        }
        self.origins.lock().leave(&turn, end, now);
        judged
    }

    /// From where wrong tries over many accounts come now, the worst first; nothing while there is no spray.
    pub fn sprayed(&self) -> Vec<Sprayed> {
        self.spray.lock().origins(self.clock.now())
    }
}

/// What a try to come in comes to.
pub(crate) const fn ended<T>(judged: &Result<T, SignInError>) -> End {
    match judged {
        Ok(_) => End::SignedIn,
        Err(SignInError::Refused) => End::Missed,
        Err(_) => End::Unjudged,
    }
}

impl Watched for SignIn {
    fn signal(&self, now: Timestamp) -> Signal {
        Signal::of_trouble(FeedId::SignIns, self.spray.lock().look(now), now)
    }
}
