//! PIN and code judged together: one answer for either being wrong, each code good once.

use jiff::{SignedDuration, Timestamp};
use kinfold_domain::{EmployeeId, UserName};
use kinfold_token::{
    Attempt, Code, Digits, Gate, Generator, Outcome, Pin, PinHash, PinVerdict, Profile, Standing,
    TokenState,
};

use super::{Door, Passed, SignIn, whence::Whence};
use crate::{
    journal::JournalError,
    own_clock::ClockOff,
    ports::{AccountRow, Address, Burn, PortError, TokenRow},
};

/// How often a try is judged anew because another one came first; each time that one was counted.
pub(crate) const MOST_RACES: usize = 32;

/// What somebody typed.
pub struct Credentials {
    /// The PIN.
    pub pin: Pin,
    /// The code that the token showed.
    pub code: Code,
}

/// Why somebody was not signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// User name, PIN or code are not right, or the code was used before: which is not said.
    #[error("the user name, PIN or code is not right, or the code was already used")]
    Refused,
    /// Too soon after wrong tries.
    #[error("too many wrong tries: wait {seconds} seconds before the next")]
    Wait {
        /// How long.
        seconds: i64,
    },
    /// Locked after too many wrong tries.
    #[error("this account is locked after too many wrong tries: ring your operator")]
    Locked,
    /// This node's clock is off.
    #[error("codes can't be checked, because {0}: use a passkey, or ring your operator")]
    Clock(ClockOff),
    /// Somebody else chose the PIN.
    #[error("sign in and choose a PIN of your own first")]
    GivenPin,
    /// There is no session to reopen.
    #[error("the session is over: sign in again")]
    NoSession,
    /// The ledger can't be written: nobody is signed in.
    #[error(transparent)]
    Ledger(#[from] JournalError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] PortError),
}

/// Proved: the burn must be written together with what it opens.
pub(super) struct Proof {
    pub(super) account: AccountRow,
    pub(super) burn: Burn,
    pub(super) until: Option<Timestamp>,
}

impl Proof {
    /// When the session counts as begun: one that a code for one shift opens is over with that shift.
    pub(super) fn began(&self, now: Timestamp, longest: SignedDuration) -> Timestamp {
        let last = self.until.and_then(|until| until.saturating_sub(longest).ok());
        last.map_or(now, |last| last.min(now))
    }
}

impl SignIn {
    /// Judges a try on this node's own pages.
    pub(super) async fn prove(
        &self,
        address: Option<Address>,
        user_name: &UserName,
        credentials: Credentials,
    ) -> Result<Proof, SignInError> {
        let Credentials { pin, code } = credentials;
        self.prove_at(address.into(), user_name, Passed::Apart(pin, code)).await
    }

    /// Judges a try. Whatever counts against the token is stored before the answer is given.
    pub(super) async fn prove_at(
        &self,
        whence: Whence<'_>,
        user_name: &UserName,
        passed: Passed,
    ) -> Result<Proof, SignInError> {
        let account = self.store.account(user_name).await?.filter(|account| !account.disabled);
        let employee = account.as_ref().map(|account| account.employee.id);
        let judging = self.judge_account(account, whence.door(), passed);
        self.guarded(whence, (user_name, employee), judging).await
    }

    async fn judge_account(
        &self,
        account: Option<AccountRow>,
        door: Option<&Door>,
        passed: Passed,
    ) -> Result<Proof, SignInError> {
        let token = match &account {
            Some(account) => self.store.token(account.employee.id, Standing::InUse).await?,
            None => None,
        };
        if let Some(token) = &token {
            self.gate(token, door).await?;
        }
        let employee = account.as_ref().map(|account| account.employee.id);
        let digits = token.as_ref().map_or(Digits::Eight, |token| token.parameters.digits);
        let Some(credentials) = passed.read(digits) else {
            return Err(self.refused_at(door, employee, "wrong").await?);
        };
        let hash = account.as_ref().map(|account| account.pin.clone());
        let pin = judge_pin(hash, credentials.pin).await;
        let (Some(account), Some(token)) = (account, token) else {
            return Err(self.refused_at(door, employee, "wrong").await?);
        };
        let until = token.until;
        let typed = (&credentials.code, pin, account.profile);
        let burn = self.judge(token, typed, door).await?;
        Ok(Proof { account, burn, until })
    }

    /// Judges PIN and code against the token as it stands. Who loses a race to another try of the same token is judged anew, so that
    /// tries side by side count as many misses as tries one after the other.
    async fn judge(
        &self,
        mut token: TokenRow,
        (code, pin, profile): (&Code, PinVerdict, Profile),
        door: Option<&Door>,
    ) -> Result<Burn, SignInError> {
        for _ in 0..MOST_RACES {
            let now = self.time_for_codes(door, Some(token.employee)).await?;
            let attempt = Attempt { code, pin, now, profile };
            let generator = Generator::new(&token.seed, token.parameters);
            let outcome = match token.until {
                Some(until) => token.state.check_temporary(&generator, &attempt, until),
                None => token.state.check(&generator, &attempt),
            };
            let (state, why) = match outcome {
                Outcome::Accepted { state, .. } => return Ok(burn(&token, state, now)),
                Outcome::Wrong { state } => (state, "wrong"),
                Outcome::Replayed { state } => (state, "replayed"),
                Outcome::Wait { .. } | Outcome::Locked => {
                    self.gate(&token, door).await?;
                    return Err(SignInError::Refused);
                }
            };
            if self.store.save_token(burn(&token, state, now)).await? {
                return Err(self.refused_at(door, Some(token.employee), why).await?);
            }
            let again = self.store.token(token.employee, Standing::InUse).await?;
            token = again.ok_or(SignInError::Refused)?;
        }
        Err(SignInError::Refused)
    }

    async fn gate(&self, token: &TokenRow, door: Option<&Door>) -> Result<(), SignInError> {
        let now = self.clock.now();
        match token.state.gate(now) {
            Gate::Open => Ok(()),
            Gate::Wait(until) => {
                let seconds = until.duration_since(now).as_secs() + 1;
                self.refused_at(door, Some(token.employee), "waiting").await?;
                Err(SignInError::Wait { seconds })
            }
            Gate::Locked(_) => {
                self.refused_at(door, Some(token.employee), "locked").await?;
                Err(SignInError::Locked)
            }
        }
    }

    pub(crate) async fn refused(
        &self,
        employee: Option<EmployeeId>,
        why: &str,
    ) -> Result<SignInError, SignInError> {
        self.refused_at(None, employee, why).await
    }
}

pub(super) fn burn(token: &TokenRow, state: TokenState, at: Timestamp) -> Burn {
    Burn { token: token.id, version: token.version, state, at }
}

/// Argon2 takes tens of milliseconds of a core: off the threads that answer others. An unknown user costs the same.
pub(crate) async fn judge_pin(hash: Option<PinHash>, pin: Pin) -> PinVerdict {
    let judging = move || PinHash::verify_or_dummy(hash.as_ref(), &pin);
    tokio::task::spawn_blocking(judging).await.unwrap_or(PinVerdict::Wrong)
}
