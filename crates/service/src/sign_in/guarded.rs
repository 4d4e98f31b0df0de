//! Each try of PIN and code is counted by where it comes from.

use jiff::Timestamp;
use kinfold_domain::{EmployeeId, UserName};

use super::{SignIn, SignInError, Sprayed, origins::End, whence::Whence};
use crate::feeds::{FeedId, Signal, Watched};

impl SignIn {
    /// Judges a try, if its origin need not wait; counts how it ended.
    pub(super) async fn guarded<T>(
        &self,
        whence: Whence<'_>,
        (user_name, employee): (&UserName, Option<EmployeeId>),
        judging: impl Future<Output = Result<T, SignInError>> + Send,
    ) -> Result<T, SignInError> {
        // First, and whoever it is: what nobody can judge tells nobody which accounts there are.
        self.time_for_codes(whence.door(), employee).await?;
        let Some(origin) = whence.origin() else { return judging.await };
        let entered = self.origins.lock().enter(origin.clone(), employee, self.clock.now());
        let turn = match entered {
            Ok(turn) => turn,
            Err(wait) => {
                self.refused_at(whence.door(), employee, "origin-waiting").await?;
                return Err(SignInError::Wait { seconds: wait.as_secs() + 1 });
            }
        };
        let judged = judging.await;
        let (now, mut spray) = (self.clock.now(), self.spray.lock());
        let end = match &judged {
            Ok(_) => {
                spray.signed_in(&origin, user_name);
                End::SignedIn
            }
            Err(SignInError::Refused) => {
                spray.missed(origin, user_name, now);
                End::Missed
            }
            Err(_) => End::Unjudged,
        };
        drop(spray);
        self.origins.lock().leave(&turn, end, now);
        judged
    }

    /// From where wrong tries over many accounts come now, the worst first; nothing while there is no spray.
    pub fn sprayed(&self) -> Vec<Sprayed> {
        self.spray.lock().origins(self.clock.now())
    }
}

impl Watched for SignIn {
    fn signal(&self, now: Timestamp) -> Signal {
        Signal::of_trouble(FeedId::SignIns, self.spray.lock().look(now), now)
    }
}
