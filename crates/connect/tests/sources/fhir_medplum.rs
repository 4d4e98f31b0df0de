//! The connector against Medplum's FHIR router and repository, filled through their own interface.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use kinfold_connect::fhir::{FhirAuth, FhirConfig, FhirSource};
use kinfold_domain::{Category, FactContent};
use kinfold_service::ports::{SourceError, SourceSystem};
use serde_json::{Value, json};

use crate::support::{agency, all, find, folder, noon, of, person, read_on, skip, use_ring};

struct Medplum {
    child: Child,
    url: String,
    http: reqwest::Client,
    token: &'static str,
}

impl Medplum {
    fn start() -> Result<Self, String> {
        let place = folder().join("fhir_server");
        if !place.join("node_modules").is_dir() {
            return Err("its packages are missing; run cargo xtask setup".to_owned());
        }
        let token = "synthetic-token";
        let mut child = Command::new("node")
            .arg("server.mjs")
            .current_dir(place)
            .env("KINFOLD_TOKEN", token)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("node: {error}"))?;
        let mut port = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut port).unwrap();
        use_ring();
        let url = format!("http://127.0.0.1:{}/R4", port.trim());
        Ok(Self { child, url, http: reqwest::Client::new(), token })
    }

    async fn create(&self, resource: Value) -> String {
        let kind = resource["resourceType"].as_str().unwrap().to_owned();
        let request = self.http.post(format!("{}/{kind}", self.url)).bearer_auth(self.token);
        let response = request.json(&resource).send().await.unwrap();
        let (status, body): (_, Value) = (response.status(), response.json().await.unwrap());
        assert!(status.is_success(), "{body}");
        body["id"].as_str().unwrap().to_owned()
    }

    fn source(&self, token_file: &std::path::Path) -> FhirSource {
        std::fs::write(token_file, format!("{}\n", self.token)).unwrap();
        let mut config = FhirConfig::at(&self.url);
        config.auth = FhirAuth::Bearer { token_file: token_file.to_owned() };
        config.page_size = 7;
        config.sensitive_codes = vec!["http://snomed.info/sct|413307004".to_owned()];
        FhirSource::new("pas", agency(), config, noon()).unwrap()
    }
}

