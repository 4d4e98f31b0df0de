use std::collections::BTreeSet;

use axum::http::StatusCode;
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
