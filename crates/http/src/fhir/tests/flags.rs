use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use jiff::civil::date;
use kinfold_domain::{RegisterStatus, SealedDesk};
use kinfold_service::testing::{child, entry, nhs_number};
use serde_json::json;

use super::world::{BOTH, World, ada, matches, told};

fn number(n: usize) -> String {
    format!("https://fhir.nhs.uk/Id/nhs-number|{}", nhs_number(n).digits())
}

#[tokio::test]
async fn on_a_plan_a_flag_says_since_when_as_at_when_and_whom_to_ring() {
    let world = World::with_ada().await;
    let answer = world.flags(&[("patient.identifier", &number(1))]).await;
    assert_eq!(answer.headers[header::CONTENT_TYPE], "application/fhir+json");
    let bundle = answer.json();
    assert_eq!((&bundle["type"], &bundle["total"]), (&json!("searchset"), &json!(1)));
    let flag = &matches(&bundle)[0]["resource"];
    assert_eq!(flag["status"], "active");
    assert_eq!(flag["code"]["coding"][0]["code"], "1064311000000109");
    assert_eq!(flag["code"]["text"], "Child protection plan: Neglect");
    assert_eq!(flag["period"], json!({ "start": "2025-09-01" }));
    assert_eq!(flag["subject"]["identifier"]["value"], nhs_number(1).digits());
    assert_eq!(flag["meta"]["lastUpdated"], "2026-06-01T12:00:00Z");
    let council = &flag["contained"][0];
    assert_eq!(council["name"], "Ashmoor Council");
    assert_eq!(council["telecom"][0]["value"], "01632 960001");
    assert_eq!(council["contact"][0]["telecom"][0]["value"], "01632 960002");
    assert_eq!(council["contact"][1]["telecom"][0]["value"], "01632 960111");
    let (answer_code, severity, text) = told(&bundle);
    assert_eq!((&*answer_code, &*severity), ("on-register", "information"));
    for words in ["as at 1 June 2026 at 13:00:00", "Key worker", "01632 960111", "01632 960002"] {
        assert!(text.contains(words), "{text}");
    }
    // Nothing that this role may not see, and not what stood in the parameters.
    for hidden in ["Mother", "Quarryside", "Infant School", "Featherstonehaugh", "cpp-1"] {
        assert!(!answer.says(hidden), "{hidden}");
    }
    let link = bundle["link"][0]["url"].as_str().unwrap();
    assert!(link.ends_with("/fhir/Flag?patient.identifier="), "{link}");
}

#[tokio::test]
async fn each_kind_of_entry_has_its_code_and_an_ended_one_is_inactive() {
    for (status, code) in [
        (RegisterStatus::LookedAfter, "764841000000100"),
        (RegisterStatus::UnbornPlan, "818901000000100"),
    ] {
        let mut known = entry("e-1", &ada());
        known.status = status;
        known.category = None;
        let world = World::with(vec![known]).await;
        let bundle = world.flags(&[("patient.identifier", &number(1))]).await.json();
        assert_eq!(matches(&bundle)[0]["resource"]["code"]["coding"][0]["code"], code);
    }
    let mut ended = entry("e-1", &ada());
    ended.end = Some(date(2026, 5, 20));
    let world = World::with(vec![ended]).await;
    let bundle = world.flags(&[("patient.identifier", &number(1))]).await.json();
    let flag = &matches(&bundle)[0]["resource"];
    assert_eq!(
        (&flag["status"], &flag["period"]["end"]),
        (&json!("inactive"), &json!("2026-05-20"))
    );
    assert_eq!(told(&bundle).0, "recently-ended");
}

#[tokio::test]
async fn not_on_the_register_is_never_an_empty_bundle_and_never_says_safe() {
    let world = World::with_ada().await;
    let bundle = world.flags(&[("patient.identifier", &number(90))]).await.json();
    assert_eq!(bundle["total"], 0);
    let (answer, severity, text) = told(&bundle);
    assert_eq!((&*answer, &*severity), ("not-on-register", "information"));
    assert!(text.contains("This does not mean that the child is safe"), "{text}");
    assert!(text.contains("Ashmoor Council register as at") && text.contains("01632 960002"));
}

#[tokio::test]
async fn a_register_older_than_its_limit_never_says_not_on_the_register() {
    let world = World::with_ada().await;
    world.nodes.advance(61);
    let unknown = world.flags(&[("patient.identifier", &number(90))]).await.json();
    let (answer, severity, text) = told(&unknown);
    assert_eq!((&*answer, &*severity), ("unconfirmed", "warning"));
    assert!(text.contains("older than its limit") && text.contains("01632 960001"), "{text}");
    // What is known is still told, with its age.
    let known = world.flags(&[("patient.identifier", &number(1))]).await;
    assert_eq!(told(&known.json()).0, "on-register");
    assert!(known.says("it may lack changes"));
}

