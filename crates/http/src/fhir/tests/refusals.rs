use std::collections::BTreeSet;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use kinfold_service::testing::{entry, nhs_number};
use serde_json::json;

use super::world::{Answer, BOTH, World, ada};
use crate::fhir::routes;

/// What opens a route.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Opens {
    /// Nothing is needed: there is nothing to protect.
    Nobody(&'static str),
    /// An access token with the scope.
    Scope(&'static str),
    /// A token signed for the call.
    Hook,
}

/// Every route. One that is missing here fails the test below.
const ROUTES: [(&str, &str, Opens); 10] = [
    ("GET", "/openapi.json", Opens::Nobody("a public document")),
    ("GET", "/fhir/metadata", Opens::Nobody("what the server can do")),
    ("GET", "/fhir/.well-known/smart-configuration", Opens::Nobody("where tokens are issued")),
    ("POST", "/fhir/token", Opens::Nobody("the way in: asks for an assertion")),
    ("GET", "/fhir/Flag", Opens::Scope("system/Flag.rs")),
    ("POST", "/fhir/Flag/_search", Opens::Scope("system/Flag.rs")),
    ("POST", "/fhir/Patient/$match", Opens::Scope("system/Patient.r")),
    ("GET", "/cds-services", Opens::Nobody("discovery, as the standard has it")),
    ("POST", "/cds-services/child-protection", Opens::Hook),
    ("POST", "/cds-services/child-protection/feedback", Opens::Hook),
];

fn closed() -> impl Iterator<Item = (&'static str, &'static str, Opens)> {
    ROUTES.into_iter().filter(|(.., opens)| !matches!(opens, Opens::Nobody(_)))
}

async fn knock(world: &World, (method, path): (&str, &str), token: Option<&str>) -> Answer {
    let number = nhs_number(1).digits();
    let path = if method == "GET" {
        format!("{path}?patient.identifier=https://fhir.nhs.uk/Id/nhs-number|{number}")
    } else {
        path.to_owned()
    };
    let form = path.ends_with("_search");
    let kind = if form { "application/x-www-form-urlencoded" } else { "application/json" };
    let mut request =
        Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, kind);
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    world.send(request.body(Body::from("{}")).unwrap()).await
}

#[test]
fn every_route_is_in_the_table_of_refusals() {
    let known = routes::table().known.into_iter();
    let known: BTreeSet<(String, &str)> =
        known.map(|(method, path)| (method.to_string(), path)).collect();
    let tested = ROUTES.map(|(method, path, opens)| {
        if let Opens::Nobody(why) = opens {
            assert!(!why.is_empty());
        }
        (method.to_owned(), path)
    });
    assert_eq!(known, BTreeSet::from(tested));
}

fn is_refused(answer: &Answer, status: StatusCode) {
    assert_eq!(answer.status, status, "{}", answer.text);
    assert_eq!(answer.json()["resourceType"], "OperationOutcome");
    assert!(!answer.says("01632") && !answer.says("999"), "{}", answer.text);
}

#[tokio::test]
async fn without_a_token_and_with_a_wrong_or_old_one_every_closed_route_refuses_and_records_nothing()
 {
    let world = World::with_ada().await;
    let old = (world.token(BOTH).await, world.hook_token());
    world.nodes.advance(301);
    let (access, hook) = (world.token(BOTH).await, world.hook_token());
    let before = world.nodes.trust.size();
    for (method, path, opens) in closed() {
        let of_other_kind = if opens == Opens::Hook { &access } else { &hook };
        let outdated = if opens == Opens::Hook { &old.1 } else { &old.0 };
        let tokens = [None, Some(""), Some("wrong"), Some(outdated), Some(of_other_kind)];
        for token in tokens {
            let answer = knock(&world, (method, path), token).await;
            is_refused(&answer, StatusCode::UNAUTHORIZED);
            let challenge = answer.headers[header::WWW_AUTHENTICATE].to_str().unwrap();
            assert!(challenge.starts_with("Bearer"), "{path}");
        }
    }
    assert_eq!(world.nodes.trust.size(), before);
}

#[tokio::test]
async fn a_token_opens_only_what_its_scope_names() {
    let world = World::with_ada().await;
    for (method, path, opens) in closed() {
        let Opens::Scope(needed) = opens else { continue };
        let other = if needed == "system/Flag.rs" { "system/Patient.r" } else { "system/Flag.rs" };
        let token = world.token(other).await;
        let answer = knock(&world, (method, path), Some(&token)).await;
        is_refused(&answer, StatusCode::FORBIDDEN);
        assert!(answer.says(needed));
    }
}

