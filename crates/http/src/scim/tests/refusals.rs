use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::{Value, json};

use super::world::{Answer, TOKEN, USERS, World, nurse, replace};
use crate::scim::routes;

fn is_refused(answer: &Answer, status: StatusCode, word: Option<&str>) {
    let json = &answer.json;
    assert_eq!(answer.status, status, "{json}");
    assert_eq!(answer.headers[header::CONTENT_TYPE], "application/scim+json");
    assert_eq!(json["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:Error"]));
    assert_eq!(json["status"], status.as_u16().to_string());
    assert_eq!(json.get("scimType").and_then(Value::as_str), word, "{json}");
    assert!(json["detail"].as_str().is_some_and(|detail| !detail.is_empty()));
}

#[tokio::test]
async fn no_address_answers_without_the_token_and_none_of_them_records_anything() {
    let world = World::start().await;
    let place = world.joined(&nurse("a.nurse")).await;
    let before = world.nodes.trust.size();
    let mut addresses: Vec<(String, String)> = routes::table()
        .known
        .into_iter()
        .map(|(method, path)| {
            let path = path.replace("Users/{id}", place.trim_start_matches("/scim/v2/"));
            (method.to_string(), path.replace("{id}", "User"))
        })
        .collect();
    let others = ["/scim", "/scim/v2", "/scim/v2/Groups", "/scim/v2/Bulk", "/scim/v2/.search"];
    addresses.extend(others.map(|path| ("POST".to_owned(), path.to_owned())));
    let bearer = format!("Bearer {TOKEN}");
    let wrong: [&[&str]; 7] = [
        &[],
        &[""],
        &["Bearer"],
        &["Bearer 5cd5a3f2a9c84e1fb0a74b6f1f5d2c3f"],
        &["Basic dXNlcjpwYXNz"],
        &[TOKEN],
        &[&bearer, &bearer],
    ];
    for (method, path) in &addresses {
        for tokens in wrong {
            let mut request = Request::builder().method(method.as_str()).uri(path);
            for token in tokens {
                request = request.header(header::AUTHORIZATION, *token);
            }
            let body = Body::from(nurse("b.nurse").to_string());
            let answer = world.knock(request.body(body).unwrap()).await;
            is_refused(&answer, StatusCode::UNAUTHORIZED, None);
            assert_eq!(answer.headers[header::WWW_AUTHENTICATE], "Bearer", "{method} {path}");
        }
    }
    assert_eq!(world.nodes.trust.size(), before);
}

#[tokio::test]
async fn what_there_is_not_is_told_as_an_error_of_scim() {
    let world = World::start().await;
    let nobody = format!("{USERS}/00000000-0000-0000-0000-000000000000");
    for (method, path, status) in [
        ("GET", nobody.as_str(), StatusCode::NOT_FOUND),
        ("DELETE", nobody.as_str(), StatusCode::NOT_FOUND),
        ("GET", "/scim/v2/Users/other", StatusCode::NOT_FOUND),
        ("GET", "/scim/v2/Users/%ff", StatusCode::NOT_FOUND),
        ("GET", "/scim/v2/Groups", StatusCode::NOT_FOUND),
        ("GET", "/scim/v2/Schemas/%ff", StatusCode::NOT_FOUND),
        ("GET", "/scim", StatusCode::NOT_FOUND),
        ("DELETE", USERS, StatusCode::METHOD_NOT_ALLOWED),
        ("POST", "/scim/v2/Bulk", StatusCode::NOT_IMPLEMENTED),
        ("GET", "/scim/v2/Me", StatusCode::NOT_IMPLEMENTED),
    ] {
        is_refused(&world.send(method, path, None).await, status, None);
    }
    let filter = format!("{USERS}?filter=title%20eq%20%22x%22");
    let answer = world.send("GET", &filter, None).await;
    is_refused(&answer, StatusCode::BAD_REQUEST, Some("invalidFilter"));
}

