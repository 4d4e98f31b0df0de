//! Passkeys: a second way in beside PIN and code, for named employees, that nobody can be talked out of.
//!
//! A passkey makes sure of two things by itself, that somebody has it and that they are who it belongs to, so no PIN is asked. It is
//! added under a fresh code of the employee's own token, is bound to the site by the browser, and needs no clock.

mod add;
mod ceremonies;
mod own;
mod prove;
mod record;
mod sign_in;

pub use own::PasskeyLine;
pub use record::PasskeyWord;

use std::sync::Arc;

use kinfold_passkey::{Options, Site};
use parking_lot::Mutex;

use crate::{
    journal::{Journal, JournalError},
    ports::{Clock, Entropy, PasskeyStore, PortError, StaffStore},
    records::Entry,
    sign_in::{SignIn, SignInError},
};
use ceremonies::{Awaited, Ceremonies};

/// The most passkeys that one person has.
const MOST_EACH: usize = 10;
/// The longest name of one, in characters.
const LONGEST_NAME: usize = 40;

/// Why something did not happen with a passkey.
#[derive(Debug, thiserror::Error)]
pub enum PasskeyError {
    /// The node has no public address with a domain name.
    #[error("passkeys do not work at this address: use your PIN and a code")]
    NotHere,
    /// The answer does not open anything: why is not said.
    #[error("this passkey did not let you in: try again, or use your PIN and a code")]
    Refused,
    /// The challenge is over, or was answered before.
    #[error("that took too long, or was sent twice: try again")]
    Over,
    /// Too soon after wrong answers.
    #[error("too many wrong tries: wait {seconds} seconds before the next")]
    Wait {
        /// How long.
        seconds: i64,
    },
    /// Locked after too many wrong answers.
    #[error(
        "this passkey is locked after too many wrong tries: use your PIN and a code, and add it anew"
    )]
    Locked,
    /// It has no name.
    #[error("give the passkey a name of 1 to {LONGEST_NAME} characters")]
    Unnamed,
    /// There are enough.
    #[error("you have {MOST_EACH} passkeys: remove one that you do not use")]
    TooMany,
    /// A code for one shift can't bring what outlasts the shift.
    #[error("a code for one shift adds no passkey: use your own token")]
    OneShift,
    /// What the browser made can't be used.
    #[error(
        "this passkey can not be used: it must ask for a PIN, a fingerprint or a face, and be new to this site"
    )]
    NotAdded,
    /// There is no such passkey.
    #[error("this passkey is gone already")]
    Unknown,
    /// There is no such employee.
    #[error("there is no such employee")]
    NoAccount,
    /// Sessions.
    #[error(transparent)]
    SignIn(#[from] SignInError),
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] JournalError),
    /// The store.
    #[error(transparent)]
    Store(#[from] PortError),
}

/// What a browser is asked, and under which name its answer is awaited.
pub struct Ceremony {
    /// 16 random bytes, hex.
    pub id: String,
    /// For the browser.
    pub options: Options,
}

/// What passkeys work with.
pub struct PasskeysParts {
    /// The site that they are bound to; without one none can be added or used.
    pub site: Option<Site>,
    /// The passkeys.
    pub passkeys: Arc<dyn PasskeyStore>,
    /// The employees.
    pub staff: Arc<dyn StaffStore>,
    /// Sessions.
    pub sign_in: Arc<SignIn>,
    /// The ledger.
    pub journal: Journal,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub entropy: Arc<dyn Entropy>,
}

/// Keeps passkeys, and lets people in by them.
pub struct Passkeys {
    parts: PasskeysParts,
    ceremonies: Mutex<Ceremonies>,
}

impl Passkeys {
    /// Over these parts.
    pub fn new(parts: PasskeysParts) -> Self {
        Self { parts, ceremonies: Mutex::default() }
    }

    /// Scheme, host and port of the pages on which passkeys work, if there are any.
    pub fn origin(&self) -> Option<&str> {
        self.parts.site.as_ref().map(Site::origin)
    }

    fn site(&self) -> Result<&Site, PasskeyError> {
        self.parts.site.as_ref().ok_or(PasskeyError::NotHere)
    }

    fn begin(&self, options: Options, awaited: Awaited) -> Ceremony {
        let mut id = [0; 16];
        self.parts.entropy.fill(&mut id);
        self.ceremonies.lock().begin(id, self.parts.clock.now(), awaited);
        Ceremony { id: hex::encode(id), options }
    }

    fn take(&self, ceremony: &str) -> Option<Awaited> {
        self.ceremonies.lock().take(ceremony, self.parts.clock.now())
    }

    async fn record(&self, word: PasskeyWord) -> Result<(), JournalError> {
        self.parts.journal.record(Entry::Passkey(Box::new(word))).await.map(drop)
    }
}