#[tokio::test]
async fn what_the_agreement_does_not_allow_is_refused_with_the_reason_and_recorded() {
    let world = World::registered("receptionist", vec![entry("e-1", &ada())]).await;
    let token = world.token(BOTH).await;
    let before = world.nodes.trust.size();
    let answer = knock(&world, ("GET", "/fhir/Flag"), Some(&token)).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.says("Nothing was checked") && answer.says("01632 960002"), "{}", answer.text);
    let patient = json!({ "resourceType": "Patient", "name": [{ "family": "Test" }] });
    let body = json!({ "resourceType": "Parameters",
        "parameter": [{ "name": "resource", "resource": patient }] });
    let answer = world.json("/fhir/Patient/$match", &token, &body).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.text);
    assert_eq!(world.nodes.trust.size(), before + 2, "both refusals are recorded");
}

#[tokio::test]
async fn without_a_ledger_nothing_is_told_but_whom_to_ring() {
    let world = World::with_ada().await;
    let token = world.token(BOTH).await;
    world.nodes.trust.break_ledger().await;
    let answer = knock(&world, ("GET", "/fhir/Flag"), Some(&token)).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.says("01632 960001") && !answer.says("Neglect"), "{}", answer.text);
}

#[tokio::test]
async fn bodies_and_wishes_that_are_not_understood_are_refused_by_name() {
    let world = World::with_ada().await;
    let token = world.token(BOTH).await;
    let send = async |path: &str, kind: &str, accept: &str, body: Vec<u8>| {
        let request = Request::post(path)
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, kind)
            .header(header::ACCEPT, accept);
        world.send(request.body(Body::from(body)).unwrap()).await
    };
    let (form, json) = ("application/x-www-form-urlencoded", "application/fhir+json");
    let (search, matching) = ("/fhir/Flag/_search", "/fhir/Patient/$match");
    for (path, kind, accept, body, status) in [
        (search, json, "*/*", vec![], StatusCode::UNSUPPORTED_MEDIA_TYPE),
        (search, form, "application/fhir+xml", vec![], StatusCode::NOT_ACCEPTABLE),
        (search, form, "*/*", vec![b'a'; 65 * 1024], StatusCode::PAYLOAD_TOO_LARGE),
        (search, form, "*/*", b"patient.family=%ff".to_vec(), StatusCode::BAD_REQUEST),
        (search, form, "*/*", b"a=b&".repeat(100), StatusCode::BAD_REQUEST),
        (search, form, "*/*", vec![], StatusCode::BAD_REQUEST),
        (matching, "application/fhir+xml", "*/*", vec![], StatusCode::UNSUPPORTED_MEDIA_TYPE),
        (matching, json, "text/html", vec![], StatusCode::NOT_ACCEPTABLE),
        (matching, json, "*/*", vec![b' '; 1024 * 1024 + 1], StatusCode::PAYLOAD_TOO_LARGE),
        (matching, json, "*/*", b"{".to_vec(), StatusCode::BAD_REQUEST),
        (matching, json, "*/*", b"[".repeat(10_000), StatusCode::BAD_REQUEST),
    ] {
        is_refused(&send(path, kind, accept, body).await, status);
    }
    is_refused(&world.get("/fhir/metadata?_format=xml", None).await, StatusCode::NOT_ACCEPTABLE);
}

#[tokio::test]
async fn addresses_and_methods_that_there_are_not_are_outcomes_too() {
    let world = World::with_ada().await;
    for path in
        ["/fhir", "/fhir/Patient/1", "/fhir/Flag/1", "/fhir/Observation", "/cds-services/other"]
    {
        is_refused(&world.get(path, None).await, StatusCode::NOT_FOUND);
    }
    let wrong = [
        ("POST", "/fhir/Flag"),
        ("DELETE", "/fhir/Flag"),
        ("GET", "/fhir/token"),
        ("PUT", "/fhir/metadata"),
    ];
    for (method, path) in wrong {
        let answer = knock(&world, (method, path), None).await;
        is_refused(&answer, StatusCode::METHOD_NOT_ALLOWED);
    }
}
