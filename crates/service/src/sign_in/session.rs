//! Sessions: server-side, short when idle.

use jiff::{SignedDuration, Timestamp};
use kinfold_domain::Employee;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::LockedFor;
use crate::ports::{AccountRow, PortError, SessionId, SessionRow};

/// How long sessions last.
#[derive(Clone, Debug)]
pub struct SessionLimits {
    /// Unused for so long: locked.
    pub idle: SignedDuration,
    /// Over after so long, whatever happens.
    pub longest: SignedDuration,
}

impl Default for SessionLimits {
    fn default() -> Self {
        Self { idle: SignedDuration::from_mins(30), longest: SignedDuration::from_hours(12) }
    }
}

impl SessionLimits {
    pub(super) fn is_over(&self, row: &SessionRow, now: Timestamp) -> bool {
        now.duration_since(row.began) >= self.longest
    }

    pub(super) fn is_idle(&self, row: &SessionRow, now: Timestamp) -> bool {
        now.duration_since(row.seen) >= self.idle
    }
}

/// The secret in the cookie: 32 random bytes, hex. At rest only its digest is kept.
#[derive(Clone)]
pub struct SessionSecret(Zeroizing<[u8; 32]>);

impl SessionSecret {
    pub(super) fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// From a cookie's value; `None` when it is no such secret.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = Zeroizing::new([0; 32]);
        hex::decode_to_slice(text, &mut *bytes).ok()?;
        Some(Self(bytes))
    }

    /// The cookie's value.
    pub fn expose(&self) -> Zeroizing<String> {
        Zeroizing::new(hex::encode(*self.0))
    }

    /// The session that it opens, as it is known at rest.
    pub fn id(&self) -> SessionId {
        SessionId(Sha256::digest(*self.0).into())
    }
}

/// Why there is no caller.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// No session, or it is over.
    #[error("sign in")]
    None,
    /// Locked, by hand or because it was idle: PIN and code reopen it.
    #[error("the session is locked")]
    Locked(LockedFor),
    /// Somebody else chose the PIN: nothing opens before its owner has chosen another one.
    #[error("choose a PIN of your own")]
    GivenPin(LockedFor),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] PortError),
}

/// A session in memory, with what each request needs.
#[derive(Clone)]
pub(super) struct Live {
    pub(super) row: SessionRow,
    pub(super) employee: Employee,
    /// Somebody else chose the PIN.
    pub(super) given: bool,
    /// Emergency codes that are left, if they are few and nobody has said so yet.
    pub(super) few_codes: Option<usize>,
    /// The last use that the store knows of.
    pub(super) noted: Timestamp,
}

impl Live {
    pub(super) fn new(row: SessionRow, account: &AccountRow) -> Self {
        let (employee, given) = (account.employee.clone(), account.given);
        Self { noted: row.seen, row, employee, given, few_codes: None }
    }
}
