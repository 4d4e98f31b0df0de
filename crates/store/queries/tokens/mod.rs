//! The inventory of tokens. What nobody holds is sealed for its token and serial number; what somebody holds, for its token and that
//! employee: so nobody who can write the file alone gives a token to somebody else.

mod arrivals;
mod change;
mod list;
mod orders;

use async_trait::async_trait;
use jiff::Timestamp;
use kinfold_domain::EmployeeId;
use kinfold_service::ports::{
    PortError, TokenChange, TokenId, TokenOrder, TokenQuery, TokenRecord, TokenStore,
};
use kinfold_token::{Serial, Standing};
use kinfold_token_file::FileToken;
use serde::{Serialize, de::DeserializeOwned};

use crate::Store;
use crate::fault::{Doing, Fault};

#[async_trait]
impl TokenStore for Store {
    async fn begin_arrivals(&self) -> Result<(), PortError> {
        arrivals::begin(self).await.doing("clearing away an import that broke off")
    }

    async fn arrive(
        &self,
        tokens: Vec<(TokenId, FileToken)>,
        at: Timestamp,
    ) -> Result<Vec<bool>, PortError> {
        arrivals::arrive(self, tokens, at).await.doing("importing tokens")
    }

    async fn keep_arrivals(&self, order: Option<&str>) -> Result<u64, PortError> {
        arrivals::keep(self, order).await.doing("keeping imported tokens")
    }

    async fn add_order(&self, order: &TokenOrder) -> Result<bool, PortError> {
        orders::add(self, order).await.doing("keeping an order of tokens")
    }

    async fn orders(&self) -> Result<Vec<TokenOrder>, PortError> {
        orders::all(self).await.doing("reading the orders of tokens")
    }

    async fn close_order(&self, reference: &str, at: Timestamp) -> Result<(), PortError> {
        orders::close(self, reference, at).await.doing("closing an order of tokens")
    }

    async fn token_of_serial(&self, serial: &Serial) -> Result<Option<TokenRecord>, PortError> {
        list::one(self, serial).await.doing("reading a token")
    }

    async fn tokens(&self, query: &TokenQuery) -> Result<Vec<TokenRecord>, PortError> {
        list::some(self, query).await.doing("listing tokens")
    }

    async fn token_counts(&self) -> Result<Vec<(Standing, u64)>, PortError> {
        list::counts(self).await.doing("counting tokens")
    }

    async fn change_token(&self, change: &TokenChange) -> Result<bool, PortError> {
        change::change(self, change).await.doing("changing a token")
    }

    async fn end_temporary(&self, holder: EmployeeId, at: Timestamp) -> Result<(), PortError> {
        change::end_temporary(self, holder, at).await.doing("ending a code for one shift")
    }

    async fn free_fobs(
        &self,
        after: Option<&Serial>,
        limit: u32,
    ) -> Result<Vec<FileToken>, PortError> {
        list::free_fobs(self, after, limit).await.doing("reading tokens for an export")
    }
}

/// What a seed is bound to.
pub(crate) fn seal_identity<'a>(
    id: &'a str,
    employee: Option<&'a str>,
    serial: &'a str,
) -> Vec<&'a [u8]> {
    match employee {
        Some(employee) => vec![id.as_bytes(), employee.as_bytes()],
        None => vec![id.as_bytes(), b"in stock", serial.as_bytes()],
    }
}

pub(crate) fn to_json(value: &impl Serialize) -> Result<String, Fault> {
    serde_json::to_string(value).map_err(|_| Fault::Form("a token's state"))
}

pub(crate) fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, Fault> {
    serde_json::from_str(text).map_err(|_| Fault::Form("a token's stored state"))
}

#[cfg(test)]
#[path = "tokens_tests.rs"]
mod tests;
