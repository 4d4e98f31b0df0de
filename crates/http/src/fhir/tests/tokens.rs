use axum::http::StatusCode;
use serde_json::{Value, json};

use super::world::{BASE, BOTH, Key, World, header};

/// Asks for a token with claims that differ in this from good ones.
async fn with_claim(world: &World, name: &str, value: Value) -> StatusCode {
    let mut claims = world.claims();
    claims[name] = value;
    let answer = world.ask_token(&world.key.sign(&header(), &claims), BOTH).await;
    if answer.status != StatusCode::OK {
        assert_eq!(answer.json()["error"], "invalid_client", "{}", answer.text);
        assert!(!answer.says("signature") && !answer.says("registered"), "{}", answer.text);
    }
    answer.status
}

#[tokio::test]
async fn a_signed_assertion_gets_a_token_for_five_minutes_and_for_the_scopes_there_are() {
    let world = World::with_ada().await;
    let assertion = world.key.sign(&header(), &world.claims());
    let answer = world.ask_token(&assertion, "system/Flag.rs system/Observation.rs").await;
    let told = answer.json();
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!((&told["expires_in"], &told["scope"]), (&json!(300), &json!("system/Flag.rs")));
    let token = told["access_token"].as_str().unwrap();
    let path = "/fhir/Flag?patient.identifier=https://fhir.nhs.uk/Id/nhs-number|9990000018";
    assert_eq!(world.get(path, Some(token)).await.status, StatusCode::OK);
    world.nodes.advance(300);
    assert_eq!(world.get(path, Some(token)).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_assertion_that_is_not_whole_fresh_and_meant_for_here_gets_nothing() {
    let world = World::with_ada().await;
    let now = world.now();
    for (name, value) in [
        ("iss", json!("another-system")),
        ("sub", json!("another-system")),
        ("sub", Value::Null),
        ("aud", json!(format!("{BASE}/cds-services/child-protection"))),
        ("aud", json!(["https://elsewhere.example/fhir/token"])),
        ("aud", json!([])),
        ("exp", json!(now)),
        ("exp", json!(now + 331)),
        ("exp", json!((now + 60).to_string())),
        ("exp", Value::Null),
        ("nbf", json!(now + 60)),
        ("iat", json!(now + 60)),
        ("jti", json!("")),
        ("jti", json!("x".repeat(257))),
        ("jti", Value::Null),
    ] {
        let status = with_claim(&world, name, value.clone()).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{name}: {value}");
    }
    let both = json!(["https://elsewhere.example", format!("{BASE}/fhir/token")]);
    assert_eq!(with_claim(&world, "aud", both).await, StatusCode::OK);
}

#[tokio::test]
async fn a_signature_counts_only_by_the_registered_key_and_its_own_algorithm() {
    let world = World::with_ada().await;
    let claims = world.claims();
    let good = world.key.sign(&header(), &claims);
    let (signed, _) = good.rsplit_once('.').unwrap();
    let none = good.replace(
        good.split('.').next().unwrap(),
        // {"alg":"none","kid":"1"}
        "eyJhbGciOiJub25lIiwia2lkIjoiMSJ9",
    );
    let forged = [
        Key::new().sign(&header(), &claims),
        world.key.sign(&json!({ "alg": "ES384", "kid": "2" }), &claims),
        world.key.sign(&json!({ "alg": "RS384", "kid": "1" }), &claims),
        world.key.sign(&json!({ "alg": "HS384", "kid": "1" }), &claims),
        world.key.sign(&json!({ "alg": "ES384" }), &claims),
        world.key.sign(&json!({ "alg": "ES384", "kid": "1", "crit": ["exp"] }), &claims),
        format!("{signed}."),
        none,
        good.replacen('.', "..", 1),
        format!("{good}.{good}"),
        "a.b.c".to_owned(),
        String::from("."),
        "x".repeat(20_000),
    ];
    for assertion in forged {
        let answer = world.ask_token(&assertion, BOTH).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{assertion}");
    }
    assert_eq!(world.ask_token(&good, BOTH).await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_assertion_opens_the_door_once() {
    let world = World::with_ada().await;
    let assertion = world.key.sign(&header(), &world.claims());
    assert_eq!(world.ask_token(&assertion, BOTH).await.status, StatusCode::OK);
    assert_eq!(world.ask_token(&assertion, BOTH).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn what_may_have_been_used_before_a_restart_is_not_believed_after_it() {
    let world = World::with_ada().await;
    let claims = world.claims();
    let mut undated = world.claims();
    undated.as_object_mut().unwrap().remove("iat");
    world.nodes.advance(10);
    // A new start knows nothing of what was used before.
    let services =
        super::world::services_at(&world.nodes, "clinical-system", &world.key.set(), BASE);
    let world = World { router: crate::fhir::router(services), ..world };
    for old in [claims, undated.clone()] {
        let answer = world.ask_token(&world.key.sign(&header(), &old), BOTH).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    }
    world.nodes.advance(100);
    undated["exp"] = json!(world.now() + 300);
    let answer = world.ask_token(&world.key.sign(&header(), &undated), BOTH).await;
    assert_eq!(answer.status, StatusCode::OK, "it can only have been signed after the start");
}

#[tokio::test]
async fn a_request_for_a_token_that_is_none_says_what_is_wrong() {
    let world = World::with_ada().await;
    let assertion = world.key.sign(&header(), &world.claims());
    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    let whole = [
        ("grant_type", "client_credentials"),
        ("scope", BOTH),
        ("client_assertion_type", kind),
        ("client_assertion", &*assertion),
    ];
    for (left_out, error) in [
        (0, "unsupported_grant_type"),
        (2, "invalid_request"),
        (3, "invalid_request"),
        (1, "invalid_scope"),
    ] {
        let mut fields = whole.to_vec();
        fields.remove(left_out);
        let answer = world.form("/fhir/token", "none", &fields).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{error}");
        assert_eq!(answer.json()["error"], error);
    }
    let answer = world.json("/fhir/token", "none", &json!({})).await;
    assert_eq!(answer.json()["error"], "invalid_request");
    let fresh = world.key.sign(&header(), &world.claims());
    let answer = world.ask_token(&fresh, "patient/*.read openid").await;
    assert_eq!(answer.json()["error"], "invalid_scope");
}
