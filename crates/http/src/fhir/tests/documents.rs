use std::collections::BTreeSet;

use axum::{Router, http::StatusCode, routing::get};
use serde_json::Value;

use super::world::World;
use crate::fhir::{openapi::DOCUMENT, routes};

#[test]
fn the_openapi_document_names_every_route_and_no_other() {
    let document: Value = serde_json::from_str(DOCUMENT).unwrap();
    let known: BTreeSet<(String, String)> = routes::table()
        .known
        .into_iter()
        .map(|(method, path)| (method.to_string().to_lowercase(), path.to_owned()))
        .collect();
    let paths = document["paths"].as_object().unwrap();
    let described: BTreeSet<(String, String)> = paths
        .iter()
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().unwrap().keys();
            methods.map(move |method| (method.clone(), path.clone()))
        })
        .collect();
    assert_eq!(described, known);
}

#[tokio::test]
async fn what_the_server_can_do_is_public_and_names_where_tokens_are_issued() {
    let world = World::with_ada().await;
    let metadata = world.get("/fhir/metadata", None).await;
    assert_eq!(metadata.status, StatusCode::OK);
    let statement = metadata.json();
    assert_eq!(statement["fhirVersion"], "4.0.1");
    assert_eq!(statement["rest"][0]["resource"][0]["type"], "Flag");
    let smart = world.get("/fhir/.well-known/smart-configuration", None).await.json();
    assert_eq!(smart["token_endpoint"], "https://kinfold.trust.example/fhir/token");
    assert_eq!(smart["token_endpoint_auth_signing_alg_values_supported"][0], "RS384");
}

#[tokio::test]
async fn beside_the_pages_each_keeps_its_own_answer_to_what_there_is_not() {
    let world = World::with_ada().await;
    let pages = Router::new().route("/", get(|| async { "page" }));
    let pages = pages.fallback(|| async { (StatusCode::NOT_FOUND, "no such page") });
    let beside = World { router: pages.merge(world.router.clone()), ..world };
    let text = async |path: &str| {
        let request = axum::http::Request::get(path).body(axum::body::Body::empty()).unwrap();
        let response = tower::ServiceExt::oneshot(beside.router.clone(), request).await.unwrap();
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    };
    assert_eq!(text("/").await, "page");
    assert_eq!(text("/nowhere").await, "no such page");
    assert!(text("/fhir/nowhere").await.contains("OperationOutcome"));
    assert!(text("/cds-services").await.contains("child-protection"));
}
