//! The department's board, what is tapped there, and who answers for it.

use axum::http::StatusCode;
use kinfold_domain::{PersonName, Subject};

use super::{
    browser::{Browser, between},
    world::{self, children::nhs},
};

fn ada() -> Subject {
    Subject { nhs_number: Some(nhs(1)), ..Subject::default() }
}

fn stranger() -> Subject {
    Subject {
        nhs_number: Some(nhs(77)),
        name: Some(PersonName::new("O'Nobody", "Zoë").unwrap()),
        ..Subject::default()
    }
}

#[tokio::test]
async fn the_board_shows_who_is_here_with_the_answer_and_whom_to_ring() {
    let (_, trust) = world::pair().await;
    trust.books_in("1", &stranger()).await;
    trust.books_in("2", &ada()).await;
    let mut nurse = Browser::signed_in(&trust, "ed-clinician").await;
    let board = nurse.get("/department").await;
    assert_eq!(board.status, StatusCode::OK);
    assert_eq!(board.heading(), "Children in the department");
    assert!(board.says("On a child protection plan"), "{}", board.html);
    assert!(board.says("This does not mean that the child is safe."));
    assert!(board.says("Emergency department") && board.says("href=\"tel:"));
    let (plan, other) = (board.html.find("On a child"), board.html.find("Not on these"));
    assert!(plan < other, "whoever is on a plan stands before whoever is not");
    assert!(board.says("seconds ago)") && !board.says("Older than its limit"), "{}", board.html);
    trust.core.clock.pass(jiff::SignedDuration::from_mins(16));
    let board = nurse.get("/department").await;
    assert!(board.says("(16 minutes ago)"), "{}", board.html);
    assert!(board.says("Older than its limit: nothing has been heard from it since. Ring"));
}

#[tokio::test]
async fn a_child_on_the_board_opens_to_the_answer_and_one_tap_says_what_became_of_it() {
    let (council, trust) = world::pair().await;
    trust.books_in("2", &ada()).await;
    let mut nurse = Browser::signed_in(&trust, "ed-clinician").await;
    let board = nurse.get("/department").await;
    let id = between(&board.html, "name=\"attendance\" value=\"", "\"").unwrap().to_owned();
    let answer = nurse.post("/department/open", &[("attendance", &id)]).await;
    assert!(answer.says("On a child protection plan") && answer.says("Say what became of it"));
    let handle = answer.handle().to_owned();
    let said = nurse.post("/attendance", &[("handle", &handle), ("outcome", "seen")]).await;
    assert_eq!((said.status, said.location()), (StatusCode::SEE_OTHER, "/department"));
    assert!(nurse.get("/department").await.says("Recorded: Seen, "));
    let said = nurse.post("/department/outcome", &[("attendance", &id), ("outcome", "x")]).await;
    assert_eq!(said.status, StatusCode::BAD_REQUEST);

    council.hears(&trust).await;
    let mut worker = Browser::signed_in(&council, "social-worker").await;
    let list = worker.get("/attendances").await;
    assert!(list.says("Waiting for an answer") && list.says("Seen, says"), "{}", list.html);
    let partner = between(&list.html, "name=\"partner\" value=\"", "\"").unwrap().to_owned();
    let fields = [("partner", partner.as_str()), ("attendance", &id)];
    let answered = worker.post("/attendances/acknowledge", &fields).await;
    assert_eq!((answered.status, answered.location()), (StatusCode::SEE_OTHER, "/attendances"));
    assert!(worker.get("/attendances").await.says("Answered by"));
}

#[tokio::test]
async fn what_is_wrong_is_said_in_one_tap_and_stands_on_the_custodian_s_list() {
    let (council, trust) = world::pair().await;
    let mut nurse = Browser::signed_in(&trust, "ed-clinician").await;
    let purpose = ("purpose", "direct-care-unscheduled");
    let answer = nurse.post("/check", &[("nhs_number", &nhs(1).digits()), purpose]).await;
    let handle = answer.handle().to_owned();
    let fields = [("handle", handle.as_str()), ("entry", "0"), ("wrong", "number")];
    let said = nurse.post("/corrections/say", &fields).await;
    assert!(said.says("The register’s custodian is told"), "{}", said.html);

    let mut worker = Browser::signed_in(&council, "social-worker").await;
    let purpose = ("purpose", "child-protection-enquiry");
    let answer = worker.post("/check", &[("nhs_number", &nhs(1).digits()), purpose]).await;
    let handle = answer.handle().to_owned();
    let fields = [("handle", handle.as_str()), ("entry", "0"), ("wrong", "worker")];
    worker.post("/corrections/say", &fields).await;
    let mut custodian = Browser::signed_in(&council, "register-custodian").await;
    let list = custodian.get("/corrections").await;
    assert!(list.says("Wrong worker"), "{}", list.html);
    let id = between(&list.html, "name=\"correction\" value=\"", "\"").unwrap().to_owned();
    custodian.post("/corrections/settle", &[("correction", &id)]).await;
    assert!(custodian.get("/corrections").await.says("Nothing waits."));
}

#[tokio::test]
async fn each_page_is_for_its_roles_alone() {
    let (council, trust) = world::pair().await;
    let mut operator = Browser::signed_in(&trust, "operator").await;
    for path in ["/department", "/department/events", "/attendances", "/corrections", "/coverage"] {
        assert_eq!(operator.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let mut custodian = Browser::signed_in(&council, "register-custodian").await;
    assert_eq!(custodian.get("/attendances").await.status, StatusCode::FORBIDDEN);
    assert_eq!(custodian.get("/department").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn governance_counts_arrivals_against_checks_and_reads_nobody_s_name() {
    let (_, trust) = world::pair().await;
    trust.books_in("1", &stranger()).await;
    trust.books_in("2", &ada()).await;
    let mut governance = Browser::signed_in(&trust, "information-governance").await;
    let page = governance.get("/coverage").await;
    assert!(page.says("2 of 2 checked (100.0%)"), "{}", page.html);
    assert!(page.says("<svg") && !page.says("style=") && !page.says("Nobody"));
    let csv = governance.get("/coverage.csv").await;
    assert!(csv.html.starts_with("day,arrivals,checked,"), "{}", csv.html);
    assert!(csv.html.contains("2026-06-01,2,2,"), "{}", csv.html);
}
