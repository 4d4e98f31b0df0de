//! What all handlers share, and how a resource leaves.

use std::sync::Arc;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use super::{FhirServices, seen::Seen, tokens::Tokens};

/// What handlers get.
pub(super) type Shared = Arc<Desk>;

/// The state of the FHIR surface.
pub(super) struct Desk {
    pub(super) services: FhirServices,
    /// Assertions that were used.
    pub(super) seen: Seen,
    /// Access tokens that are open.
    pub(super) tokens: Tokens,
    /// Since when this process knows which assertions were used.
    pub(super) started: Timestamp,
}

impl Desk {
    pub(super) fn new(services: FhirServices) -> Self {
        let started = services.clock.now();
        Self { services, seen: Seen::default(), tokens: Tokens::default(), started }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.services.clock.now()
    }

    pub(super) fn uuid(&self) -> Uuid {
        self.services.entropy.uuid(self.now())
    }

    /// An address below the node's own: `fhir/token`.
    pub(super) fn address(&self, path: &str) -> String {
        let base = self.services.base_url.as_str().trim_end_matches('/');
        format!("{base}/{path}")
    }
}

/// A FHIR resource with its status.
pub(super) struct Fhir(pub(super) StatusCode, pub(super) Value);

impl IntoResponse for Fhir {
    fn into_response(self) -> Response {
        json(self.0, "application/fhir+json", &self.1)
    }
}

/// JSON of that media type.
pub(super) fn json(status: StatusCode, kind: &'static str, body: &Value) -> Response {
    let mut response = (status, body.to_string()).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
