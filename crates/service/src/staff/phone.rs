//! Handing a fresh token over to a phone: a code that fetches its secret, once.
//!
//! The QR code that a phone reads holds this code and not the secret: cameras and browsers keep what they read in their histories.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use kinfold_domain::EmployeeId;
use kinfold_token::OtpauthUri;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{
    Staff,
    enrol::Enrolment,
    ticket::{grouped, ticket_digest},
};
use crate::journal::JournalError;

/// How long a phone code fetches.
const LASTS: SignedDuration = SignedDuration::from_mins(10);

/// Why a phone was given nothing.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// No such code, or its time is over.
    #[error(
        "this phone code is not right, or it is over: begin again on the page where you set the token up"
    )]
    Refused,
    /// Somebody was given the secret already.
    #[error(
        "this phone code was used before: if that was not your phone, stop here and tell your IT operator"
    )]
    Used,
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] JournalError),
}

/// A code that fetches one fresh token's secret, once and within ten minutes. `Debug` is redacted.
pub struct PhoneCode(Zeroizing<String>);

impl PhoneCode {
    /// The code: sixteen hex digits in groups of four.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PhoneCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhoneCode(redacted)")
    }
}

/// A secret that a phone may fetch; without it once it was fetched.
pub(super) struct Waiting {
    digest: [u8; 32],
    until: Timestamp,
    uri: Option<OtpauthUri>,
}

impl Staff {
    /// Makes the code with which a phone fetches this token, in place of an earlier one of the same employee.
    pub fn phone_code(&self, enrolment: &Enrolment) -> PhoneCode {
        let mut bytes = [0; 8];
        self.entropy.fill(&mut bytes);
        let digits = Zeroizing::new(hex::encode(bytes));
        let now = self.clock.now();
        let until = now.saturating_add(LASTS).unwrap_or(Timestamp::MAX);
        let uri = Some(enrolment.uri.clone());
        let mut phones = self.phones.lock();
        phones.retain(|_, waiting| now < waiting.until);
        phones.insert(enrolment.employee, Waiting { digest: ticket_digest(&digits), until, uri });
        PhoneCode(Zeroizing::new(grouped(&digits)))
    }

    /// Gives a fresh token's secret to the phone that has the code. It opens nothing until two codes have proved it.
    pub async fn fetch(&self, typed: &str) -> Result<OtpauthUri, FetchError> {
        let (employee, uri) = self.take(typed)?;
        // Taken first: whatever fails from here on, no second phone is given it.
        self.record(employee, "token-fetched").await?;
        Ok(uri)
    }

    fn take(&self, typed: &str) -> Result<(EmployeeId, OtpauthUri), FetchError> {
        let digits: Zeroizing<String> = Zeroizing::new(
            typed.chars().filter(char::is_ascii_hexdigit).map(|c| c.to_ascii_lowercase()).collect(),
        );
        let (now, digest) = (self.clock.now(), ticket_digest(&digits));
        let mut phones = self.phones.lock();
        let mut known = phones.iter_mut().filter(|(_, waiting)| now < waiting.until);
        let found = known.find(|(_, waiting)| bool::from(waiting.digest.ct_eq(&digest)));
        let (employee, waiting) = found.ok_or(FetchError::Refused)?;
        Ok((*employee, waiting.uri.take().ok_or(FetchError::Used)?))
    }
}
