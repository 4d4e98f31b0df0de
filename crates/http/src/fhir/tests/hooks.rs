use axum::http::StatusCode;
use jiff::civil::date;
use kinfold_domain::Demographics;
use kinfold_service::testing::{child, entry};
use serde_json::{Value, json};

use super::world::{Answer, World, ada};

const SERVICE: &str = "/cds-services/child-protection";

fn call(of: &Demographics) -> Value {
    let number = of.nhs_number.unwrap().digits();
    json!({
        "hook": "patient-view",
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": { "userId": "Practitioner/1", "patientId": "7" },
        "prefetch": { "patient": {
            "resourceType": "Patient",
            "id": "7",
            "identifier": [{ "system": "https://fhir.nhs.uk/Id/nhs-number", "value": number }],
            "name": [{ "family": of.name.family(), "given": [of.name.given()] }],
            "birthDate": of.birth_date.unwrap().expose().to_string(),
        } },
    })
}

async fn viewed(world: &World, call: &Value) -> Answer {
    world.json(SERVICE, &world.hook_token(), call).await
}

fn card(answer: &Answer) -> Value {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let cards = answer.json()["cards"].as_array().unwrap().clone();
    assert_eq!(cards.len(), 1, "{}", answer.text);
    assert!(cards[0]["summary"].as_str().unwrap().chars().count() < 140);
    assert_eq!(cards[0]["links"][0]["url"], "https://kinfold.trust.example/check");
    cards[0].clone()
}

#[tokio::test]
async fn discovery_names_the_service_and_what_to_send_along() {
    let world = World::with_ada().await;
    let services = world.get("/cds-services", None).await.json();
    let service = &services["services"][0];
    assert_eq!(
        (&service["hook"], &service["id"]),
        (&json!("patient-view"), &json!("child-protection"))
    );
    assert_eq!(service["prefetch"]["patient"], "Patient/{{context.patientId}}");
}

#[tokio::test]
async fn a_child_on_a_plan_is_a_critical_card_with_whom_to_ring() {
    let world = World::with_ada().await;
    let answer = viewed(&world, &call(&ada())).await;
    let card = card(&answer);
    assert_eq!(card["indicator"], "critical");
    assert_eq!(card["summary"], "Child protection: on a child protection plan");
    let detail = card["detail"].as_str().unwrap();
    assert!(detail.contains("01632 960111") && detail.contains("01632 960002"), "{detail}");
    assert!(!answer.says("Featherstonehaugh") && !answer.says("Quarryside"));
}

#[tokio::test]
async fn no_card_only_when_every_register_answered_no() {
    let world = World::with_ada().await;
    let stranger = call(&child(90, "Ollerenshaw", "Benedikta"));
    let answer = viewed(&world, &stranger).await;
    assert_eq!(answer.json(), json!({ "cards": [] }));

    let mut garbled = stranger.clone();
    garbled["prefetch"]["patient"]["identifier"][0]["value"] = json!("9990000019");
    let card_of_part = card(&viewed(&world, &garbled).await);
    assert_eq!(card_of_part["indicator"], "warning");
    assert!(card_of_part["detail"].as_str().unwrap().contains("was not searched by"));

    world.nodes.advance(61);
    let stale = card(&viewed(&world, &stranger).await);
    assert_eq!(stale["indicator"], "warning");
    assert_eq!(stale["summary"], "Child protection: could not be confirmed");
}

#[tokio::test]
async fn ended_another_name_and_too_little_are_cards() {
    let mut ended = entry("e-1", &ada());
    ended.end = Some(date(2026, 5, 20));
    let world = World::with(vec![ended]).await;
    let answer = card(&viewed(&world, &call(&ada())).await);
    assert_eq!(answer["summary"], "Child protection: recently ended, on 20 May 2026");

    let world = World::with_ada().await;
    let mut renamed = call(&child(90, "Ollerenshaw", "Benedikta"));
    renamed["prefetch"]["patient"]["identifier"][0]["value"] =
        json!(ada().nhs_number.unwrap().digits());
    let answer = card(&viewed(&world, &renamed).await);
    assert!(answer["summary"].as_str().unwrap().contains("this number, another name"));

    let mut bare = call(&ada());
    bare["prefetch"]["patient"] = json!({ "resourceType": "Patient", "id": "7" });
    let answer = card(&viewed(&world, &bare).await);
    assert!(answer["summary"].as_str().unwrap().contains("too little"), "{answer}");
}

#[tokio::test]
async fn what_could_not_be_checked_is_a_card_and_not_silence() {
    // A role that no clause lets check.
    let world = World::registered("receptionist", vec![entry("e-1", &ada())]).await;
    let refused = card(&viewed(&world, &call(&ada())).await);
    assert_eq!(refused["summary"], "Child protection: the registers were not checked");
    assert!(refused["detail"].as_str().unwrap().contains("01632 960002"));

    let world = World::with_ada().await;
    world.nodes.trust.break_ledger().await;
    let unwritten = card(&viewed(&world, &call(&ada())).await);
    assert_eq!(unwritten["summary"], "Child protection: the registers were not checked");
}

#[tokio::test]
async fn a_patient_who_did_not_come_along_or_is_another_is_refused() {
    let world = World::with_ada().await;
    let mut without = call(&ada());
    without["prefetch"] = json!({});
    assert_eq!(viewed(&world, &without).await.status, StatusCode::PRECONDITION_FAILED);
    let mut other = call(&ada());
    other["context"]["patientId"] = json!("8");
    let answer = viewed(&world, &other).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.says("context.patientId"), "{}", answer.text);
}

#[tokio::test]
async fn each_call_needs_a_token_of_its_own_that_a_known_issuer_signed() {
    let world = World::with_ada().await;
    let token = world.hook_token();
    let call = call(&ada());
    assert_eq!(world.json(SERVICE, &token, &call).await.status, StatusCode::OK);
    assert_eq!(world.json(SERVICE, &token, &call).await.status, StatusCode::UNAUTHORIZED, "twice");
    for (name, value) in [
        ("iss", json!("https://elsewhere.example")),
        ("iss", json!("ed-system")),
        ("aud", json!("https://kinfold.trust.example/fhir/token")),
        ("exp", json!(world.now() - 1)),
        ("jti", Value::Null),
    ] {
        let mut claims = world.hook_claims();
        claims[name] = value;
        let token = world.key.sign(&super::world::header(), &claims);
        let answer = world.json(SERVICE, &token, &call).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{name}");
    }
}

#[tokio::test]
async fn feedback_is_taken() {
    let world = World::with_ada().await;
    let path = format!("{SERVICE}/feedback");
    let body = json!({ "feedback": [{ "card": "4e0a3a1e", "outcome": "overridden", "outcomeTimestamp": "2026-06-01T12:00:00Z" }] });
    let answer = world.json(&path, &world.hook_token(), &body).await;
    assert_eq!((answer.status, answer.json()), (StatusCode::OK, json!({})));
    let answer = world.json(&path, &world.hook_token(), &json!({ "feedback": [] })).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
}
