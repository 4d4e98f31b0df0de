//! What stands around every page: time, number and origin of requests, the session, and the headers of every answer.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, Response, header},
    middleware::{Next, from_fn_with_state},
    response::IntoResponse,
};
use tower::limit::GlobalConcurrencyLimitLayer;
use tower_http::{
    catch_panic::CatchPanicLayer,
    csrf::{CsrfLayer, ProtectionError},
};

use super::{
    drafts,
    failure::{self, Failure},
    session::{self, Session},
    site::{Shared, Site},
};

/// The longest that a page may take.
const LONGEST: Duration = Duration::from_secs(30);
/// Pages that are made at a time; who comes then waits.
const AT_ONCE: usize = 512;

const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
    connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'";

/// Headers of every answer, whatever it is.
const HEADERS: [(&str, &str); 8] = [
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), clipboard-read=()",
    ),
    ("x-robots-tag", "noindex"),
];

/// Two years, as browsers advise.
const TRANSPORT: &str = "max-age=63072000; includeSubDomains";

/// Wraps the routes. The last layer is the first to see a request.
pub(super) fn around(routes: Router<Shared>, site: &Shared) -> Router<Shared> {
    routes
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
            // What the panic said may hold personal data: the panic hook has told where it was.
            Failure::Panicked.into_response()
        }))
        .layer(from_fn_with_state(Arc::clone(site), drafts::around))
        .layer(CsrfLayer::new())
        .layer(GlobalConcurrencyLimitLayer::new(AT_ONCE))
        .layer(from_fn_with_state(Arc::clone(site), attend))
        .layer(from_fn_with_state(Arc::clone(site), seal))
}

/// Finds the session, limits the time, and turns a failure into its page.
async fn attend(State(site): State<Shared>, mut request: Request, next: Next) -> Response<Body> {
    let mut session = Session::None;
    let work = async {
        let found = session::find(&site, request.headers()).await;
        match found {
            Ok(found) => {
                session = found.clone();
                request.extensions_mut().insert(found);
                next.run(request).await
            }
            Err(failure) => failure.into_response(),
        }
    };
    let mut response = match tokio::time::timeout(LONGEST, work).await {
        Ok(response) => response,
        Err(_) => Failure::TooSlow.into_response(),
    };
    if response.extensions_mut().remove::<ProtectionError>().is_some() {
        response = Failure::CrossSite.into_response();
    }
    match response.extensions_mut().remove::<Arc<Failure>>() {
        Some(failure) => failure::page(&site, &session, &failure),
        None => response,
    }
}

/// Sets the headers that every answer carries.
async fn seal(State(site): State<Shared>, request: Request, next: Next) -> Response<Body> {
    let may_be_kept = request.uri().path().starts_with("/assets/");
    let mut response = next.run(request).await;
    put_headers(&site, &mut response, may_be_kept);
    response
}

fn put_headers(site: &Site, response: &mut Response<Body>, may_be_kept: bool) {
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if site.services.secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(TRANSPORT));
    }
    if !may_be_kept || !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}
