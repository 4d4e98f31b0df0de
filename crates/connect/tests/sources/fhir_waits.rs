//! Servers that are slow, busy, or can do less than others.

use std::time::{Duration, Instant};

use kinfold_connect::fhir::{FhirAuth, FhirConfig, FhirSource};
use kinfold_domain::Category;
use kinfold_service::{
    Permit,
    ports::{SourceError, SourceSystem},
};
use serde_json::json as value;

use crate::fhir_lies::{page, patient, source};
use crate::odd_server::{OddServer, Reply, json};
use crate::support::{agency, all, noon, of, person, read_on, use_ring};

#[tokio::test]
async fn deadlines_hold_against_silence_and_against_a_byte_a_while() {
    for drip in [false, true] {
        let server =
            OddServer::start(move |_, _| if drip { Reply::Drip } else { Reply::Hang }).await;
        let source = source(&server, |_| ());
        let begin = Instant::now();
        assert_eq!(source.people(None).await.unwrap_err(), SourceError::TimedOut);
        let gathered = source.facts(&all(), &person("pas", "1")).await;
        assert_eq!(gathered.unwrap_err(), SourceError::TimedOut);
        assert!(begin.elapsed() < Duration::from_secs(4), "{:?}", begin.elapsed());
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unreachable() {
    use_ring();
    let config = FhirConfig::at("http://127.0.0.1:9/R4");
    let source = FhirSource::new("pas", agency(), config, noon()).unwrap();
    assert_eq!(source.people(None).await.unwrap_err(), SourceError::Unreachable);
    let unusable = source.check().await.unwrap_err();
    assert!(unusable.no_answer && unusable.to_string().contains("could not be reached"));
}

#[tokio::test]
async fn a_busy_server_is_left_alone_for_as_long_as_it_asks() {
    let server =
        OddServer::start(|_, _| Reply::Full(429, "retry-after: 60\r\n", String::new())).await;
    let source = source(&server, |_| ());
    for _ in 0..3 {
        let error = source.people(None).await.unwrap_err();
        assert!(error.to_string().contains("429"), "{error}");
    }
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_server_without_last_updated_or_sorting_is_read_whole_each_time() {
    let refusal = || {
        Reply::Full(
            400,
            "",
            value!({"resourceType": "OperationOutcome",
        "issue": [{"severity": "error", "code": "not-supported"}]})
            .to_string(),
        )
    };
    let server = OddServer::start(move |path, _| {
        if path.contains("_sort") || path.contains("_lastUpdated") {
            refusal()
        } else {
            json(&page(&[patient("1")], None))
        }
    })
    .await;
    let source = source(&server, |_| ());
    let (first, cursor) = read_on(&source, None).await.unwrap();
    let (again, _) = read_on(&source, cursor.as_ref()).await.unwrap();
    assert_eq!((first.people.len(), again.people.len()), (1, 1));
    let asked = server.asked();
    assert_eq!(asked.last().unwrap(), "/R4/Patient?_count=500");
    let before = asked.len();
    read_on(&source, cursor.as_ref()).await.unwrap();
    assert!(server.asked().len() <= before + 2, "what is refused is not asked for again and again");
}

#[tokio::test]
async fn changes_are_asked_for_from_a_little_before_the_newest_known() {
    let server = OddServer::start(|_, _| json(&page(&[patient("1"), patient("2")], None))).await;
    let source = source(&server, |_| ());
    let (_, cursor) = read_on(&source, None).await.unwrap();
    read_on(&source, cursor.as_ref()).await.unwrap();
    let asked = server.asked();
    assert_eq!(asked[0], "/R4/Patient?_sort=_lastUpdated&_count=500");
    assert_eq!(
        asked[1],
        "/R4/Patient?_lastUpdated=ge2026-10-01T09:59:00Z&_sort=_lastUpdated&_count=500"
    );
}

#[tokio::test]
async fn a_page_that_the_server_forgot_begins_the_reading_again() {
    let server = OddServer::start(|path, number| match number {
        1 => json(&page(&[patient("1")], Some("/R4?_getpages=x"))),
        2 => Reply::Full(410, "", String::new()),
        _ if path.contains("_getpages") => json(&page(&[patient("2")], None)),
        _ => json(&page(&[patient("1")], Some("/R4?_getpages=y"))),
    })
    .await;
    let (read, _) = read_on(&source(&server, |_| ()), None).await.unwrap();
    let mut ids: Vec<_> = read.people.iter().map(|p| p.id.record.as_str()).collect();
    ids.dedup();
    assert_eq!(ids, ["1", "2"]);
}

#[tokio::test]
async fn what_the_server_does_not_serve_or_refuses_is_left_out_of_the_request() {
    let server = OddServer::start(|path, _| match path {
        "/R4/metadata" => {
            json(&value!({"resourceType": "CapabilityStatement", "fhirVersion": "4.0.1",
            "rest": [{"resource": [{"type": "Patient"}, {"type": "Encounter"}]}]}))
        }
        "/R4/Patient/1" => json(&patient("1")),
        p if p.contains("_include") => Reply::Full(400, "", String::new()),
        p if p.starts_with("/R4/Encounter") => json(&page(
            &[value!({"resourceType": "Encounter", "id": "e", "status": "finished",
            "subject": {"reference": "Patient/1"}, "period": {"start": "2026-10-01T10:00:00Z"}})],
            None,
        )),
        p if p.starts_with("/R4/Patient?") => json(&page(&[patient("1")], None)),
        _ => Reply::Full(404, "", String::new()),
    })
    .await;
    let source = source(&server, |_| ());
    let gathered = source.facts(&all(), &person("pas", "1")).await.unwrap();
    assert_eq!(of(&gathered.facts, Category::Attendances).len(), 1);
    assert!(!server.asked().iter().any(|path| path.contains("CareTeam")));
    let checked = source.check().await.unwrap();
    assert!(checked.notes.iter().any(|note| note.contains("no CareTeam")), "{:?}", checked.notes);
}

#[tokio::test]
async fn only_what_the_permit_allows_is_asked_for_and_of_the_sealed_only_that_they_are_known() {
    let server = OddServer::start(|path, _| {
        let mut sealed = patient("2");
        sealed["meta"]["security"] = value!([{"code": "R"}]);
        match path {
            "/R4/Patient/1" => json(&patient("1")),
            "/R4/Patient/2" => json(&sealed),
            p if p.starts_with("/R4/metadata") => Reply::Full(404, "", String::new()),
            _ => json(&page(&[], None)),
        }
    })
    .await;
    let source = source(&server, |_| ());
    let permit = Permit::for_tests([Category::Existence, Category::HealthSummary]);
    let gathered = source.facts(&permit, &person("pas", "1")).await.unwrap();
    assert_eq!(gathered.facts.len(), 1);
    assert!(!server.asked().iter().any(|p| p.contains("Encounter") || p.contains("RelatedPerson")));
    let sealed = source.facts(&all(), &person("pas", "2")).await.unwrap();
    assert_eq!(sealed.facts.len(), 1);
    assert_eq!(of(&sealed.facts, Category::Existence).len(), 1);
}

#[test]
fn a_configuration_that_would_send_records_in_clear_or_asks_nonsense_is_refused() {
    use_ring();
    let refused = |change: &dyn Fn(&mut FhirConfig)| {
        let mut config = FhirConfig::at("https://fhir.trust.example/R4");
        change(&mut config);
        FhirSource::new("pas", agency(), config, noon())
            .err()
            .map(|e| e.to_string())
            .unwrap_or_default()
    };
    assert_eq!(refused(&|_| ()), "");
    assert!(refused(&|c| c.base_url = "http://fhir.trust.example".to_owned()).contains("in clear"));
    assert!(refused(&|c| c.base_url = "https://u:p@x.example".to_owned()).contains("credentials"));
    assert!(refused(&|c| c.zone = "Mars".to_owned()).contains("zone"));
    assert!(refused(&|c| c.page_size = 0).contains("page_size"));
    assert!(refused(&|c| c.ca_file = Some("/nonexistent".into())).contains("ca_file"));
    let mtls = FhirAuth::Mtls { cert_file: "/nonexistent".into(), key_file: "/nonexistent".into() };
    assert!(refused(&|c| c.auth = mtls.clone()).contains("cert_file"));
    let toml = "base_url = 'https://x.example'\n[[searches]]\ncategory = 'household'\nresource = 'Encounter'";
    let config: FhirConfig = toml::from_str(toml).unwrap();
    let error = FhirSource::new("pas", agency(), config, noon()).err().unwrap().to_string();
    assert!(error.contains("can tell attendances"), "{error}");
    assert!(toml::from_str::<FhirConfig>("base_url = 'https://x.example'\npagesize = 1").is_err());
}
