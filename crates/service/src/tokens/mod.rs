//! The inventory of tokens: what came from the vendor, who holds what, and what became of it.
//!
//! Operators keep it; it says nothing about a child. What could let one person be another, a code for one shift and an export of
//! secrets, takes two named people, each with a fresh code of their own.

mod export;
mod happen;
mod import;
mod order;
mod record;
mod temporary;
mod unlock;

pub use export::Export;
pub use import::{ImportReport, ImportStep, ImportTerms, NotImported};
pub use order::NewOrder;
pub use record::{TokenOrdered, TokenWord, TokensMoved};
pub use temporary::{TemporaryCode, Witnesses};

use std::sync::Arc;

use jiff::Timestamp;
use kinfold_domain::{EmployeeId, UserName};
use kinfold_token::{NotNow, Serial, Standing};
use kinfold_token_file::FileError;
use tokio::sync::Mutex;

use crate::{
    journal::{Journal, JournalError},
    ports::{Clock, Entropy, PortError, StaffStore, TokenQuery, TokenRecord, TokenStore},
    sign_in::{SessionError, SignIn, SignInError},
};

/// Why something did not happen to a token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// No such token.
    #[error("no token has the serial number {0}: compare it with what is printed on the token")]
    Unknown(Serial),
    /// No such employee.
    #[error("there is no such employee")]
    NoAccount,
    /// It can't happen as the token stands.
    #[error(transparent)]
    NotNow(#[from] NotNow),
    /// Nobody holds it.
    #[error("nobody holds this token")]
    NobodyHolds,
    /// Somebody else changed it at the same moment.
    #[error("somebody else changed this token just now: look again")]
    Changed,
    /// A code for one shift is for somebody whose token is lost or broken.
    #[error("a code for one shift is for a token that is lost or broken: say so first")]
    NotLost,
    /// There is nothing to unlock.
    #[error("the token that this employee uses is not locked")]
    NotLocked,
    /// The holder has another token that works.
    #[error("this employee has another token in use")]
    HasAnother,
    /// Not two people, or not the right ones.
    #[error(
        "this takes two named people, an operator and somebody else, and neither may be the token's holder"
    )]
    NotTwoPeople,
    /// One of the two was not let in.
    #[error("{who} was not let in: {source}")]
    NotVouched {
        /// Whose PIN or code it was.
        who: UserName,
        /// Why.
        #[source]
        source: SignInError,
    },
    /// Longer than a shift.
    #[error("a shift has 1 to 12 hours")]
    Shift,
    /// The file.
    #[error(transparent)]
    File(#[from] FileError),
    /// An order that makes no sense.
    #[error(
        "an order has a number and a vendor of 1 to 64 characters each, 1 to 1,000,000 tokens, and is not expected before it was ordered"
    )]
    WrongOrder,
    /// There is one of that number.
    #[error("there is an order of this number already")]
    Ordered,
    /// Nothing is to come of it.
    #[error("no order of this number is open: look which are on order")]
    NoOrder,
    /// The file can't be written.
    #[error("the secrets could not be made ready for the file")]
    Secret,
    /// Sessions.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] JournalError),
    /// The store.
    #[error(transparent)]
    Store(#[from] PortError),
}

/// A token as it is listed.
#[derive(Clone, Debug)]
pub struct TokenLine {
    /// The token.
    pub token: TokenRecord,
    /// The user name of whoever holds it, or held it last.
    pub holder: Option<UserName>,
}

/// Which tokens are asked for.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// That stand so.
    pub standing: Option<Standing>,
    /// Of this employee.
    pub holder: Option<UserName>,
    /// After this serial number.
    pub after: Option<Serial>,
}

/// What the inventory works with.
pub struct InventoryParts {
    /// The tokens.
    pub tokens: Arc<dyn TokenStore>,
    /// The employees.
    pub staff: Arc<dyn StaffStore>,
    /// Sign-in: it vouches for two people, and ends sessions.
    pub sign_in: Arc<SignIn>,
    /// The ledger.
    pub journal: Journal,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub entropy: Arc<dyn Entropy>,
}

/// Keeps the inventory.
pub struct Inventory {
    parts: InventoryParts,
    /// One file at a time.
    importing: Mutex<()>,
    /// One order at a time.
    ordering: Mutex<()>,
}

impl Inventory {
    /// The most tokens of one list.
    pub const LISTED: u32 = 100;

    /// Over these parts.
    pub fn new(parts: InventoryParts) -> Self {
        Self { parts, importing: Mutex::default(), ordering: Mutex::default() }
    }

    /// How many tokens stand how.
    pub async fn counts(&self) -> Result<Vec<(Standing, u64)>, PortError> {
        self.parts.tokens.token_counts().await
    }

    /// Tokens by serial number, a page of them.
    pub async fn list(&self, listing: &Listing) -> Result<Vec<TokenLine>, TokenError> {
        let holder = match &listing.holder {
            Some(user_name) => Some(self.employee(user_name).await?),
            None => None,
        };
        let query = TokenQuery {
            standing: listing.standing,
            holder,
            after: listing.after.clone(),
            limit: Self::LISTED,
        };
        let mut lines = Vec::new();
        for token in self.parts.tokens.tokens(&query).await? {
            lines.push(self.line(token).await?);
        }
        Ok(lines)
    }

    /// One token.
    pub async fn one(&self, serial: &Serial) -> Result<TokenLine, TokenError> {
        let token = self.token(serial).await?;
        self.line(token).await
    }

    /// When an employee last used a code of any of their tokens.
    pub async fn last_used(&self, employee: EmployeeId) -> Result<Option<Timestamp>, TokenError> {
        let query =
            TokenQuery { holder: Some(employee), limit: Self::LISTED, ..TokenQuery::default() };
        let held = self.parts.tokens.tokens(&query).await?;
        let used = held.iter().filter_map(|token| {
            let step = token.state.last_step()?.number();
            let seconds = step.checked_mul(token.parameters.step.seconds().into())?;
            // A step that is spent may lie ahead of the clock.
            let used = Timestamp::from_second(i64::try_from(seconds).ok()?).ok()?;
            Some(used.min(self.parts.clock.now()))
        });
        Ok(used.max())
    }

    async fn line(&self, token: TokenRecord) -> Result<TokenLine, TokenError> {
        let holder = match token.holder {
            Some(holder) => self.parts.staff.account_of(holder).await?,
            None => None,
        };
        Ok(TokenLine { token, holder: holder.map(|account| account.employee.user_name) })
    }

    async fn token(&self, serial: &Serial) -> Result<TokenRecord, TokenError> {
        let token = self.parts.tokens.token_of_serial(serial).await?;
        token.ok_or_else(|| TokenError::Unknown(serial.clone()))
    }

    async fn employee(&self, user_name: &UserName) -> Result<EmployeeId, TokenError> {
        let account = self.parts.staff.account(user_name).await?;
        account.filter(|a| !a.disabled).map(|a| a.employee.id).ok_or(TokenError::NoAccount)
    }
}
