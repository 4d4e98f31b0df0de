//! `GET /openapi.json`: the addresses of this surface in `OpenAPI` 3.1. Kept by hand; a test compares it with the routes.

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};

/// The document.
pub(super) const DOCUMENT: &str = include_str!("openapi.json");

/// `GET /openapi.json`
pub(super) async fn document() -> Response {
    let mut response = DOCUMENT.into_response();
    let kind = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}
