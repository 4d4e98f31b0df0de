//! A locked session that its own employee reopens goes on under another secret: whoever copied the old one from the browser while
//! the screen stood locked, or a colleague worked at it, has nothing.

use super::{SessionSecret, SignIn, SignInError};
use crate::ports::{AccountRow, Address, SessionId, SessionRow};

/// A session that was reopened.
#[derive(Clone)]
pub struct Reopened {
    /// Its new secret: it goes into the cookie and nowhere else.
    pub secret: SessionSecret,
    /// Under which identity it stands now.
    pub now: SessionId,
    /// Under which it stood.
    pub before: SessionId,
}

impl SignIn {
    /// A locked session as it goes on: not open before it is stored, recorded and taken over.
    pub(crate) fn reopening(
        &self,
        locked: &SessionRow,
        address: Option<Address>,
    ) -> (Reopened, SessionRow) {
        let now = self.clock.now();
        let secret = SessionSecret::new(self.entropy.bytes32());
        let (id, place) = (secret.id(), self.here(address));
        let row = SessionRow { id, seen: now, proved: now, locked: false, place, ..locked.clone() };
        (Reopened { secret, now: id, before: locked.id }, row)
    }

    /// Puts a session that is stored and recorded in the place of the locked one.
    pub(crate) async fn take_over(
        &self,
        reopened: Reopened,
        row: SessionRow,
        account: &AccountRow,
    ) -> Result<Reopened, SignInError> {
        // Whatever has ended the old one in the same moment has ended this one, too.
        if self.store.session(reopened.before).await?.is_none() {
            self.store.end_session(reopened.now).await?;
            return Err(SignInError::NoSession);
        }
        self.drop_session(reopened.before).await?;
        self.let_in(row, account).await?;
        Ok(reopened)
    }
}
