//! What a personnel system says of employees over SCIM 2.0 (RFC 7643, RFC 7644): who joins, moves, leaves and comes back.
//!
//! Architecture invariant: nothing about a child is reachable here, and nobody gets in by what is said here: a joiner has a PIN that nobody
//! knows, and no token. Every request is refused before its handler without the one secret token.

mod body;
mod documents;
mod filter;
mod guard;
mod patch;
mod query;
mod refusal;
mod routes;
mod schemas;
mod user;
mod users;
mod view;
mod wrong;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Router;
use kinfold_service::staff::Personnel;
use url::Url;

pub use guard::{Token, TokenError};

/// The use cases behind SCIM, and who may speak.
pub struct ScimServices {
    /// The accounts, as the personnel system may change them.
    pub personnel: Personnel,
    /// What it proves itself with.
    pub token: Token,
    /// Under which address it reaches this node: `https://kinfold.trust.example/`.
    pub base_url: Url,
}

type Shared = Arc<ScimServices>;

/// Everything under `/scim`: routes of their own, to be merged with others.
pub fn router(services: ScimServices) -> Router {
    let services = Arc::new(services);
    guard::around(routes::table().finish(), &services).with_state(services)
}
