//! The phone page: a token that an employee keeps in their own phone. It is the same page for everybody, says nothing about anybody, and
//! makes its codes in the phone (`assets/phone.js`); what opens it without a connection is `assets/phone-worker.js`.

use std::hash::{DefaultHasher, Hash, Hasher};

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, Uri, header, uri::Authority},
    response::{Html, IntoResponse, Redirect, Response},
};
use kinfold_service::staff::{EnrolError, FetchError};
use serde_json::{Value, json};
use url::Url;

use super::{
    failure::{Failure, sentence},
    fields::Fields,
    session::Session,
    site::{Shared, Site},
};
use crate::design::{self, Asset};

/// Where the page is: what opens it without a connection reaches no further than this folder.
const PLACE: &str = "/phone/";

/// `GET /phone`
pub(super) async fn way() -> Redirect {
    Redirect::to(PLACE)
}

/// `GET /phone/`
pub(super) async fn page(State(site): State<Shared>) -> Result<Response, Failure> {
    Ok(Html(rendered(&site)?).into_response())
}

/// `GET /phone/worker.js`: another script whenever the page or anything it loads is another, so that phones take it over.
pub(super) async fn worker(State(site): State<Shared>) -> Result<Response, Failure> {
    let script = asset("phone-worker.js").ok_or(Failure::NotFound)?;
    let mut hasher = DefaultHasher::new();
    rendered(&site)?.hash(&mut hasher);
    let source = String::from_utf8_lossy(script.bytes);
    let text = format!("const PAGE = \"{:016x}\";\n{source}", hasher.finish());
    Ok(([(header::CONTENT_TYPE, script.mime)], text).into_response())
}

/// `GET /phone/manifest.webmanifest`: what phones need to put the page on their home screen.
pub(super) async fn manifest(State(site): State<Shared>) -> Response {
    let icon = |name, sizes, purpose| json!({"src": design::asset_url(name), "sizes": sizes, "type": "image/png", "purpose": purpose});
    let manifest = json!({
        "id": PLACE,
        "name": format!("{} token", site.services.agency.name),
        "short_name": "Token",
        "description": "Codes for signing in to Kinfold",
        "lang": "en-GB",
        "start_url": PLACE,
        "scope": PLACE,
        "display": "standalone",
        "background_color": "#f0f4f5",
        "theme_color": "#005eb8",
        "icons": [
            icon("phone-192.png", "192x192", "any"),
            icon("phone-512.png", "512x512", "any"),
            icon("phone-mask-512.png", "512x512", "maskable"),
        ],
    });
    ([(header::CONTENT_TYPE, "application/manifest+json")], manifest.to_string()).into_response()
}

/// `GET /phone/time`: this node's clock in Unix milliseconds, for a phone to compare its own with.
pub(super) async fn time(State(site): State<Shared>) -> Json<Value> {
    Json(json!({"now_ms": site.services.clock.now().as_millisecond()}))
}

/// `POST /phone/fetch`: a fresh token's set-up address as a text, once, for the phone code that its set-up page shows.
pub(super) async fn fetch(State(site): State<Shared>, fields: Fields) -> Result<Response, Failure> {
    match site.services.staff.fetch(fields.text("code")).await {
        Ok(uri) => Ok(uri.expose().to_string().into_response()),
        Err(error @ FetchError::Refused) => Ok(told(StatusCode::FORBIDDEN, &error)),
        Err(error @ FetchError::Used) => Ok(told(StatusCode::GONE, &error)),
        Err(FetchError::Ledger(error)) => Err(EnrolError::Ledger(error).into()),
    }
}

/// Where this node's phone page is, for whoever reached the node as these say.
pub(super) fn address(site: &Site, uri: &Uri, headers: &HeaderMap) -> Option<String> {
    let named = || headers.get(header::HOST)?.to_str().ok();
    let host = uri.authority().map(Authority::as_str).or_else(named)?;
    let scheme = if site.services.secure { "https" } else { "http" };
    let url = Url::parse(&format!("{scheme}://{host}{PLACE}")).ok()?;
    // A host that holds more than host and port would lead elsewhere.
    let plain = url.path() == PLACE && url.username().is_empty() && url.query().is_none();
    plain.then(|| url.to_string())
}

fn rendered(site: &Site) -> Result<String, Failure> {
    Ok(site.pages.render("phone.html", &site.frame(&Session::None, None), ())?)
}

fn asset(name: &str) -> Option<Asset> {
    design::asset(design::asset_url(name)?.strip_prefix("/assets/")?)
}

fn told(status: StatusCode, error: &FetchError) -> Response {
    (status, sentence(&error.to_string())).into_response()
}
