//! The agreement in plain language, for every employee.

use axum::{extract::State, response::Response};

use super::{
    failure::{Failure, sentence},
    revoked::{self, Revoked},
    session::SignedIn,
    site::Shared,
};

#[derive(serde::Serialize)]
struct Ended {
    why: String,
    parties: Vec<String>,
    revoked: Option<Revoked>,
}

/// `GET /agreement`
pub(super) async fn page(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
) -> Result<Response, Failure> {
    let agreements = &site.services.agreements;
    match agreements.in_force(site.services.clock.now()) {
        Ok(agreement) => {
            site.page(&open, ("/agreement", "agreement.html"), agreement.plain_language())
        }
        Err(why) => {
            let parties = agreements.parties().into_iter().map(|party| party.name).collect();
            let content = Ended { why: sentence(&why.0), parties, revoked: revoked::of(&site) };
            site.page(&open, ("/agreement", "no-agreement.html"), content)
        }
    }
}
