//! What pages load, and whether the node is there at all.

use axum::{
    extract::Path,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::failure::Failure;
use crate::design;

/// `GET /assets/…`: an address changes with its content, so browsers may keep it for ever.
pub(super) async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Response {
    let Some(asset) = design::asset(&path) else { return Failure::NotFound.into_response() };
    let kept = [
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::ETAG, asset.etag),
    ];
    let known = headers.get(header::IF_NONE_MATCH).and_then(|tag| tag.to_str().ok());
    if known.is_some_and(|known| known.split(',').any(|tag| tag.trim() == asset.etag)) {
        return (StatusCode::NOT_MODIFIED, kept).into_response();
    }
    (kept, [(header::CONTENT_TYPE, asset.mime)], asset.bytes).into_response()
}

/// `GET /healthz`: that the node answers, and nothing else.
pub(super) async fn health() -> &'static str {
    "ok\n"
}
