//! Sign-in at an outside identity provider (`OpenID` Connect Core 1.0): the authorisation code with PKCE (RFC 7636), and what is made of
//! the ID token that comes for it.
//!
//! What the standard prescribes (issuer, audience, signature, expiry, nonce) the library judges; how surely and how lately the provider
//! must have made sure of somebody is judged here, by [`Terms`].
//!
//! Architecture invariant: this crate opens no connection ([`Http`] is handed in), reads no clock, and draws no chance but what the
//! signing of a client's assertion needs. It keeps the provider's description and keys, and nothing of anybody who signs in.

mod asked;
mod claims;
mod client;
mod http;
mod identity;
mod known;
mod provider;
mod terms;
mod trouble;

pub use asked::Asked;
pub use client::{Algorithm, Client, NoKey, Secret, SigningKey};
pub use http::{Http, Request, Response, Unreachable};
pub use identity::{Identity, Subject};
pub use provider::{Provider, ProviderParts, Unfit};
pub use terms::{Shown, Terms};
pub use trouble::{Refusal, Trouble};
