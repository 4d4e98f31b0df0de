//! What stands around every answer: time, number of requests, defects, and the headers.

use std::time::Duration;

use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{HeaderValue, Response, header},
    middleware::{Next, from_fn},
    response::IntoResponse,
};
use tower::limit::GlobalConcurrencyLimitLayer;
use tower_http::catch_panic::CatchPanicLayer;

use super::{answer::Shared, refusal::Refusal};

/// The longest that an answer may take.
const LONGEST: Duration = Duration::from_secs(15);
/// Requests that are answered at a time; who comes then waits.
const AT_ONCE: usize = 128;

/// Wraps the routes. The last layer is the first to see a request.
pub(super) fn around(routes: Router<Shared>) -> Router<Shared> {
    routes
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
            // What the panic said may hold personal data: the panic hook has told where it was.
            Refusal::Panicked.into_response()
        }))
        .layer(GlobalConcurrencyLimitLayer::new(AT_ONCE))
        .layer(from_fn(attend))
}

async fn attend(request: Request, next: Next) -> Response<Body> {
    let answered = tokio::time::timeout(LONGEST, next.run(request)).await;
    let mut response = answered.unwrap_or_else(|_| Refusal::Busy.into_response());
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
