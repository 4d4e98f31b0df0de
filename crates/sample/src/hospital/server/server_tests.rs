use std::collections::HashMap;

use axum::{
    body::Body,
    http::{Request, StatusCode, request},
};
use http_body_util::BodyExt;
use jiff::{Timestamp, civil::date};
use kinfold_domain::Sex;
use serde_json::Value;
use tower::ServiceExt;

use super::*;
use crate::{District, PatientId, Seed, Size, StoryKey, dates::moment};

const BASE: &str = "http://hospital.example/fhir";
const TOKEN: &str = "sample-token";

struct Ward {
    _folder: tempfile::TempDir,
    district: District,
    hospital: Hospital,
    router: Router,
}

impl Ward {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let district = District::generate(Seed(7), Size::SMALL, date(2026, 11, 1));
        let path = folder.path().join("hospital.db");
        Hospital::create(&path, &district, |_| ()).await.unwrap();
        let hospital = Hospital::open(&path).await.unwrap();
        let access = Access {
            basic: Some(("reader".to_owned(), "sample-word".to_owned())),
            ..Access::bearer(TOKEN)
        };
        let server = FhirServer { hospital: hospital.clone(), access, base_url: BASE.to_owned() };
        Self { _folder: folder, district, hospital, router: fhir_router(server) }
    }

    async fn send(&self, request: request::Builder, body: Body) -> (StatusCode, Value) {
        let response = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let status = response.status();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    async fn get(&self, path: &str) -> (StatusCode, Value) {
        let bearer = format!("Bearer {TOKEN}");
        let request = Request::get(path.replace(BASE, "/fhir")).header("authorization", bearer);
        self.send(request, Body::empty()).await
    }

    /// All entries of a search, page after page.
    async fn all(&self, path: &str) -> Vec<Value> {
        let (mut found, mut next) = (Vec::new(), Some(path.to_owned()));
        while let Some(path) = next {
            let (_, page) = self.get(&path).await;
            found.extend(page["entry"].as_array().cloned().unwrap_or_default());
            next = link(&page, "next");
        }
        found
    }

    fn story(&self, key: StoryKey) -> PatientId {
        let resident = self.district.story(key).unwrap().resident;
        PatientId::from(&self.district.patients[self.district.links.patient(resident).unwrap()])
    }
}

fn link(page: &Value, relation: &str) -> Option<String> {
    let links = page["link"].as_array()?;
    let found = links.iter().find(|link| link["relation"] == relation)?;
    found["url"].as_str().map(str::to_owned)
}

fn now() -> Timestamp {
    moment(date(2026, 11, 1), 12 * 60)
}

#[tokio::test]
async fn paging_reads_every_patient_exactly_once_while_records_change() {
    let ward = Ward::open().await;
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut next = Some("/fhir/Patient?_count=100&_sort=_lastUpdated,_id".to_owned());
    let mut pages = 0;
    while let Some(path) = next {
        let (status, page) = ward.get(&path).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(page["total"], ward.district.patients.len());
        for entry in page["entry"].as_array().unwrap() {
            *seen.entry(entry["resource"]["id"].as_str().unwrap().to_owned()).or_default() += 1;
        }
        next = link(&page, "next");
        // One who was read and one who was not change, and a child is born.
        let name = kinfold_domain::PersonName::new("Changed", "Name").unwrap();
        for place in [pages, ward.district.patients.len() - 1 - pages] {
            let patient = PatientId::from(&ward.district.patients[place]);
            ward.hospital.rename(&patient, &name, now()).await.unwrap();
        }
        let baby = ("9990000018".parse().unwrap(), Sex::Female);
        let mother = ward.story(StoryKey::UnbornPlan);
        ward.hospital.register_newborn(&mother, baby, now()).await.unwrap();
        pages += 1;
    }
    assert!(pages >= 6);
    assert_eq!(seen.len(), ward.district.patients.len());
    assert!(seen.values().all(|times| *times == 1));
}

#[tokio::test]
async fn what_changed_since_is_found_by_its_last_update() {
    let ward = Ward::open().await;
    let since = "/fhir/Patient?_lastUpdated=ge2026-11-01T00:00:00Z";
    assert!(ward.all(since).await.is_empty());
    let mother = ward.story(StoryKey::UnbornPlan);
    let number = "9990000018".parse().unwrap();
    let baby = ward.hospital.register_newborn(&mother, (number, Sex::Male), now()).await.unwrap();
    let found = ward.all(since).await;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["resource"]["name"][0]["given"][0], "Baby");
    assert_eq!(found[0]["resource"]["meta"]["lastUpdated"], "2026-11-01T12:00:00.000Z");
    assert!(ward.all("/fhir/Patient?_lastUpdated=gt2026-11-01T12:00:00.000Z").await.is_empty());
    let name = kinfold_domain::PersonName::new("Pretend", "Jo").unwrap();
    ward.hospital.rename(&baby, &name, now()).await.unwrap();
    let (_, named) = ward.get(&format!("/fhir/Patient/{}", baby.0)).await;
    assert_eq!(named["meta"]["versionId"], "2");
    assert_eq!(named["name"][1]["use"], "old");
}

