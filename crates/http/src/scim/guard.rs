//! What stands before every handler: the token, time, number of requests, and the headers of every answer.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Response, header},
    middleware::{Next, from_fn_with_state},
    response::IntoResponse,
};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use tower::limit::GlobalConcurrencyLimitLayer;
use tower_http::catch_panic::CatchPanicLayer;

use super::{Shared, refusal::Refusal};

/// The longest that an answer may take.
const LONGEST: Duration = Duration::from_secs(15);
/// Requests that are answered at a time; who comes then waits.
const AT_ONCE: usize = 16;
/// The shortest token, in characters.
const SHORTEST: usize = 32;

/// The personnel system's secret token, of which a digest is kept.
pub struct Token([u8; 32]);

/// Why a text is no token.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "a token has {SHORTEST} to 512 printable characters without spaces: `openssl rand -hex 32` makes one"
)]
pub struct TokenError;

impl Token {
    /// From a secret file's text; a line's end behind it is left out.
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        let text = text.trim_end_matches(['\r', '\n']);
        let fits = (SHORTEST..=512).contains(&text.len());
        if fits && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(Sha256::digest(text).into()))
        } else {
            Err(TokenError)
        }
    }

    /// Digests of one length are compared in constant time, so that neither the token nor its length shows.
    fn is(&self, sent: &str) -> bool {
        let sent: [u8; 32] = Sha256::digest(sent).into();
        self.0.ct_eq(&sent).into()
    }
}

/// Wraps the routes. The last layer is the first to see a request.
pub(super) fn around(routes: Router<Shared>, services: &Shared) -> Router<Shared> {
    routes
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
            // What the panic said may hold personal data: the panic hook has told where it was.
            Refusal::Panicked.into_response()
        }))
        .layer(GlobalConcurrencyLimitLayer::new(AT_ONCE))
        .layer(from_fn_with_state(Arc::clone(services), attend))
}

async fn attend(State(services): State<Shared>, request: Request, next: Next) -> Response<Body> {
    let mut response = match bearer(request.headers()) {
        Some(token) if services.token.is(token) => {
            let answered = tokio::time::timeout(LONGEST, next.run(request)).await;
            answered.unwrap_or_else(|_| Refusal::Busy.into_response())
        }
        _ => Refusal::NoToken.into_response(),
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The token of `authorization: Bearer …` (RFC 6750); none when there are two.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut sent = headers.get_all(header::AUTHORIZATION).iter();
    let (one, None) = (sent.next()?, sent.next()) else { return None };
    let (scheme, token) = one.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_long_and_compared_whole() {
        let text = "0123456789abcdef0123456789abcdef";
        let token = Token::parse(&format!("{text}\n")).unwrap();
        assert!(token.is(text) && !token.is(&text[1..]) && !token.is(&format!("{text}0")));
        for bad in ["", "short", &text[1..], "0123456789abcdef 0123456789abcdef"] {
            assert!(Token::parse(bad).is_err(), "{bad}");
        }
    }
}