impl Drop for Medplum {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn ada() -> Value {
    json!({"resourceType": "Patient",
        "identifier": [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9990000018"}],
        "name": [{"use": "official", "family": "O'Test-Świętek", "given": ["Ada"]}],
        "gender": "female", "birthDate": "2019-03-31",
        "address": [{"use": "home", "line": ["1 Sample Row"], "postalCode": "S60 1AA"}],
        "contact": [{"relationship": [{"text": "Aunt"}], "name": {"text": "Jo Test"}}]})
}

async fn fill(server: &Medplum) -> String {
    let ada = server.create(ada()).await;
    let subject = json!({"reference": format!("Patient/{ada}")});
    let snomed = |code: &str, display: &str| json!({"coding": [{"system": "http://snomed.info/sct", "code": code, "display": display}]});
    let act = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
    let location =
        server.create(json!({"resourceType": "Location", "name": "Children's A&E"})).await;
    server.create(json!({"resourceType": "Encounter", "status": "finished", "subject": subject,
        "class": {"system": act, "code": "EMER"}, "reasonCode": [{"text": "Fall"}],
        "location": [{"location": {"reference": format!("Location/{location}"), "display": "Children's A&E"}}],
        "period": {"start": "2026-07-01T10:00:00+01:00", "end": "2026-07-01T12:00:00+01:00"}})).await;
    let elsewhere =
        server.create(json!({"resourceType": "Patient", "name": [{"family": "Other"}]})).await;
    server.create(json!({"resourceType": "Encounter", "status": "finished", "class": {"system": act, "code": "EMER"},
        "subject": {"reference": format!("Patient/{elsewhere}")}, "period": {"start": "2026-07-02T10:00:00Z"}})).await;
    server.create(json!({"resourceType": "Condition", "subject": subject, "code": snomed("195967001", "Asthma")})).await;
    server.create(json!({"resourceType": "Condition", "subject": subject, "code": snomed("413307004", "Sensitive matter")})).await;
    server.create(json!({"resourceType": "AllergyIntolerance", "patient": subject, "code": {"text": "Nuts"}})).await;
    server.create(json!({"resourceType": "RelatedPerson", "patient": subject, "name": [{"text": "Mary O'Test"}],
        "relationship": [{"coding": [{"code": "MTH"}]}]})).await;
    let visitor = server.create(json!({"resourceType": "Practitioner", "name": [{"family": "Visitor", "given": ["Rosa"]}]})).await;
    server.create(json!({"resourceType": "CareTeam", "status": "active", "name": "Health visiting", "subject": subject,
        "period": {"start": "2024-01-01"}, "participant": [{"role": [{"text": "Health visitor"}],
        "member": {"reference": format!("Practitioner/{visitor}"), "display": "Rosa Visitor"}}]})).await;
    for number in 0..20 {
        let patient = json!({"resourceType": "Patient", "name": [{"family": "Crowd", "given": [format!("No{number}")]}]});
        server.create(patient).await;
    }
    server
        .create(json!({"resourceType": "Patient", "active": false, "name": [{"family": "Left"}]}))
        .await;
    server.create(json!({"resourceType": "Patient", "gender": "male"})).await;
    ada
}

#[tokio::test(flavor = "multi_thread")]
async fn people_and_facts_are_read_from_a_fhir_server_that_others_wrote() {
    let server = match Medplum::start() {
        Ok(server) => server,
        Err(reason) => {
            return skip("people_and_facts_are_read_from_a_fhir_server_that_others_wrote", &reason);
        }
    };
    let id = fill(&server).await;
    let folder = tempfile::tempdir().unwrap();
    let source = server.source(&folder.path().join("token"));
    source.check().await.unwrap();

    let (read, cursor) = read_on(&source, None).await.unwrap();
    assert_eq!((read.people.len(), read.gone.len(), read.rejected.len()), (22, 1, 1));
    assert!(read.rejected[0].problem.contains("Patient.name"));
    let ada = find(&read.people, "Ada");
    assert_eq!(ada.demographics.nhs_number.unwrap().digits(), "9990000018");
    assert_eq!(ada.demographics.name.family(), "O'Test-Świętek");

    let late = server
        .create(
            json!({"resourceType": "Patient", "name": [{"family": "Late", "given": ["Comer"]}]}),
        )
        .await;
    let (changed, _) = read_on(&source, cursor.as_ref()).await.unwrap();
    assert!(changed.people.iter().any(|person| person.id.record == late));

    let gathered = source.facts(&all(), &person("pas", &id)).await.unwrap();
    assert_eq!(gathered.rejected, vec![]);
    let count = |category| of(&gathered.facts, category).len();
    let expected = [
        (Category::Existence, 1),
        (Category::Demographics, 1),
        (Category::Address, 1),
        (Category::Attendances, 1),
        (Category::HealthSummary, 2),
        (Category::Sensitive, 1),
        (Category::Household, 2),
        (Category::Contact, 1),
        (Category::Involvement, 1),
    ];
    for (category, number) in expected {
        assert_eq!(count(category), number, "{category}");
    }
    let FactContent::Attendances(visit) = of(&gathered.facts, Category::Attendances)[0] else {
        panic!()
    };
    assert_eq!(visit.place, "Children's A&E");
    assert_eq!(visit.arrived, "2026-07-01T09:00:00Z".parse().unwrap());
    assert!(
        gathered
            .facts
            .iter()
            .all(|fact| fact.source.system == "pas" && fact.source.record.contains('/'))
    );

    std::fs::write(folder.path().join("token"), "wrong").unwrap();
    assert_eq!(source.people(None).await.unwrap_err(), SourceError::Unauthorised);
}
