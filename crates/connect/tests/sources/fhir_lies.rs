//! Servers that answer nonsense.

use kinfold_connect::fhir::{FhirAuth, FhirConfig, FhirSource};
use kinfold_domain::Category;
use kinfold_service::ports::{SourceError, SourceSystem};
use serde_json::{Value, json as value};

use crate::odd_server::{OddServer, Reply, json};
use crate::support::{agency, all, noon, of, person, read_on, use_ring};

/// A name that must never be seen in an error.
const SECRET: &str = "Zebedee";

pub(crate) fn source(server: &OddServer, change: impl FnOnce(&mut FhirConfig)) -> FhirSource {
    use_ring();
    let mut config = FhirConfig::at(&format!("{}/R4", server.url));
    config.answer_seconds = 1;
    config.page_bytes = 256 * 1024;
    change(&mut config);
    FhirSource::new("pas", agency(), config, noon()).unwrap()
}

pub(crate) fn patient(id: &str) -> Value {
    value!({"resourceType": "Patient", "id": id, "name": [{"family": SECRET, "given": ["A"]}],
        "meta": {"lastUpdated": "2026-10-01T10:00:00Z"}})
}

pub(crate) fn page(patients: &[Value], next: Option<&str>) -> Value {
    let entries: Vec<Value> = patients.iter().map(|p| value!({"resource": p})).collect();
    let link: Vec<Value> = next.iter().map(|n| value!({"relation": "next", "url": n})).collect();
    value!({"resourceType": "Bundle", "type": "searchset", "entry": entries, "link": link})
}

