//! What clinical systems ask: a FHIR R4 server of three interactions, SMART backend-services authentication, and CDS Hooks.
//!
//! Architecture invariant: a handler asks one use case, as the registered system that a verified token names, and tells what it
//! released. Nothing here decides, and no answer is empty: whoever reads one must not take silence for "not on the register".
//! Whatever is about a child travels in bodies; where a client puts it into an address all the same, nothing here keeps or logs it.

mod answer;
mod assertion;
mod bearer;
mod body;
mod cds;
mod client;
mod flag;
mod flag_resource;
mod form;
mod guard;
mod issue;
mod keys;
mod matching;
mod media;
mod metadata;
mod openapi;
mod parameters;
mod people;
mod refusal;
mod ring;
mod routes;
mod seen;
mod token;
mod tokens;
mod told;
mod words;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Router;
use kinfold_domain::Agency;
use kinfold_service::{
    agreements::Agreements,
    check::Check,
    identify::Identify,
    ports::{Clock, Entropy},
};
use url::Url;

pub use client::{Client, ClientError, Clients};
pub use keys::{KeyError, KeySet};

use answer::Desk;

/// The purpose for which clinical systems ask.
pub const PURPOSE: &str = "direct-care-unscheduled";

/// The use cases behind the FHIR surface, and who may ask.
pub struct FhirServices {
    /// Whose node this is.
    pub agency: Agency,
    /// The agreement, for the telephones that it names.
    pub agreements: Arc<Agreements>,
    /// The check.
    pub check: Arc<Check>,
    /// Identity matches.
    pub identify: Arc<Identify>,
    /// Registered systems.
    pub clients: Clients,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Chance, for access tokens and identifiers.
    pub entropy: Arc<dyn Entropy>,
    /// Under which address clients reach this node: `https://kinfold.trust.example/`.
    pub base_url: Url,
}

/// Everything under `/fhir` and `/cds-services`, and `/openapi.json`: routes of their own, to be merged with others.
pub fn router(services: FhirServices) -> Router {
    let desk = Arc::new(Desk::new(services));
    guard::around(routes::table().finish()).with_state(desk)
}
