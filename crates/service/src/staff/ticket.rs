//! The ticket that opens the enrolment page: shown to an operator, told to the employee, good for half an hour and five wrong tries.

use jiff::{SignedDuration, Timestamp};
use kinfold_domain::{EmployeeId, UserName};
use kinfold_token::{CodePair, Kind, Pin, PinVerdict, Standing};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{EnrolError, Enrolment, Staff, StaffError};
use crate::{
    journal::JournalError,
    ports::{AccountRow, Address},
    records::Asker,
    sign_in::{End, judge_pin},
    tokens::{TokenError, Witnesses},
};

/// How long a ticket opens the enrolment page.
const TICKET_LASTS: SignedDuration = SignedDuration::from_mins(30);
/// Wrong tries that end a ticket.
const TICKET_TRIES: u8 = 5;

/// A code that opens the enrolment page once; shown to the operator, told to the employee.
pub struct Ticket(Zeroizing<String>);

impl Ticket {
    /// The code: sixteen hex digits in groups of four.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

pub(super) struct Issued {
    digest: [u8; 32],
    until: Timestamp,
    tries: u8,
}

impl Staff {
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

    /// Opens the enrolment page: user name, PIN and ticket together, typed at that address, which waits after wrong ones as at sign-in.
    /// Answers the fresh token, or nothing to set up where the employee was given a fob: its two codes are all that is wanted.
    pub async fn begin(
        &self,
        address: Option<Address>,
        user_name: &UserName,
        pin: Pin,
        ticket: &str,
    ) -> Result<Option<Enrolment>, EnrolError> {
        let account = self.store.account(user_name).await?.filter(|account| !account.disabled);
        let employee = account.as_ref().map(|account| account.employee.id);
        let judging = async {
            let verdict = judge_pin(account.as_ref().map(|account| account.pin.clone()), pin).await;
            self.judge_ticket(employee, ticket, verdict).await
        };
        let judging = (judging, |judged: &Result<_, _>| ended(judged, End::Unjudged));
        self.sign_in.guarded_as(address.into(), (user_name, employee), judging).await?;
        let account = account.ok_or(EnrolError::Refused)?;
        let given = self.store.token(account.employee.id, Standing::Assigned).await?;
        if given.is_some_and(|token| token.kind == Kind::Fob) {
            return Ok(None);
        }
        self.issue(&account).await.map(Some)
    }

    /// Ends the enrolment page's work: the ticket is spent with the confirmation.
    pub async fn finish(
        &self,
        address: Option<Address>,
        user_name: &UserName,
        ticket: &str,
        codes: &CodePair,
    ) -> Result<(), EnrolError> {
        let account = self.store.account(user_name).await?.filter(|account| !account.disabled);
        let employee = account.map(|account| account.employee.id);
        // Before the ticket is tried: it is not its fault.
        self.sign_in.time_for_codes(None, employee).await?;
        let judging = async {
            let employee = self.judge_ticket(employee, ticket, PinVerdict::Right).await?;
            self.confirm(employee, codes).await?;
            self.tickets.lock().remove(&employee);
            Ok::<_, EnrolError>(())
        };
        let judging = (judging, |judged: &Result<_, _>| ended(judged, End::SignedIn));
        self.sign_in.guarded_as(address.into(), (user_name, employee), judging).await
    }

    async fn judge_ticket(
        &self,
        employee: Option<EmployeeId>,
        ticket: &str,
        pin: PinVerdict,
    ) -> Result<EmployeeId, EnrolError> {
        match employee {
            Some(employee) if self.try_ticket(employee, ticket, pin) => Ok(employee),
            refused => Err(self.sign_in.refused(refused, "ticket").await?.into()),
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

/// What a try on the enrolment page counts as. A right ticket opens the page until it is spent: alone it makes up for no wrong try.
fn ended<T>(judged: &Result<T, EnrolError>, right: End) -> End {
    match judged {
        Ok(_) => right,
        Err(EnrolError::Refused | EnrolError::NotMatched) => End::Missed,
        Err(_) => End::Unjudged,
    }
}

/// Sixteen digits as people read them: in groups of four.
pub(super) fn grouped(digits: &str) -> String {
    let groups: Vec<&str> = (0..4).map(|group| &digits[group * 4..group * 4 + 4]).collect();
    groups.join("-")
}

pub(super) fn ticket_digest(digits: &str) -> [u8; 32] {
    Sha256::digest(digits.as_bytes()).into()
}
