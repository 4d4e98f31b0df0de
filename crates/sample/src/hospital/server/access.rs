//! Who may read: a bearer token, a name and password, or anybody where neither is set.

use std::{fmt, sync::Arc};

use axum::{
    extract::{Request, State},
    http::header,
    middleware::Next,
    response::Response,
};
use base64::{Engine, prelude::BASE64_STANDARD};

use super::{FhirServer, outcome::Refused};

/// The credentials that the server accepts. `Debug` is redacted.
#[derive(Clone, Default)]
pub struct Access {
    /// The token of `Authorization: Bearer …`.
    pub bearer: Option<String>,
    /// Name and password of `Authorization: Basic …`.
    pub basic: Option<(String, String)>,
}

impl Access {
    /// One bearer token.
    pub fn bearer(token: &str) -> Self {
        Self { bearer: Some(token.to_owned()), basic: None }
    }

    fn admits(&self, presented: Option<&str>) -> bool {
        if self.bearer.is_none() && self.basic.is_none() {
            return true;
        }
        let Some((scheme, credentials)) = presented.and_then(|text| text.split_once(' ')) else {
            return false;
        };
        if scheme.eq_ignore_ascii_case("bearer") {
            return self.bearer.as_deref() == Some(credentials.trim());
        }
        let expected = self.basic.as_ref().map(|(name, word)| format!("{name}:{word}"));
        let decoded = BASE64_STANDARD.decode(credentials.trim()).ok();
        scheme.eq_ignore_ascii_case("basic")
            && decoded.is_some()
            && decoded == expected.map(String::into_bytes)
    }
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[credentials]")
    }
}

/// Lets through who presents what the server accepts.
pub(super) async fn guard(
    State(server): State<Arc<FhirServer>>,
    request: Request,
    next: Next,
) -> Result<Response, Refused> {
    let header = request.headers().get(header::AUTHORIZATION);
    if server.access.admits(header.and_then(|value| value.to_str().ok())) {
        Ok(next.run(request).await)
    } else {
        Err(Refused::not_signed_in())
    }
}
