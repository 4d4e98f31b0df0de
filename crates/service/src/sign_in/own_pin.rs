//! Choosing a PIN: in place of one that somebody gave, or of one's own old one.

use kinfold_domain::EmployeeId;
use kinfold_token::{ChosenPin, PIN_SALT_LEN, PinHash, PinVerdict};

use super::{Credentials, SessionError, SessionSecret, SignIn, SignInError};
use crate::{
    caller::Caller,
    journal::JournalError,
    ports::{AccountChange, AccountRow, PortError},
    records::Entry,
};

/// Why the PIN stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum PinError {
    /// It is the same.
    #[error("that is the PIN that you have: choose another one")]
    Same,
    /// The old PIN or the code were not right.
    #[error(transparent)]
    NotProved(#[from] SignInError),
    /// The session.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// It could not be hashed.
    #[error("the PIN could not be kept safely")]
    Hash,
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] JournalError),
    /// The store.
    #[error(transparent)]
    Store(#[from] PortError),
}

impl SignIn {
    /// Puts a PIN of the employee's own in place of the one that they were given and have just signed in with.
    pub async fn choose_pin(&self, secret: &SessionSecret, pin: ChosenPin) -> Result<(), PinError> {
        let employee = match self.caller(secret).await {
            Err(SessionError::GivenPin(employee)) => employee.id,
            Err(error) => return Err(error.into()),
            // Whoever has chosen already proves the old one first.
            Ok(_) => return Err(SessionError::None.into()),
        };
        self.put_pin(employee, pin).await?;
        self.held.lock().no_longer_given(employee);
        Ok(())
    }

    /// Puts another PIN in place of one's own, which is proved once more, with a fresh code. Every session of theirs ends.
    pub async fn change_pin(
        &self,
        caller: &Caller,
        credentials: Credentials,
        pin: ChosenPin,
    ) -> Result<(), PinError> {
        let (here, own) = (self.place_of(caller), &caller.employee().user_name);
        let employee = self.vouch(here, own, credentials).await?;
        self.put_pin(employee.id, pin).await?;
        Ok(self.end_sessions_of(employee.id).await?)
    }

    async fn put_pin(&self, employee: EmployeeId, pin: ChosenPin) -> Result<(), PinError> {
        let account = self.store.account_of(employee).await?;
        let AccountRow { pin: old, .. } = account.ok_or(SessionError::None)?;
        let mut salt = [0; PIN_SALT_LEN];
        self.entropy.fill(&mut salt);
        // Argon2 takes tens of milliseconds of a core: off the threads that answer others.
        let hashing = move || match old.verify(pin.pin()) {
            PinVerdict::Right => Err(PinError::Same),
            PinVerdict::Wrong | PinVerdict::NotAsked => {
                PinHash::hash(&pin, salt).map_err(|_| PinError::Hash)
            }
        };
        let hash = tokio::task::spawn_blocking(hashing).await.map_err(|_| PinError::Hash)??;
        let (at, what) = (self.clock.now(), "pin-chosen".to_owned());
        self.journal
            .record(Entry::Staff { at, employee, what, role: None, by: Vec::new() })
            .await?;
        let change = AccountChange::Pin { hash, given: false };
        if self.store.change_account(employee, &change).await? {
            Ok(())
        } else {
            Err(SessionError::None.into())
        }
    }
}
