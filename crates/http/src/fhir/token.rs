//! `POST /fhir/token`: SMART backend services (hl7.org/fhir/smart-app-launch/backend-services.html), client credentials by a signed
//! assertion (RFC 7523).

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::{
    answer::{Desk, Shared, json},
    assertion::{Assertion, Distrust, Expected},
    body,
    client::Client,
    form::Form,
    refusal::Refusal,
    tokens::{self, Scopes},
};

const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Why no token is issued (RFC 6749 section 5.2).
#[derive(Debug)]
pub(super) enum NoAccess {
    Request(&'static str),
    Grant,
    Client,
    Scope,
    Busy,
}

impl IntoResponse for NoAccess {
    fn into_response(self) -> Response {
        let (status, error, why) = match self {
            Self::Request(why) => (StatusCode::BAD_REQUEST, "invalid_request", why),
            Self::Grant => {
                let why = "grant_type is client_credentials here";
                (StatusCode::BAD_REQUEST, "unsupported_grant_type", why)
            }
            // Which part was not believed is for the log: an outsider learns nothing about who is registered.
            Self::Client => {
                let why = "the assertion is not believed: see the integrators' guide";
                (StatusCode::UNAUTHORIZED, "invalid_client", why)
            }
            Self::Scope => {
                let why = "ask for system/Flag.rs, system/Patient.r, or both";
                (StatusCode::BAD_REQUEST, "invalid_scope", why)
            }
            Self::Busy => {
                let why = "too many access tokens are open";
                (StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", why)
            }
        };
        let body = json!({ "error": error, "error_description": why });
        json(status, "application/json", &body)
    }
}

/// `POST /fhir/token`
pub(super) async fn issue(
    State(desk): State<Shared>,
    request: Request<Body>,
) -> Result<Response, NoAccess> {
    let form = read(request).await?;
    if form.one("grant_type") != Some("client_credentials") {
        return Err(NoAccess::Grant);
    }
    if form.one("client_assertion_type") != Some(ASSERTION) {
        return Err(NoAccess::Request("client_assertion_type is missing or another one"));
    }
    let assertion = form.one("client_assertion");
    let assertion = assertion.ok_or(NoAccess::Request("client_assertion is missing"))?;
    let client = believe(&desk, assertion)?;
    let scopes = Scopes::parse(form.one("scope").ok_or(NoAccess::Scope)?);
    if scopes == Scopes::default() {
        return Err(NoAccess::Scope);
    }
    let ambient = (&desk.services.entropy, desk.now());
    let token = desk.tokens.open(&client, scopes, ambient).ok_or(NoAccess::Busy)?;
    let body = json!({
        "access_token": *token,
        "token_type": "bearer",
        "expires_in": tokens::LIFE,
        "scope": scopes.granted(),
    });
    Ok(json(StatusCode::OK, "application/json", &body))
}

async fn read(request: Request<Body>) -> Result<Form, NoAccess> {
    let garbled = |_: Refusal| {
        NoAccess::Request("send the parameters as application/x-www-form-urlencoded, in 64 KiB")
    };
    Form::parse(&body::form(request).await.map_err(garbled)?).map_err(garbled)
}

fn believe(desk: &Desk, token: &str) -> Result<Arc<Client>, NoAccess> {
    let believed = Assertion::parse(token).and_then(|assertion| {
        let client = desk.services.clients.with_id(assertion.issuer());
        let client = client.ok_or(Distrust::Stranger)?;
        assertion.is_its_own_subject()?;
        let audience = [desk.address("fhir/token")];
        let expected = Expected { audience: &audience, now: desk.now(), started: desk.started };
        assertion.verify(client, expected, &desk.seen)?;
        Ok(Arc::clone(client))
    });
    believed.map_err(|distrust| {
        tracing::info!(%distrust, "a client's assertion was not believed");
        NoAccess::Client
    })
}
