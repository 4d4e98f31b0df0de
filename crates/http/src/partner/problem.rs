//! Refusals as problem details (RFC 9457): `{"title": …, "status": …, "detail": …}`. None of them carries personal data.

use hyper::{
    Response, StatusCode,
    header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue},
};
use kinfold_service::agreements::RefusedPeer;
use serde_json::json;

use super::body::Held;

/// Why a partner gets no answer.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) status: StatusCode,
    title: &'static str,
    detail: String,
}

impl Problem {
    fn new(status: StatusCode, title: &'static str, detail: impl Into<String>) -> Self {
        Self { status, title, detail: detail.into() }
    }

    /// The peer's key left the agreement after the connection was made.
    pub(super) fn stranger() -> Self {
        let detail = "the agreement held here no longer names your node's key";
        Self::new(StatusCode::FORBIDDEN, "Not a partner", detail)
    }

    /// The peer's certificate ran out after the connection was made.
    pub(super) fn outdated() -> Self {
        let detail = "your node's certificate is out of date: renew it and connect again";
        Self::new(StatusCode::FORBIDDEN, "Certificate out of date", detail)
    }

    pub(super) fn no_such_path() -> Self {
        Self::new(StatusCode::NOT_FOUND, "No such path", "the partner protocol has no such path")
    }

    pub(super) fn not_a_post() -> Self {
        let detail = "the partner protocol knows POST alone";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "Not a POST", detail)
    }

    pub(super) fn no_length() -> Self {
        let detail = "a message must tell its length before it is sent";
        Self::new(StatusCode::LENGTH_REQUIRED, "No length", detail)
    }

    pub(super) fn too_long(limit: usize) -> Self {
        let detail = format!("a message may have {limit} bytes at most");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "Message too long", detail)
    }

    pub(super) fn too_slow() -> Self {
        let detail = "the message did not arrive in time";
        Self::new(StatusCode::REQUEST_TIMEOUT, "Too slow", detail)
    }

    pub(super) fn broken() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "Broken message", "the message did not arrive whole")
    }

    pub(super) fn busy() -> Self {
        let detail = "your node has too many messages here at once";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "Too much at once", detail)
    }

    /// As an answer.
    pub(super) fn response(&self) -> Response<Held> {
        let (status, title, detail) = (self.status.as_u16(), self.title, &self.detail);
        let text = json!({ "title": title, "status": status, "detail": detail }).to_string();
        respond(self.status, "application/problem+json", Held::new(text, None))
    }
}

impl From<RefusedPeer> for Problem {
    fn from(refused: RefusedPeer) -> Self {
        let (status, title) = match &refused {
            RefusedPeer::NoAgreement(_) => (StatusCode::FORBIDDEN, "No agreement in force"),
            RefusedPeer::Untrusted(_) => (StatusCode::FORBIDDEN, "Message not trusted"),
            RefusedPeer::NotRecorded(_) => (StatusCode::FORBIDDEN, "Intent not proved"),
            RefusedPeer::Clock(_) => (StatusCode::FORBIDDEN, "Clocks too far apart"),
            RefusedPeer::Replayed => (StatusCode::FORBIDDEN, "Asked before"),
            RefusedPeer::Impostor => (StatusCode::FORBIDDEN, "Another agency's employee"),
            RefusedPeer::NotAllowed(_) => (StatusCode::FORBIDDEN, "Not agreed"),
            RefusedPeer::OtherAgreement => (StatusCode::CONFLICT, "Another agreement"),
            RefusedPeer::Ledger(_) => (StatusCode::SERVICE_UNAVAILABLE, "Ledger not writable"),
            RefusedPeer::Store(_) => (StatusCode::SERVICE_UNAVAILABLE, "Store not working"),
        };
        Self::new(status, title, refused.to_string())
    }
}

/// An answer that nobody may keep.
pub(super) fn respond(status: StatusCode, kind: &'static str, body: Held) -> Response<Held> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
