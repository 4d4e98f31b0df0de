//! Giving a token: a fresh seed, proved by two successive codes before it opens anything.

use jiff::{SignedDuration, Timestamp};
use kinfold_domain::{EmployeeId, UserName};
use kinfold_token::{
    CodePair, EnrolmentOutcome, Generator, Kind, OtpauthUri, Pin, PinHash, PinVerdict, Seed,
    Serial, Standing, TokenParameters, TokenState, confirm_enrolment, confirm_first_use,
};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{Staff, StaffError};
use crate::{
    journal::JournalError,
    own_clock::ClockOff,
    ports::{AccountRow, Burn, PortError, TokenId, TokenRow},
    records::Asker,
    sign_in::NoTime,
    tokens::{TokenError, Witnesses},
};

/// How long a ticket opens the enrolment page.
const TICKET_LASTS: SignedDuration = SignedDuration::from_mins(30);
/// Wrong tries that end a ticket.
const TICKET_TRIES: u8 = 5;

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

/// A code that opens the enrolment page once; shown to the operator, told to the employee.
pub struct Ticket(Zeroizing<String>);

impl Ticket {
    /// The code: sixteen hex digits in groups of four.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// A token waiting for its two codes.
pub struct Enrolment {
    /// The address that the app reads as a QR code.
    pub uri: OtpauthUri,
    pub(super) employee: EmployeeId,
}

pub(super) struct Issued {
    digest: [u8; 32],
    until: Timestamp,
    tries: u8,
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

    /// Makes a ticket for the enrolment page, in place of an earlier one.
    pub async fn issue_ticket(&self, user_name: &UserName) -> Result<Ticket, EnrolError> {
        let account = self.account(user_name).await?;
        Ok(self.ticket(&account, &[]).await?)
    }

    /// The same by two named people: with a PIN, a ticket lets one person be another.
    pub async fn issue_ticket_by(
        &self,
        user_name: &UserName,
        witnesses: &Witnesses,
    ) -> Result<Ticket, StaffError> {
        let account = self.store.account(user_name).await?.filter(|account| !account.disabled);
        let account = account.ok_or(StaffError::NoAccount)?;
        if witnesses.includes(account.employee.id) {
            return Err(TokenError::NotTwoPeople.into());
        }
        Ok(self.ticket(&account, &witnesses.askers()).await?)
    }

    async fn ticket(&self, account: &AccountRow, by: &[Asker]) -> Result<Ticket, JournalError> {
        let mut bytes = [0; 8];
        self.entropy.fill(&mut bytes);
        let digits = hex::encode(bytes);
        let until = self.clock.now().saturating_add(TICKET_LASTS).unwrap_or(Timestamp::MAX);
        let issued = Issued { digest: ticket_digest(&digits), until, tries: 0 };
        self.say(account.employee.id, ("enrolment-ticket-issued", None), by).await?;
        self.tickets.lock().insert(account.employee.id, issued);
        Ok(Ticket(Zeroizing::new(grouped(&digits))))
    }

    /// Opens the enrolment page: user name, PIN and ticket together. Answers the fresh token, or nothing to set up where the employee was
    /// given a fob: its two codes are all that is wanted.
    pub async fn begin(
        &self,
        user_name: &UserName,
        pin: Pin,
        ticket: &str,
    ) -> Result<Option<Enrolment>, EnrolError> {
        let account = self.store.account(user_name).await?.filter(|account| !account.disabled);
        let hash = account.as_ref().map(|account| account.pin.clone());
        let judging = move || PinHash::verify_or_dummy(hash.as_ref(), &pin);
        let verdict = tokio::task::spawn_blocking(judging).await.unwrap_or(PinVerdict::Wrong);
        let account = account.ok_or(EnrolError::Refused)?;
        if !self.try_ticket(account.employee.id, ticket, verdict) {
            return Err(EnrolError::Refused);
        }
        let given = self.store.token(account.employee.id, Standing::Assigned).await?;
        if given.is_some_and(|token| token.kind == Kind::Fob) {
            return Ok(None);
        }
        self.issue(&account).await.map(Some)
    }

    /// Ends the enrolment page's work: the ticket is spent with the confirmation.
    pub async fn finish(
        &self,
        user_name: &UserName,
        ticket: &str,
        codes: &CodePair,
    ) -> Result<(), EnrolError> {
        let account = self.store.account(user_name).await?.filter(|account| !account.disabled);
        // Before the ticket is tried: it is not its fault.
        let employee = account.as_ref().map(|account| account.employee.id);
        self.sign_in.time_for_codes(None, employee).await?;
        let account = account.ok_or(EnrolError::Refused)?;
        if !self.try_ticket(account.employee.id, ticket, PinVerdict::Right) {
            return Err(EnrolError::Refused);
        }
        self.confirm(account.employee.id, codes).await?;
        self.tickets.lock().remove(&account.employee.id);
        Ok(())
    }

    async fn account(&self, user_name: &UserName) -> Result<AccountRow, EnrolError> {
        let account = self.store.account(user_name).await?;
        account.filter(|account| !account.disabled).ok_or(EnrolError::NoAccount)
    }

    async fn issue(&self, account: &AccountRow) -> Result<Enrolment, EnrolError> {
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

    async fn confirm(&self, employee: EmployeeId, codes: &CodePair) -> Result<(), EnrolError> {
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

    /// Judges ticket and PIN together. Either being wrong counts, so that a ticket is no way to try PINs.
    fn try_ticket(&self, employee: EmployeeId, typed: &str, pin: PinVerdict) -> bool {
        let now = self.clock.now();
        let digits: String =
            typed.chars().filter(char::is_ascii_hexdigit).map(|c| c.to_ascii_lowercase()).collect();
        let mut tickets = self.tickets.lock();
        let Some(issued) = tickets.get_mut(&employee) else { return false };
        if now >= issued.until || issued.tries >= TICKET_TRIES {
            return false;
        }
        let right =
            bool::from(issued.digest.ct_eq(&ticket_digest(&digits))) && pin == PinVerdict::Right;
        if !right {
            issued.tries += 1;
        }
        right
    }
}

/// What stands for a serial number: the end of the token's identity.
fn soft_serial(id: Uuid) -> Result<Serial, EnrolError> {
    let id = id.simple().to_string();
    let serial = format!("SOFT-{}", id[id.len() - 12..].to_ascii_uppercase());
    serial.parse().map_err(|_| EnrolError::Secret)
}

/// Sixteen digits as people read them: in groups of four.
pub(super) fn grouped(digits: &str) -> String {
    let groups: Vec<&str> = (0..4).map(|group| &digits[group * 4..group * 4 + 4]).collect();
    groups.join("-")
}

pub(super) fn ticket_digest(digits: &str) -> [u8; 32] {
    Sha256::digest(digits.as_bytes()).into()
}