#[tokio::test]
async fn a_visit_shows_while_it_lasts_and_after() {
    let ward = Ward::open().await;
    let ruby = ward.story(StoryKey::OnPlan);
    let search = format!("/fhir/Encounter?patient={}", ruby.0);
    assert_eq!(ward.all(&search).await.len(), 4);
    let visit = ward.hospital.admit(&ruby, "Painful wrist", now()).await.unwrap();
    let (_, here) = ward.get(&format!("/fhir/Encounter/{}", visit.0)).await;
    assert_eq!((&here["status"], &here["class"]["code"]), (&"in-progress".into(), &"EMER".into()));
    ward.hospital.discharge(&visit, now()).await.unwrap();
    let found = ward.all(&search).await;
    assert_eq!(found.len(), 5);
    assert_eq!(found[4]["resource"]["status"], "finished");
    let nobody = PatientId("pat-999999".to_owned());
    assert!(ward.hospital.admit(&nobody, "Fall", now()).await.is_err());
}

#[tokio::test]
async fn a_patient_is_found_by_number_name_and_birth_date() {
    let ward = Ward::open().await;
    let ask = &ward.district.story(StoryKey::OnPlan).unwrap().ask;
    let number = ask.nhs_number.unwrap().digits();
    let system = "https%3A%2F%2Ffhir.nhs.uk%2FId%2Fnhs-number";
    for search in [
        format!("identifier={system}%7C{number}"),
        format!("identifier={number}"),
        "family=mockf&birthdate=2019-03-14".to_owned(),
        format!("_id={}", ward.story(StoryKey::OnPlan).0),
    ] {
        let found = ward.all(&format!("/fhir/Patient?{search}")).await;
        assert_eq!(found.len(), 1, "{search}");
        assert_eq!(found[0]["resource"]["name"][0]["given"][0], "Ruby");
    }
    let elsewhere = ward.all(&format!("/fhir/Patient?identifier=urn:other%7C{number}")).await;
    assert!(elsewhere.is_empty());
}

#[tokio::test]
async fn a_search_by_form_answers_as_one_by_address() {
    let ward = Ward::open().await;
    let request = Request::post("/fhir/Patient/_search")
        .header("authorization", format!("Bearer {TOKEN}"))
        .header("content-type", "application/x-www-form-urlencoded");
    let (status, page) = ward.send(request, Body::from("family=Mockford&_count=1")).await;
    assert_eq!((status, &page["total"]), (StatusCode::OK, &3.into()));
    assert!(link(&page, "next").is_some());
}

#[tokio::test]
async fn the_care_team_comes_with_its_members() {
    let ward = Ward::open().await;
    let ruby = ward.story(StoryKey::OnPlan);
    let search = format!("/fhir/CareTeam?patient=Patient/{}&_include=CareTeam:participant", ruby.0);
    let found = ward.all(&search).await;
    let kinds: Vec<_> = found.iter().map(|e| e["search"]["mode"].as_str().unwrap()).collect();
    assert_eq!(kinds[..2], ["match", "include"]);
    let telephone = found[1]["resource"]["telecom"][0]["value"].as_str().unwrap();
    assert!(telephone.starts_with("01632 960"));
}

#[tokio::test]
async fn the_sealed_child_is_labelled() {
    let ward = Ward::open().await;
    let (_, robin) = ward.get(&format!("/fhir/Patient/{}", ward.story(StoryKey::Sealed).0)).await;
    assert_eq!(robin["meta"]["security"][0]["code"], "R");
}

#[tokio::test]
async fn nobody_reads_without_the_right_credentials() {
    let ward = Ward::open().await;
    for wrong in ["", "Bearer", "Bearer sample-tokem", "Basic cmVhZGVyOndyb25n", "Digest x"] {
        for path in ["/fhir/Patient", "/fhir/Patient/pat-000001", "/fhir/Nothing"] {
            let request = Request::get(path).header("authorization", wrong);
            let (status, body) = ward.send(request, Body::empty()).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{wrong} {path}");
            assert_eq!(body["resourceType"], "OperationOutcome");
        }
    }
    let (status, _) = ward.send(Request::get("/fhir/Patient"), Body::empty()).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let basic = Request::get("/fhir/Patient?_count=0")
        .header("authorization", "Basic cmVhZGVyOnNhbXBsZS13b3Jk");
    assert_eq!(ward.send(basic, Body::empty()).await.0, StatusCode::OK);
    let (status, body) = ward.send(Request::get("/fhir/metadata"), Body::empty()).await;
    assert_eq!((status, &body["fhirVersion"]), (StatusCode::OK, &"4.0.1".into()));
}

#[tokio::test]
async fn unknown_parameters_are_ignored_unless_the_client_is_strict() {
    let ward = Ward::open().await;
    let (status, page) = ward.get("/fhir/Patient?shoe-size=4&_count=1").await;
    assert_eq!(status, StatusCode::OK);
    assert!(!link(&page, "self").unwrap().contains("shoe"));
    let strict = Request::get("/fhir/Patient?shoe-size=4")
        .header("authorization", format!("Bearer {TOKEN}"))
        .header("prefer", "handling=strict");
    let (status, body) = ward.send(strict, Body::empty()).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(body["issue"][0]["code"], "not-supported");
}

#[tokio::test]
async fn errors_are_operation_outcomes() {
    let ward = Ward::open().await;
    for (path, expected) in [
        ("/fhir/Patient/nobody", StatusCode::NOT_FOUND),
        ("/fhir/Spaceship", StatusCode::NOT_FOUND),
        ("/elsewhere", StatusCode::NOT_FOUND),
        ("/fhir/Patient?_lastUpdated=yesterday", StatusCode::BAD_REQUEST),
        ("/fhir/Patient?_count=many", StatusCode::BAD_REQUEST),
        ("/fhir/Patient?_cursor=made-up", StatusCode::BAD_REQUEST),
    ] {
        let (status, body) = ward.get(path).await;
        assert_eq!(status, expected, "{path}");
        assert_eq!(body["resourceType"], "OperationOutcome", "{path}");
    }
}
