//! A request's body, within its limit and of its media type.

use axum::{
    body::Body,
    http::{HeaderMap, Request, header},
};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

use super::refusal::Refusal;

/// The longest form, in bytes.
pub(super) const FORM: usize = 64 * 1024;
/// The longest FHIR resource or call of a hook, in bytes: patients may come with a photograph.
pub(super) const RESOURCE: usize = 1024 * 1024;

const JSON: [&str; 2] = ["application/fhir+json", "application/json"];

/// The bytes of a form.
pub(super) async fn form(request: Request<Body>) -> Result<Vec<u8>, Refusal> {
    let kinds = ["application/x-www-form-urlencoded"];
    read(request, (&kinds, "application/x-www-form-urlencoded"), FORM).await
}

/// The bytes of a FHIR resource, or of a call of a hook.
pub(super) async fn resource(request: Request<Body>) -> Result<Vec<u8>, Refusal> {
    read(request, (&JSON, "application/fhir+json or application/json"), RESOURCE).await
}

async fn read(
    request: Request<Body>,
    (kinds, wanted): (&[&str], &'static str),
    limit: usize,
) -> Result<Vec<u8>, Refusal> {
    if !kind(request.headers()).is_some_and(|kind| kinds.contains(&kind.as_str())) {
        return Err(Refusal::OtherMedia(wanted));
    }
    match Limited::new(request.into_body(), limit).collect().await {
        Ok(body) => Ok(body.to_bytes().to_vec()),
        Err(error) if error.is::<LengthLimitError>() => Err(Refusal::TooLarge),
        Err(_) => Err(Refusal::Broken),
    }
}

/// The media type without its parameters.
fn kind(headers: &HeaderMap) -> Option<String> {
    let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    Some(kind.split(';').next()?.trim().to_ascii_lowercase())
}
