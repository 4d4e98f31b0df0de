use axum::http::StatusCode;
use kinfold_service::testing::{child, nhs_number, person};
use serde_json::{Value, json};

use super::world::{Answer, BOTH, World, ada, matches};

fn patient(of: &kinfold_domain::Demographics, with_number: bool) -> Value {
    let mut patient = json!({
        "resourceType": "Patient",
        "name": [{ "family": of.name.family(), "given": [of.name.given()] }],
        "birthDate": of.birth_date.unwrap().expose().to_string(),
    });
    if with_number {
        let number = of.nhs_number.unwrap().digits();
        let identifier = json!({ "system": "https://fhir.nhs.uk/Id/nhs-number", "value": number });
        patient["identifier"] = json!([identifier]);
    }
    patient
}

async fn matched(world: &World, patient: Value, more: &[Value]) -> Answer {
    let token = world.token(BOTH).await;
    let mut parameter = vec![json!({ "name": "resource", "resource": patient })];
    parameter.extend_from_slice(more);
    let body = json!({ "resourceType": "Parameters", "parameter": parameter });
    world.json("/fhir/Patient/$match", &token, &body).await
}

#[tokio::test]
async fn one_certain_patient_comes_with_score_grade_and_record_and_without_whereabouts() {
    let world = World::with_ada().await;
    let answer = matched(&world, patient(&ada(), true), &[]).await;
    let bundle = answer.json();
    let found = matches(&bundle);
    assert_eq!((answer.status, found.len()), (StatusCode::OK, 1), "{}", answer.text);
    let (search, known) = (&found[0]["search"], &found[0]["resource"]);
    assert_eq!(search["extension"][0]["valueCode"], "certain");
    assert!(search["score"].as_f64().unwrap() > 0.9);
    assert_eq!(known["identifier"][0]["value"], nhs_number(1).digits());
    assert_eq!(known["identifier"][1]["value"], "T1");
    assert_eq!(known["name"][0]["family"], "Featherstonehaugh");
    assert!(known.get("address").is_none() && !answer.says("Quarryside"));
}

#[tokio::test]
async fn nobody_is_told_in_words_and_recorded() {
    let world = World::with_ada().await;
    let before = world.nodes.trust.size();
    let answer = matched(&world, patient(&child(90, "Ollerenshaw", "Benedikta"), true), &[]).await;
    let bundle = answer.json();
    assert_eq!(bundle["total"], 0);
    assert!(answer.says("knows nobody who fits"), "{}", answer.text);
    let entries = world.nodes.trust.entries(before);
    let kinds: Vec<Value> =
        entries.iter().map(|entry| serde_json::to_value(entry).unwrap()["kind"].clone()).collect();
    assert_eq!(kinds, [json!("identity-match"), json!("identity-match")]);
}

#[tokio::test]
async fn too_little_to_go_by_is_not_nobody() {
    let world = World::with_ada().await;
    let only = json!({ "resourceType": "Patient", "name": [{ "family": "Featherstonehaugh" }] });
    let answer = matched(&world, only, &[]).await;
    assert!(answer.says("too little") && !answer.says("knows nobody"), "{}", answer.text);
}

#[tokio::test]
async fn only_certain_matches_and_a_count_leave_out_and_say_so() {
    let world = World::with_ada().await;
    let pas = &world.nodes.trust.ground.source;
    for record in ["T2", "T3"] {
        let mut twin = child(2, "Same", "Gil");
        twin.nhs_number = None;
        twin.address = None;
        pas.add(person(pas, record, &twin), Vec::new());
    }
    let mut other = child(2, "Same", "Gill");
    other.nhs_number = None;
    other.birth_date = child(3, "", "x").birth_date;
    pas.add(person(pas, "T4", &other), Vec::new());
    world.nodes.settle().await;
    let sought = patient(&child(2, "Same", "Gi"), false);
    let all = matched(&world, sought.clone(), &[]).await;
    assert!(!matches(&all.json()).is_empty(), "{}", all.text);
    let one =
        matched(&world, sought.clone(), &[json!({ "name": "count", "valueInteger": 1 })]).await;
    assert_eq!(matches(&one.json()).len(), 1);
    let certain = json!({ "name": "onlyCertainMatches", "valueBoolean": true });
    let certain = matched(&world, sought, &[certain]).await;
    for found in matches(&certain.json()) {
        assert_eq!(found["search"]["extension"][0]["valueCode"], "certain");
    }
    let all_certain =
        matches(&all.json()).iter().all(|m| m["search"]["extension"][0]["valueCode"] == "certain");
    assert!(all_certain || certain.says("left out, as asked"), "{}", certain.text);
}

#[tokio::test]
async fn a_sealed_patient_is_a_desk_to_ring() {
    let world = World::with_ada().await;
    let pas = &world.nodes.trust.ground.source;
    let known = child(5, "Hidden", "Hal");
    let mut sealed = person(pas, "T5", &known);
    sealed.sealed = true;
    pas.add(sealed, Vec::new());
    world.nodes.settle().await;
    let answer = matched(&world, patient(&known, true), &[]).await;
    assert!(matches(&answer.json()).is_empty());
    assert!(answer.says("01632 960900") && !answer.says("T5"), "{}", answer.text);
}

#[tokio::test]
async fn what_can_not_be_read_is_refused_before_anybody_is_looked_for() {
    let world = World::with_ada().await;
    let before = world.nodes.trust.size();
    let mut wrong = patient(&ada(), true);
    wrong["identifier"][0]["value"] = json!("9990000019");
    let answer = matched(&world, wrong, &[]).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.says("NHS number") && !answer.says("9990000019"), "{}", answer.text);
    let unknown = json!({ "name": "everything", "valueBoolean": true });
    let answer = matched(&world, patient(&ada(), true), &[unknown]).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(world.nodes.trust.size(), before, "nothing was looked for");
}
