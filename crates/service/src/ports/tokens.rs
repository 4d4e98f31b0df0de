//! The inventory of tokens at rest.

use async_trait::async_trait;
use jiff::{Timestamp, civil::Date};
use kinfold_domain::EmployeeId;
use kinfold_token::{Kind, Serial, Standing, TokenParameters, TokenState};
use kinfold_token_file::FileToken;
use serde::{Deserialize, Serialize};

use super::{PortError, TokenId};

/// A token without its secret.
#[derive(Clone, Debug)]
pub struct TokenRecord {
    /// Identity.
    pub id: TokenId,
    /// What is printed on it.
    pub serial: Serial,
    /// What it is.
    pub kind: Kind,
    /// Who made it; empty where nobody said.
    pub maker: String,
    /// Algorithm, digits, step.
    pub parameters: TokenParameters,
    /// Where it is in its life.
    pub standing: Standing,
    /// Since when.
    pub since: Timestamp,
    /// When a code for one shift ends.
    pub until: Option<Timestamp>,
    /// Whose it is, or whose it was last.
    pub holder: Option<EmployeeId>,
    /// Drift, misses, last step.
    pub state: TokenState,
    /// What a change compares.
    pub version: i64,
}

/// Which tokens are listed.
#[derive(Clone, Debug, Default)]
pub struct TokenQuery {
    /// That stand so.
    pub standing: Option<Standing>,
    /// Of this employee.
    pub holder: Option<EmployeeId>,
    /// After this serial number.
    pub after: Option<Serial>,
    /// The most.
    pub limit: u32,
}

/// What becomes of a token, to be written only over the version that was read.
#[derive(Clone, Debug)]
pub struct TokenChange {
    /// Which token.
    pub token: TokenId,
    /// The version that was read.
    pub version: i64,
    /// How it stands then.
    pub standing: Standing,
    /// Whose it is then.
    pub holder: Option<EmployeeId>,
    /// Its state then.
    pub state: TokenState,
    /// When.
    pub at: Timestamp,
}

/// Tokens that a vendor is to send.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TokenOrder {
    /// The order's number, ours or the vendor's.
    pub reference: String,
    /// Who sends them.
    pub vendor: String,
    /// How many were ordered.
    pub tokens: u64,
    /// How many of its files' tokens are in stock.
    pub arrived: u64,
    /// When it was ordered.
    pub ordered: Date,
    /// When it should be there.
    pub expected: Option<Date>,
    /// When somebody said that no more will come.
    pub closed: Option<Timestamp>,
}

impl TokenOrder {
    /// Whether tokens of it are still to come.
    pub const fn is_open(&self) -> bool {
        self.closed.is_none() && self.arrived < self.tokens
    }
}

/// Keeps the inventory. Seeds are sealed at rest under a key of their own, and bound to whoever holds the token.
#[async_trait]
pub trait TokenStore: Send + Sync {
    /// Clears away what an import that broke off had brought.
    async fn begin_arrivals(&self) -> Result<(), PortError>;

    /// Takes tokens that nobody sees yet; for each whether its serial number is new. All or none of the call.
    async fn arrive(
        &self,
        tokens: Vec<(TokenId, FileToken)>,
        at: Timestamp,
    ) -> Result<Vec<bool>, PortError>;

    /// All that have arrived are in stock at once, and counted to their order if they have one; how many.
    async fn keep_arrivals(&self, order: Option<&str>) -> Result<u64, PortError>;

    /// Keeps an order; `false` when there is one of that number.
    async fn add_order(&self, order: &TokenOrder) -> Result<bool, PortError>;

    /// The orders, those of which tokens are still to come first, then the newest: at most a hundred.
    async fn orders(&self) -> Result<Vec<TokenOrder>, PortError>;

    /// No more will come of an order.
    async fn close_order(&self, reference: &str, at: Timestamp) -> Result<(), PortError>;

    /// One token.
    async fn token_of_serial(&self, serial: &Serial) -> Result<Option<TokenRecord>, PortError>;

    /// Tokens by serial number.
    async fn tokens(&self, query: &TokenQuery) -> Result<Vec<TokenRecord>, PortError>;

    /// How many stand how; codes for one shift are not counted.
    async fn token_counts(&self) -> Result<Vec<(Standing, u64)>, PortError>;

    /// Changes a token. Other tokens that its new holder was given and never used are superseded; a seed of a token disposed of
    /// is destroyed. `false`, and nothing written, when somebody else wrote since.
    async fn change_token(&self, change: &TokenChange) -> Result<bool, PortError>;

    /// Ends the codes for one shift of an employee.
    async fn end_temporary(&self, holder: EmployeeId, at: Timestamp) -> Result<(), PortError>;

    /// Fobs that nobody holds, with their secrets, by serial number: for an export.
    async fn free_fobs(
        &self,
        after: Option<&Serial>,
        limit: u32,
    ) -> Result<Vec<FileToken>, PortError>;
}