#[tokio::test]
async fn every_kind_of_nonsense_has_its_clear_error_and_repeats_no_value() {
    let outcome = value!({"resourceType": "OperationOutcome",
        "issue": [{"severity": "error", "code": "exception", "diagnostics": SECRET}]});
    let truncated = page(&[patient("1")], None).to_string();
    let truncated = truncated[..truncated.len() - 9].to_owned();
    let cut = b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\ncontent-type: application/json\r\n\r\n{\"a\": \"Zebedee\"".to_vec();
    let json_type = "content-type: application/fhir+json\r\n";
    let garbled = |text: &str| SourceError::Garbled(text.to_owned());
    let failed = |text: &str| SourceError::Failed(text.to_owned());
    let cases: Vec<(Reply, SourceError)> = vec![
        (Reply::Full(401, "", SECRET.to_owned()), SourceError::Unauthorised),
        (Reply::Full(403, "", String::new()), SourceError::Unauthorised),
        (Reply::Full(500, json_type, outcome.to_string()), failed("HTTP 500 exception")),
        (Reply::Full(503, "", SECRET.to_owned()), failed("HTTP 503 without OperationOutcome")),
        (Reply::Full(504, "", String::new()), SourceError::TimedOut),
        (
            Reply::Full(302, "location: https://elsewhere.example/\r\n", String::new()),
            failed("HTTP 302: a redirect, which is not followed; correct base_url"),
        ),
        (
            Reply::Full(200, "content-type: text/html\r\n", format!("<html>{SECRET}</html>")),
            garbled("an HTML page came instead of FHIR JSON; is base_url the FHIR endpoint?"),
        ),
        (
            Reply::Full(200, "content-type: application/fhir+xml\r\n", "<Bundle/>".to_owned()),
            garbled("the answer's content type is not JSON"),
        ),
        (json(&truncated), garbled("the answer is not whole JSON")),
        (json(&SECRET), garbled("the answer is not whole JSON")),
        (json(&patient("1")), garbled("the answer is not a FHIR resource of the type asked for")),
        (json(&"[".repeat(1_000)), garbled("the answer nests too deeply")),
        (Reply::Raw(cut), garbled("the answer broke off")),
        (
            Reply::Full(200, json_type, " ".repeat(300 * 1024)),
            garbled("the page is larger than is read; ask for smaller pages with page_size"),
        ),
        (
            Reply::Endless,
            garbled("the page is larger than is read; ask for smaller pages with page_size"),
        ),
    ];
    for (reply, expected) in cases {
        let reply = std::sync::Mutex::new(Some(reply));
        let server =
            OddServer::start(move |_, _| reply.lock().unwrap().take().unwrap_or(Reply::Hang)).await;
        let error = source(&server, |_| ()).people(None).await.unwrap_err();
        assert_eq!(error, expected);
        assert!(!format!("{error} {error:?}").contains(SECRET));
    }
}

#[tokio::test]
async fn garbage_instead_of_http_is_no_answer() {
    let server = OddServer::start(|_, _| Reply::Raw(vec![0xff; 100])).await;
    let error = source(&server, |_| ()).people(None).await.unwrap_err();
    assert!(matches!(error, SourceError::Unreachable | SourceError::Garbled(_)), "{error:?}");
}

#[tokio::test]
async fn next_links_elsewhere_are_not_followed_and_get_no_credentials() {
    let other = OddServer::start(|_, _| json(&page(&[], None))).await;
    let elsewhere = format!("{}/R4/Patient?page=2", other.url);
    let server = OddServer::start(move |_, _| json(&page(&[patient("1")], Some(&elsewhere)))).await;
    let folder = tempfile::tempdir().unwrap();
    let token_file = folder.path().join("token");
    std::fs::write(&token_file, "abc\n").unwrap();
    let source = source(&server, |config| config.auth = FhirAuth::Bearer { token_file });
    let error = source.people(None).await.unwrap_err();
    assert!(error.to_string().contains("another host"), "{error}");
    assert_eq!(other.asked(), Vec::<String>::new());
    assert!(server.asked()[0].ends_with("Bearer abc"), "{:?}", server.asked());
}

#[tokio::test]
async fn chains_of_pages_that_never_end_or_run_in_circles_do_end() {
    let endless =
        OddServer::start(|_, n| json(&page(&[], Some(&format!("/R4/Patient?page={n}"))))).await;
    let source = source(&endless, |config| config.max_pages = 40);
    let error = read_on(&source, None).await.unwrap_err();
    assert!(error.to_string().contains("do not end"), "{error}");

    let circle =
        OddServer::start(|_, n| json(&page(&[], Some(&format!("/R4/Patient?page={}", n % 3)))))
            .await;
    let source = self::source(&circle, |_| ());
    let error = read_on(&source, None).await.unwrap_err();
    assert!(error.to_string().contains("circle"), "{error}");
    assert!(circle.asked().len() < 20);
}

#[tokio::test]
async fn a_server_that_counts_more_than_it_gives_is_not_believed() {
    let server = OddServer::start(|_, _| {
        let mut page = page(&[patient("1")], None);
        page["total"] = value!(5);
        json(&page)
    })
    .await;
    let error = source(&server, |_| ()).people(None).await.unwrap_err();
    assert!(error.to_string().contains("counts more people than it gives"), "{error}");
}

#[tokio::test]
async fn facts_about_somebody_else_are_never_shown_even_when_the_server_sends_them() {
    let server = OddServer::start(|path, _| {
        let visit = |id: &str, of: &str| {
            value!({"resourceType": "Encounter", "id": id, "status": "finished", "subject": {"reference": format!("Patient/{of}")},
                "period": {"start": "2026-10-01T10:00:00Z"}, "reasonCode": [{"text": SECRET}]})
        };
        json(&match path {
            "/R4/Patient/1" => patient("1"),
            p if p.starts_with("/R4/Encounter") => page(&[visit("a", "1"), visit("b", "2"), visit("a", "1")], None),
            p if p.starts_with("/R4/metadata") => value!({"resourceType": "CapabilityStatement"}),
            _ => page(&[], None),
        })
    })
    .await;
    let gathered = source(&server, |_| ()).facts(&all(), &person("pas", "1")).await.unwrap();
    assert_eq!(of(&gathered.facts, Category::Attendances).len(), 1, "repetitions are dropped");
    assert_eq!(gathered.rejected.len(), 1);
    assert!(gathered.rejected[0].problem.contains("another patient"), "{:?}", gathered.rejected);
    assert!(!format!("{:?}", gathered.rejected).contains(SECRET));
}

#[tokio::test]
async fn a_record_that_is_gone_or_was_never_ours_has_no_facts() {
    let server = OddServer::start(|path, _| match path {
        "/R4/Patient/gone" => Reply::Full(410, "", String::new()),
        "/R4/Patient/off" => {
            let mut patient = patient("off");
            patient["active"] = value!(false);
            json(&patient)
        }
        "/R4/Patient/swapped" => json(&patient("other")),
        _ => json(&page(&[], None)),
    })
    .await;
    let source = source(&server, |_| ());
    for id in ["gone", "off"] {
        assert!(source.facts(&all(), &person("pas", id)).await.unwrap().facts.is_empty());
    }
    let asked = server.asked().len();
    for (system, id) in
        [("other", "1"), ("pas", "../metadata"), ("pas", "1?x=y"), ("pas", ""), ("pas", "..")]
    {
        assert!(source.facts(&all(), &person(system, id)).await.unwrap().facts.is_empty());
    }
    assert_eq!(server.asked().len(), asked, "nothing was asked for");
    assert!(source.facts(&all(), &person("pas", "swapped")).await.is_err());
}
