//! A request's body: one JSON object, within its limit.

use axum::{
    body::Body,
    extract::{FromRequest, Request},
    http::{HeaderMap, header},
};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde_json::{Map, Value};

use super::refusal::Refusal;

/// The longest body, in bytes.
const LONGEST: usize = 64 * 1024;

/// What was sent.
pub(super) struct Sent(pub(super) Map<String, Value>);

impl<S: Sync> FromRequest<S> for Sent {
    type Rejection = Refusal;

    async fn from_request(request: Request<Body>, _: &S) -> Result<Self, Refusal> {
        if !is_json(request.headers()) {
            return Err(Refusal::OtherMedia);
        }
        let body = match Limited::new(request.into_body(), LONGEST).collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) if error.is::<LengthLimitError>() => return Err(Refusal::TooLarge),
            Err(_) => return Err(Refusal::Syntax),
        };
        match serde_json::from_slice(&body) {
            Ok(Value::Object(sent)) => Ok(Self(sent)),
            _ => Err(Refusal::Syntax),
        }
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim();
    ["application/scim+json", "application/json"].iter().any(|json| kind.eq_ignore_ascii_case(json))
}
