//! What tells a source that is wrongly configured from one that is only away, and what of its rows becomes whose work.

use kinfold_connect::fhir::FhirConfig;
use kinfold_domain::Category;
use kinfold_service::{
    Permit,
    ports::{Rejected, SourceSystem},
};
use serde_json::json as value;

use crate::fhir_lies::{page, patient, source};
use crate::odd_server::{OddServer, Reply, json};
use crate::sql_cases::{Cases, MAPPING};
use crate::support::{all, person, read_on};

/// A server's answer to everything, and what its check says of it.
type Case = (fn() -> Reply, &'static str);

/// What the check of a server says that answers everything alike.
async fn refused(reply: fn() -> Reply) -> (bool, String) {
    let server = OddServer::start(move |_, _| reply()).await;
    let unusable = source(&server, |config: &mut FhirConfig| config.page_size = 10).check().await;
    let unusable = unusable.unwrap_err();
    (unusable.no_answer, unusable.to_string())
}

#[tokio::test]
async fn a_server_that_is_not_the_one_configured_is_told_from_one_that_is_not_well() {
    let wrong: [Case; 4] = [
        (|| Reply::Full(401, "", String::new()), "credentials"),
        (|| Reply::Full(200, "content-type: text/html\r\n", "<html>".to_owned()), "HTML page"),
        (|| Reply::Full(302, "location: /x\r\n", String::new()), "redirect"),
        (|| json(&value!({"resourceType": "CapabilityStatement", "fhirVersion": "5.0.0"})), "R4"),
    ];
    for (reply, words) in wrong {
        let (no_answer, told) = refused(reply).await;
        assert!(!no_answer && told.contains(words), "{told}");
    }
    let away: [Case; 3] = [
        (|| Reply::Full(503, "", String::new()), "HTTP 503"),
        (|| Reply::Full(429, "", String::new()), "HTTP 429"),
        (|| Reply::Hang, "in time"),
    ];
    for (reply, words) in away {
        let (no_answer, told) = refused(reply).await;
        assert!(no_answer && told.contains(words), "{told}");
    }
}

#[tokio::test]
async fn a_register_is_promised_only_by_a_mapping_that_has_one() {
    let cases = Cases::new().await;
    assert!(cases.source(MAPPING, |_| ()).check().await.unwrap().keeps_register);
    let (without, _) = MAPPING.split_once("[register]").unwrap();
    assert!(!cases.source(without, |_| ()).check().await.unwrap().keeps_register);
}

/// Category, record and whether it was loaded, of rows that can't be read whole.
fn lines(rejected: &[Rejected]) -> Vec<(Option<Category>, &str, bool)> {
    rejected.iter().map(|row| (row.category, row.record.as_str(), row.loaded)).collect()
}

#[tokio::test]
async fn a_resource_that_can_not_be_read_is_missing_from_its_category_and_never_passed_over() {
    let visit = |id: &str, start: &str| {
        value!({"resourceType": "Encounter", "id": id, "status": "finished",
            "subject": {"reference": "Patient/1"}, "period": {"start": start}})
    };
    let server = OddServer::start(move |path, _| {
        let twice = visit("t", "2026-10-01T10:00:00Z").to_string();
        let twice = twice.replacen('{', "{\"status\": \"finished\", ", 1);
        match path {
            "/R4/Patient/1" => json(&patient("1")),
            p if p.starts_with("/R4/Encounter") => json(
                &page(
                    &[visit("a", "2026-10-01T10:00:00Z"), visit("b", "soon"), value!("twice")],
                    None,
                )
                .to_string()
                .replacen("\"twice\"", &twice, 1),
            ),
            p if p.starts_with("/R4/metadata") => Reply::Full(404, "", String::new()),
            _ => json(&page(&[], None)),
        }
    })
    .await;
    let permit = Permit::for_tests([Category::Existence, Category::Attendances]);
    let told = source(&server, |_| ()).facts(&permit, &person("pas", "1")).await.unwrap();
    let attendances = Some(Category::Attendances);
    assert_eq!(
        lines(&told.rejected),
        [(attendances, "Encounter/b", false), (attendances, "Encounter/t", false)]
    );
}

#[tokio::test]
async fn a_patient_who_can_not_be_read_is_told_by_the_identifier_that_the_index_knows() {
    let mut nameless = patient("7");
    nameless["name"] = value!([]);
    let server = OddServer::start(move |_, _| json(&page(&[nameless.clone()], None))).await;
    let (read, _) = read_on(&source(&server, |_| ()), None).await.unwrap();
    assert_eq!(lines(&read.rejected), [(None, "7", false)]);
}

#[tokio::test]
async fn rows_are_told_apart_by_category_and_where_they_have_no_identifier_by_their_place() {
    let cases = Cases::new().await;
    cases.write("INSERT INTO visit VALUES (4, 'c/1', 'soon', 'Clinic', NULL)").await;
    let mapping = MAPPING.replace("record = 'id'", "record = 'why'");
    let told = cases.source(&mapping, |_| ()).facts(&all(), &person("cases", "c/1")).await;
    let rejected = told.unwrap().rejected;
    let attendances = Some(Category::Attendances);
    let visits: Vec<_> =
        lines(&rejected).into_iter().filter(|(category, ..)| *category == attendances).collect();
    let place = |row| format!("[[facts.attendances]] number 1, row {row}");
    assert!(visits.contains(&(attendances, place(2).as_str(), false)), "{visits:?}");
    assert!(visits.contains(&(attendances, place(3).as_str(), false)), "{visits:?}");
    assert!(lines(&rejected).contains(&(Some(Category::Register), "cp/7", false)), "{rejected:?}");
}
