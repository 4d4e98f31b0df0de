//! Giving a token: a fresh seed, proved by two successive codes before it opens anything.

use kinfold_domain::{EmployeeId, UserName};
use kinfold_token::{
    CodePair, EnrolmentOutcome, Generator, Kind, OtpauthUri, Seed, Serial, Standing,
    TokenParameters, TokenState, confirm_enrolment, confirm_first_use,
};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::Staff;
use crate::{
    journal::JournalError,
    own_clock::ClockOff,
    ports::{AccountRow, Burn, PortError, TokenId, TokenRow},
    sign_in::{NoTime, SignInError},
};

/// Why a token was not enrolled.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// No such account.
    #[error("there is no such employee")]
    NoAccount,
    /// User name, PIN or ticket are not right, or the ticket is over.
    #[error(
        "the user name, PIN or enrolment code is not right, or it is over: ask your operator for a new one"
    )]
    Refused,
    /// Too soon after wrong tries from the same place.
    #[error("too many wrong tries: wait {seconds} seconds before the next")]
    Wait {
        /// How long.
        seconds: i64,
    },
    /// There is no token to confirm.
    #[error("there is no token waiting to be confirmed: begin again")]
    NothingPending,
    /// The codes are not two successive ones of this token.
    #[error("these are not two codes that this token showed one after the other: try the next two")]
    NotMatched,
    /// The same code was typed twice.
    #[error("that was the same code twice: wait until the code changes, then type the next one")]
    SameCodeTwice,
    /// The app reads the secret at thirty seconds.
    #[error(
        "this app ignores the eight-second setting: use Kinfold's own soft token, or an app that honours it"
    )]
    AppIgnoresPeriod,
    /// This node's clock is off.
    #[error("codes can't be checked, because {0}: try again when your operator has set it right")]
    Clock(ClockOff),
    /// The secret could not be made or written as an address.
    #[error("the token's secret could not be made")]
    Secret,
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] JournalError),
    /// The store.
    #[error(transparent)]
    Store(#[from] PortError),
}

impl From<NoTime> for EnrolError {
    fn from(why: NoTime) -> Self {
        match why {
            NoTime::Clock(off) => Self::Clock(off),
            NoTime::Ledger(error) => Self::Ledger(error),
        }
    }
}

impl From<SignInError> for EnrolError {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Wait { seconds } => Self::Wait { seconds },
            SignInError::Clock(off) => Self::Clock(off),
            SignInError::Ledger(error) => Self::Ledger(error),
            SignInError::Store(error) => Self::Store(error),
            SignInError::Refused
            | SignInError::Locked
            | SignInError::GivenPin
            | SignInError::NoSession => Self::Refused,
        }
    }
}

/// A token waiting for its two codes.
pub struct Enrolment {
    /// The address that the app reads as a QR code.
    pub uri: OtpauthUri,
    pub(super) employee: EmployeeId,
}

impl Staff {
    /// Makes a fresh seed for an employee; it opens nothing until it is confirmed.
    pub async fn issue_token(&self, user_name: &UserName) -> Result<Enrolment, EnrolError> {
        let account = self.account(user_name).await?;
        self.issue(&account).await
    }

    /// Confirms the waiting token by two successive codes; the token before it ends.
    pub async fn confirm_token(
        &self,
        user_name: &UserName,
        codes: &CodePair,
    ) -> Result<(), EnrolError> {
        let account = self.account(user_name).await?;
        self.confirm(account.employee.id, codes).await
    }

    pub(super) async fn account(&self, user_name: &UserName) -> Result<AccountRow, EnrolError> {
        let account = self.store.account(user_name).await?;
        account.filter(|account| !account.disabled).ok_or(EnrolError::NoAccount)
    }

    pub(super) async fn issue(&self, account: &AccountRow) -> Result<Enrolment, EnrolError> {
        let parameters = TokenParameters::default();
        let mut bytes = Zeroizing::new(vec![0; parameters.algorithm.seed_len()]);
        self.entropy.fill(&mut bytes);
        let seed = || Seed::new(bytes.to_vec()).map_err(|_| EnrolError::Secret);
        let employee = &account.employee;
        let uri = OtpauthUri::new(&self.issuer, employee.user_name.as_str(), seed()?, parameters)
            .map_err(|_| EnrolError::Secret)?;
        let since = self.clock.now();
        let id = self.entropy.uuid(since);
        let token = TokenRow {
            id: TokenId(id),
            serial: soft_serial(id)?,
            kind: Kind::Soft,
            employee: employee.id,
            parameters,
            seed: seed()?,
            state: TokenState::default(),
            standing: Standing::Assigned,
            since,
            until: None,
            version: 0,
        };
        self.record(employee.id, "token-issued").await?;
        self.store.add_token(&token).await?;
        Ok(Enrolment { uri, employee: employee.id })
    }

    pub(super) async fn confirm(
        &self,
        employee: EmployeeId,
        codes: &CodePair,
    ) -> Result<(), EnrolError> {
        let token = self.store.token(employee, Standing::Assigned).await?;
        let token = token.ok_or(EnrolError::NothingPending)?;
        let now = self.sign_in.time_for_codes(None, Some(employee)).await?;
        let outcome = match token.kind {
            Kind::Fob => {
                let generator = Generator::new(&token.seed, token.parameters);
                confirm_first_use(&token.state, &generator, codes, now)
            }
            _ => confirm_enrolment(&token.seed, token.parameters, codes, now),
        };
        let state = match outcome {
            EnrolmentOutcome::Confirmed { state } => state,
            EnrolmentOutcome::AppIgnoresPeriod => return Err(EnrolError::AppIgnoresPeriod),
            EnrolmentOutcome::SameCodeTwice => return Err(EnrolError::SameCodeTwice),
            EnrolmentOutcome::NotMatched => return Err(EnrolError::NotMatched),
        };
        let burn = Burn { token: token.id, version: token.version, state, at: now };
        // Recorded first: no token opens anything that the ledger doesn't know of.
        self.record(employee, "token-confirmed").await?;
        if self.store.activate_token(burn).await? {
            self.phones.lock().remove(&employee);
            Ok(())
        } else {
            Err(EnrolError::NothingPending)
        }
    }
}

/// What stands for a serial number: the end of the token's identity.
fn soft_serial(id: Uuid) -> Result<Serial, EnrolError> {
    let id = id.simple().to_string();
    let serial = format!("SOFT-{}", id[id.len() - 12..].to_ascii_uppercase());
    serial.parse().map_err(|_| EnrolError::Secret)
}
