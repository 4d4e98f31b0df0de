//! Clients and validators that others wrote, against a node that really listens. `cargo xtask setup` fetches them.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use axum::Router;
use kinfold_service::testing::{TwoNodes, nhs_number};
use serde_json::{Value, json};

use super::world::{BOTH, Key, World, ada, header, served, services_at};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/clients")
}

/// Tells that a test was skipped, which CI doesn't take.
fn skip(test: &str) {
    let reason = "its packages are missing; run cargo xtask setup";
    eprintln!("skipped: {test}: {reason}");
    let in_ci = std::env::var_os("CI").is_some_and(|ci| ci == "true");
    assert!(!in_ci, "skipped in CI: {test}: {reason}");
}

/// Runs a program to its end; what it printed, or a failed test with all that it said.
async fn run(program: &'static str, words: Vec<String>) -> String {
    let output = tokio::task::spawn_blocking(move || {
        let site = folder().join("site");
        Command::new(program)
            .args(words)
            .current_dir(std::env::temp_dir())
            .env("PYTHONPATH", site)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .output()
            .unwrap()
    });
    let output = output.await.unwrap();
    let told = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        output.status.success(),
        "{program}: {}\n{}",
        told(&output.stdout),
        told(&output.stderr)
    );
    told(&output.stdout)
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// A node that listens, with Ada on the council's register, and these keys registered.
async fn listening(keys: &Value) -> (TwoNodes, String, Router) {
    let nodes = served(vec![kinfold_service::testing::entry("cpp-1", &ada())]).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let router = crate::fhir::router(services_at(&nodes, "clinical-system", keys, &base));
    let app = router.clone();
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    (nodes, base, router)
}

#[tokio::test(flavor = "multi_thread")]
async fn fhirclient_and_fhirpy_are_answered() {
    if !folder().join("site/fhirclient").is_dir() {
        return skip("fhirclient_and_fhirpy_are_answered");
    }
    let script = folder().join("clients.py").display().to_string();
    let place = tempfile::tempdir().unwrap();
    let key = place.path().join("key.pem").display().to_string();
    let public = run("python3", words(&[&script, "keys", &key])).await;
    let (nodes, base, _) = listening(&serde_json::from_str(&public).unwrap()).await;
    let now = World::now_of(&nodes).to_string();
    let number = nhs_number(1).digits();
    let said = run("python3", words(&[&script, "ask", &key, &base, &now, &number])).await;
    assert_eq!(said.trim(), "ok");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_openapi_document_says_what_is_answered_to_whatever_is_asked() {
    if !folder().join("site/schemathesis").is_dir() {
        return skip("the_openapi_document_says_what_is_answered_to_whatever_is_asked");
    }
    let key = Key::new();
    let (nodes, base, router) = listening(&key.set()).await;
    let world = World { nodes, router, key };
    let mut claims = world.claims();
    claims["aud"] = json!(format!("{base}/fhir/token"));
    let answer = world.ask_token(&world.key.sign(&header(), &claims), BOTH).await;
    let token = answer.json()["access_token"].as_str().unwrap().to_owned();
    let place = tempfile::tempdir().unwrap();
    let authorization = format!("authorization: Bearer {token}");
    let document = format!("{base}/openapi.json");
    let checks = "not_a_server_error,status_code_conformance,content_type_conformance,\
        response_schema_conformance,missing_required_header,unsupported_method";
    let report = place.path().join("report").display().to_string();
    let asked = [
        "-m",
        "schemathesis.cli",
        "run",
        &document,
        "--checks",
        checks,
        "--header",
        &authorization,
        "--phases",
        "examples,coverage,fuzzing",
        "--max-examples",
        "25",
        "--seed",
        "1",
        "--generation-database",
        "none",
        "--warnings",
        "off",
        "--no-color",
        "--report-dir",
        &report,
    ];
    println!("{}", run("python3", words(&asked)).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_answered_is_fhir_r4_by_validators_that_others_wrote() {
    if !folder().join("node_modules/fhir").is_dir() {
        return skip("what_is_answered_is_fhir_r4_by_validators_that_others_wrote");
    }
    let world = World::with_ada().await;
    let place = tempfile::tempdir().unwrap();
    let number = |n| format!("https://fhir.nhs.uk/Id/nhs-number|{}", nhs_number(n).digits());
    let mut answers = vec![
        ("metadata", world.get("/fhir/metadata", None).await),
        ("on", world.flags(&[("patient.identifier", &number(1))]).await),
        ("not-on", world.flags(&[("patient.identifier", &number(90))]).await),
        ("refused", world.get("/fhir/Flag", None).await),
    ];
    for (name, n) in [("matched", 1), ("nobody", 90)] {
        let identifier = json!({ "system": "https://fhir.nhs.uk/Id/nhs-number", "value": nhs_number(n).digits() });
        let patient = json!({ "resourceType": "Patient", "identifier": [identifier] });
        let body = json!({ "resourceType": "Parameters", "parameter": [{ "name": "resource", "resource": patient }] });
        let token = world.token(BOTH).await;
        answers.push((name, world.json("/fhir/Patient/$match", &token, &body).await));
    }
    world.nodes.advance(61);
    answers.push(("stale", world.flags(&[("patient.identifier", &number(1))]).await));
    let files = answers.iter().map(|(name, answer)| written(place.path(), name, &answer.text));
    let mut asked = vec![folder().join("validate.mjs").display().to_string()];
    asked.extend(files.collect::<Vec<_>>());
    run("node", asked).await;
}

fn written(place: &Path, name: &str, text: &str) -> String {
    let file = place.join(format!("{name}.json"));
    std::fs::write(&file, text).unwrap();
    file.display().to_string()
}