#[tokio::test]
async fn a_body_that_is_not_understood_is_refused_by_name() {
    let world = World::start().await;
    let post = async |kind: &str, body: Vec<u8>| {
        let request = Request::post(USERS)
            .header(header::AUTHORIZATION, format!("bearer {TOKEN}"))
            .header(header::CONTENT_TYPE, kind);
        world.knock(request.body(Body::from(body)).unwrap()).await
    };
    let (scim, syntax) = ("application/scim+json; charset=utf-8", Some("invalidSyntax"));
    for (kind, body, status, word) in [
        ("text/plain", vec![], StatusCode::UNSUPPORTED_MEDIA_TYPE, None),
        (scim, vec![b' '; 64 * 1024 + 1], StatusCode::PAYLOAD_TOO_LARGE, None),
        (scim, vec![], StatusCode::BAD_REQUEST, syntax),
        (scim, b"[]".to_vec(), StatusCode::BAD_REQUEST, syntax),
        (scim, b"[".repeat(10_000), StatusCode::BAD_REQUEST, syntax),
    ] {
        is_refused(&post(kind, body).await, status, word);
    }
}

#[tokio::test]
async fn whoever_can_not_be_an_employee_as_described_is_not_added_and_told_why() {
    let world = World::start().await;
    for (attribute, value, says) in [
        ("userName", json!("nia@trust.example"), "no @"),
        ("userName", Value::Null, "userName is needed"),
        ("displayName", json!(" "), "displayName is needed"),
        ("displayName", json!("n".repeat(101)), "1 to 100 characters"),
        ("title", Value::Null, "title is needed"),
        ("userType", Value::Null, "userType is needed"),
        ("userType", json!("No role!"), "roles: ed-clinician"),
        ("userType", json!("operator"), "an operator does"),
        ("userType", json!("receptionist"), "the agreement knows no role"),
        ("emails", json!(["nowhere"]), "no e-mail address"),
        ("active", json!("perhaps"), "true or false"),
        ("externalId", json!("x".repeat(201)), "at most 200"),
    ] {
        let mut user = nurse("a.nurse");
        user[attribute] = value;
        let answer = world.send("POST", USERS, Some(&user)).await;
        is_refused(&answer, StatusCode::BAD_REQUEST, Some("invalidValue"));
        let detail = answer.json["detail"].as_str().unwrap();
        assert!(detail.contains(says), "{attribute}: {detail}");
    }
    assert!(world.said().is_empty());
}

#[tokio::test]
async fn a_user_name_belongs_to_one_person_for_good() {
    let world = World::start().await;
    let place = world.joined(&nurse("a.nurse")).await;
    let taken = world.send("POST", USERS, Some(&nurse("A.Nurse"))).await;
    is_refused(&taken, StatusCode::CONFLICT, Some("uniqueness"));
    let renamed = world.send("PUT", &place, Some(&nurse("b.nurse"))).await;
    is_refused(&renamed, StatusCode::BAD_REQUEST, Some("mutability"));
    let change = replace("userName", "b.nurse");
    let renamed = world.send("PATCH", &place, Some(&change)).await;
    is_refused(&renamed, StatusCode::BAD_REQUEST, Some("mutability"));
    assert_eq!(world.send("DELETE", &place, None).await.status, StatusCode::NO_CONTENT);
    is_refused(&world.send("GET", &place, None).await, StatusCode::NOT_FOUND, None);
    let taken = world.send("POST", USERS, Some(&nurse("a.nurse"))).await;
    is_refused(&taken, StatusCode::CONFLICT, Some("uniqueness"));
}

#[tokio::test]
async fn without_a_ledger_nobody_is_added_and_the_personnel_system_is_told_to_say_it_again() {
    let world = World::start().await;
    world.nodes.trust.break_ledger().await;
    let answer = world.send("POST", USERS, Some(&nurse("a.nurse"))).await;
    is_refused(&answer, StatusCode::SERVICE_UNAVAILABLE, None);
    assert!(world.found(&"a.nurse".parse().unwrap()).await.is_none());
}
