//! The FHIR R4 server: read, search, capabilities. It knows nothing of who reads it beyond their credentials.

mod access;
mod bundle;
mod capability;
mod instant;
mod outcome;
mod parameters;
mod search;

use std::{future::Future, sync::Arc};

use axum::{
    Form, Json, Router,
    extract::{Path, RawQuery, State, rejection::FormRejection},
    http::{HeaderMap, header},
    middleware,
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::Value;
use tokio::net::TcpListener;

pub use access::Access;

use super::Hospital;
use outcome::Refused;
use parameters::{Kind, Parameters};

/// What a server needs: the records, who may read them, and under which address it is reached.
#[derive(Clone, Debug)]
pub struct FhirServer {
    /// The records.
    pub hospital: Hospital,
    /// Who may read them.
    pub access: Access,
    /// The address of the server's base, `http://127.0.0.1:8090/fhir`, as `next` links carry it.
    pub base_url: String,
}

/// The server's routes, under `/fhir`.
pub fn fhir_router(server: FhirServer) -> Router {
    let server = Arc::new(server);
    let guarded = Router::new()
        .route("/{kind}", get(search_by_address))
        .route("/{kind}/_search", axum::routing::post(search_by_form))
        .route("/{kind}/{id}", get(read))
        .route_layer(middleware::from_fn_with_state(server.clone(), access::guard));
    let open = Router::new().route("/metadata", get(metadata));
    Router::new()
        .nest("/fhir", open.merge(guarded))
        .fallback(|| async { Refused::no_such_address() })
        .method_not_allowed_fallback(|| async { Refused::no_such_method() })
        .with_state(server)
}

/// Serves until `stop` resolves, then finishes what it has begun.
pub async fn serve(
    listener: TcpListener,
    server: FhirServer,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, fhir_router(server)).with_graceful_shutdown(stop).await
}

/// `GET /metadata`: open to all, as R4 asks.
async fn metadata(State(server): State<Arc<FhirServer>>) -> Response {
    fhir(Json(capability::statement(&server.base_url)))
}

/// `GET /{kind}/{id}`.
async fn read(
    State(server): State<Arc<FhirServer>>,
    Path((kind, id)): Path<(String, String)>,
) -> Result<Response, Refused> {
    let kind: Kind = kind.parse()?;
    let body = server.hospital.read(kind, &id).await?.ok_or(Refused::no_such_record())?;
    Ok(fhir(([(header::CONTENT_TYPE, FHIR_JSON)], body)))
}

/// `GET /{kind}?…`.
async fn search_by_address(
    State(server): State<Arc<FhirServer>>,
    Path(kind): Path<String>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    let pairs = parameters::pairs(query.as_deref().unwrap_or_default())?;
    answer(&server, &kind, (pairs, &headers)).await
}

/// `POST /{kind}/_search`: the same, without identifiers in addresses.
async fn search_by_form(
    State(server): State<Arc<FhirServer>>,
    Path(kind): Path<String>,
    headers: HeaderMap,
    form: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<Response, Refused> {
    let Form(pairs) = form.map_err(|_| Refused::invalid("the form cannot be read"))?;
    answer(&server, &kind, (pairs, &headers)).await
}

async fn answer(
    server: &FhirServer,
    kind: &str,
    (pairs, headers): (Vec<(String, String)>, &HeaderMap),
) -> Result<Response, Refused> {
    let prefer = headers.get("prefer").and_then(|value| value.to_str().ok());
    let strict = prefer.is_some_and(|value| value.contains("handling=strict"));
    let parameters = Parameters::read(kind.parse()?, pairs, strict)?;
    let page = server.hospital.search(&parameters).await?;
    let body = bundle::searchset(&server.base_url, &parameters, &page)?;
    Ok(fhir(([(header::CONTENT_TYPE, FHIR_JSON)], body)))
}

const FHIR_JSON: &str = "application/fhir+json; charset=utf-8";

/// FHIR's own media type, and nothing kept by caches.
fn fhir(body: impl IntoResponse) -> Response {
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static(FHIR_JSON));
    headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    response
}

/// A body with a status of its own.
fn fhir_value(status: axum::http::StatusCode, body: Value) -> Response {
    fhir((status, Json(body)))
}

#[cfg(test)]
#[path = "server_tests.rs"]
mod tests;
