//! Refusals, each an `OperationOutcome`.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::{super::HospitalError, fhir_value};

/// Why the server does not answer: a status, R4's issue type, and words without personal data.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Refused {
    status: StatusCode,
    code: &'static str,
    words: &'static str,
}

impl Refused {
    pub(super) const fn invalid(words: &'static str) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code: "invalid", words }
    }

    pub(super) const fn unsupported(words: &'static str) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code: "not-supported", words }
    }

    pub(super) const fn no_such_type() -> Self {
        let words = "this server has no such resource type";
        Self { status: StatusCode::NOT_FOUND, code: "not-supported", words }
    }

    pub(super) const fn no_such_record() -> Self {
        Self { status: StatusCode::NOT_FOUND, code: "not-found", words: "no such resource" }
    }

    pub(super) const fn no_such_address() -> Self {
        Self { status: StatusCode::NOT_FOUND, code: "not-found", words: "no such address" }
    }

    pub(super) const fn no_such_method() -> Self {
        let words = "this server is for reading";
        Self { status: StatusCode::METHOD_NOT_ALLOWED, code: "not-supported", words }
    }

    pub(super) const fn not_signed_in() -> Self {
        Self { status: StatusCode::UNAUTHORIZED, code: "login", words: "credentials are needed" }
    }
}

impl From<HospitalError> for Refused {
    fn from(_: HospitalError) -> Self {
        let words = "the records cannot be read";
        Self { status: StatusCode::INTERNAL_SERVER_ERROR, code: "exception", words }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let issue = json!({ "severity": "error", "code": self.code, "diagnostics": self.words });
        let body = json!({ "resourceType": "OperationOutcome", "issue": [issue] });
        let mut response = fhir_value(self.status, body);
        if self.status == StatusCode::UNAUTHORIZED {
            let schemes = HeaderValue::from_static("Bearer, Basic realm=\"fhir\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, schemes);
        }
        response
    }
}