#[tokio::test]
async fn this_number_another_name_opens_nothing_and_says_so() {
    let world = World::with_ada().await;
    let fields = [
        ("patient.identifier", &*number(1)),
        ("patient.family", "Ollerenshaw"),
        ("patient.given", "Benedikta"),
        ("patient.birthdate", "2015-02-03"),
    ];
    let answer = world.flags(&fields).await;
    let (code, severity, text) = told(&answer.json());
    assert_eq!((&*code, &*severity), ("another-name", "warning"));
    assert!(text.contains("On the register: this number, another name"), "{text}");
    assert!(matches(&answer.json()).is_empty() && !answer.says("Adalind"));
}

#[tokio::test]
async fn the_same_name_and_birth_date_confirm_the_number_and_find_the_child_without_it() {
    let world = World::with_ada().await;
    let known = ada();
    let born = known.birth_date.unwrap().expose().to_string();
    let postcode = known.postcode().unwrap().expose().to_owned();
    let mut fields = vec![
        ("patient.family", "Featherstonehaugh"),
        ("patient.given", "Adalind"),
        ("patient.birthdate", &*born),
        ("patient.address-postalcode", &*postcode),
        ("patient.gender", "female"),
    ];
    assert_eq!(told(&world.flags(&fields).await.json()).0, "on-register");
    let identifier = number(1);
    fields.push(("patient.identifier", &identifier));
    assert_eq!(told(&world.flags(&fields).await.json()).0, "on-register");
}

#[tokio::test]
async fn several_possible_children_are_counted_and_none_is_named() {
    let twins = [child(2, "Same", "Gil"), child(3, "Same", "Gil")].map(|mut known| {
        known.nhs_number = None;
        known.birth_date = child(2, "Same", "Gil").birth_date;
        known
    });
    let world = World::with(vec![entry("e-1", &twins[0]), entry("e-2", &twins[1])]).await;
    let born = twins[0].birth_date.unwrap().expose().to_string();
    let fields =
        [("patient.family", "Same"), ("patient.given", "Gil"), ("patient.birthdate", &*born)];
    let answer = world.flags(&fields).await;
    let (code, severity, text) = told(&answer.json());
    assert_eq!((&*code, &*severity), ("several", "warning"), "{text}");
    assert!(text.contains("This does not mean that the child is safe"), "{text}");
    assert!(matches(&answer.json()).is_empty() && !answer.says("Gil"));
}

#[tokio::test]
async fn a_sealed_child_is_a_desk_to_ring_and_nothing_else() {
    let mut sealed = entry("e-1", &ada());
    sealed.sealed = Some(SealedDesk {
        desk: "Sealed records desk".to_owned(),
        telephone: "01632 960777".parse().unwrap(),
        reference: "S-0001".to_owned(),
    });
    let world = World::with(vec![sealed]).await;
    let answer = world.flags(&[("patient.identifier", &number(1))]).await;
    let (code, severity, text) = told(&answer.json());
    assert_eq!((&*code, &*severity), ("sealed", "warning"));
    assert!(text.contains("01632 960777") && text.contains("S-0001"), "{text}");
    assert!(matches(&answer.json()).is_empty() && !answer.says("Neglect"));
}

#[tokio::test]
async fn what_is_asked_by_address_and_by_form_is_the_same() {
    let world = World::with_ada().await;
    let token = world.token(BOTH).await;
    let path = format!("/fhir/Flag?patient.identifier={}", number(1));
    let by_address = world.get(&path, Some(&token)).await;
    assert_eq!(by_address.status, StatusCode::OK, "{}", by_address.text);
    assert_eq!(told(&by_address.json()).0, "on-register");
}

#[tokio::test]
async fn unknown_parameters_are_told_or_refused_as_the_client_prefers() {
    let world = World::with_ada().await;
    let token = world.token(BOTH).await;
    let path = format!("/fhir/Flag?patient.identifier={}&status=active", number(1));
    let answer = world.get(&path, Some(&token)).await;
    assert!(answer.says("Ignored parameters: status"), "{}", answer.text);
    let strict = Request::get(&path)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header("prefer", "handling=strict");
    let answer = world.send(strict.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.text);
}

#[tokio::test]
async fn a_look_is_recorded_under_the_systems_name_before_and_after() {
    let world = World::with_ada().await;
    let before = world.nodes.trust.size();
    world.flags(&[("patient.identifier", &number(1))]).await;
    let entries = world.nodes.trust.entries(before);
    let [intent, receipt] = &entries[..] else { panic!("{} entries", entries.len()) };
    for entry in [intent, receipt] {
        let json = serde_json::to_value(entry).unwrap();
        assert_eq!(json["asker"]["user_name"], "ed-system");
        assert_eq!(json["asker"]["role"], "clinical-system");
    }
}
