//! Which clinical system calls a hook: by the token that it signs for each call.

use std::sync::Arc;

use axum::{extract::FromRequestParts, http::request::Parts};

use crate::fhir::{
    answer::{Desk, Shared},
    assertion::{Assertion, Distrust, Expected},
    bearer::bearer,
    client::Client,
    refusal::Refusal,
};

/// A registered system whose signed token came with this call.
pub(in crate::fhir) struct HookCaller(pub(super) Arc<Client>);

impl FromRequestParts<Shared> for HookCaller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, desk: &Shared) -> Result<Self, Refusal> {
        let token = bearer(&parts.headers).ok_or(Refusal::NoToken)?;
        let client = believe(desk, token).map_err(|distrust| {
            tracing::info!(%distrust, "a call of a hook was not believed");
            Refusal::Distrusted
        })?;
        Ok(Self(client))
    }
}

fn believe(desk: &Desk, token: &str) -> Result<Arc<Client>, Distrust> {
    let assertion = Assertion::parse(token)?;
    let client = desk.services.clients.with_issuer(assertion.issuer());
    let client = client.ok_or(Distrust::Stranger)?;
    // Feedback goes to an address below the service's own: some systems name that, others the service.
    let service = desk.address(super::SERVICE);
    let audience = [format!("{service}/feedback"), service];
    let expected = Expected { audience: &audience, now: desk.now(), started: desk.started };
    assertion.verify(client, expected, &desk.seen)?;
    Ok(Arc::clone(client))
}
