use std::sync::atomic::Ordering;

use axum::http::StatusCode;
use jiff::SignedDuration;
use kinfold_domain::AsAt;
use kinfold_service::ports::Clock;

use super::{
    browser::{Browser, Page},
    world::{self, Node, children::nhs},
};

pub(super) const CARE: (&str, &str) = ("purpose", "direct-care-unscheduled");
pub(super) const ENQUIRY: (&str, &str) = ("purpose", "child-protection-enquiry");

pub(super) async fn nurse() -> (Node, Node, Browser) {
    let (council, trust) = world::pair().await;
    let browser = Browser::signed_in(&trust, "ed-clinician").await;
    (council, trust, browser)
}

pub(super) async fn check(browser: &mut Browser, n: u32) -> Page {
    let number = nhs(n).expose();
    browser.post("/check", &[("nhs_number", &number), CARE]).await
}

pub(super) fn named(
    given: &'static str,
    family: &'static str,
    born: [&'static str; 3],
) -> Vec<(&'static str, &'static str)> {
    vec![
        ("given", given),
        ("family", family),
        ("birth_day", born[0]),
        ("birth_month", born[1]),
        ("birth_year", born[2]),
        CARE,
    ]
}

#[tokio::test]
async fn a_nurse_begins_with_the_check_and_sees_how_fresh_the_registers_are() {
    let (_council, _trust, mut browser) = nurse().await;
    assert_eq!(browser.get("/").await.location(), "/check");
    let page = browser.get("/check").await;
    assert_eq!(page.heading(), "Check a child");
    assert!(page.says("Ashmoor Council register") && page.says("seconds ago"), "{}", page.html);
    assert!(page.says("accesskey=\"l\"") && page.says("action=\"/lock\""));
    assert!(page.says("Why are you looking?"), "two purposes: they are chosen from");
}

#[tokio::test]
async fn a_child_on_a_plan_is_shown_with_whom_to_ring_now() {
    let (_council, trust, mut browser) = nurse().await;
    let page = check(&mut browser, 1).await;
    assert_eq!(page.heading(), "On a child protection plan");
    for words in [
        "O&#x27;BRIEN-ŚWIĘTEK, Ada",
        "3 April 2019 (7 years old)",
        "Neglect",
        "3 November 2025",
        "14 July 2026",
        "Imani Test",
        "href=\"tel:01632960111\"",
        "01632 960199",
        "Maria O&#x27;Brien",
        "4.1",
        "kinfold-answer--on",
    ] {
        assert!(page.says(words), "{words} in {}", page.html);
    }
    let ring_now = page.html.split("Ring now").nth(1).unwrap();
    assert!(ring_now.contains("Imani Test"), "by day the key worker comes first");
    assert!(!page.says("1 Test Street"), "no clause lets a nurse see the address");
    trust.core.clock.pass(SignedDuration::from_hours(5));
    trust.register.confirm(Some(AsAt(trust.core.clock.now())), None);
    let mut browser = Browser::signed_in(&trust, "ed-clinician").await;
    let page = check(&mut browser, 1).await;
    let ring_now = page.html.split("Ring now").nth(1).unwrap();
    let first = ring_now.split("</li>").next().unwrap();
    assert!(first.contains("Emergency duty team"), "in the evening the duty team does: {first}");
}

#[tokio::test]
async fn each_of_the_six_answers_is_its_own() {
    let (_council, trust, mut browser) = nurse().await;
    let ended = check(&mut browser, 2).await;
    assert_eq!(ended.heading(), "Recently ended, on 3 March 2026");
    assert!(ended.says("does not mean that the child is safe"));
    let nobody = check(&mut browser, 77).await;
    assert_eq!(nobody.heading(), "Not on these registers");
    assert!(
        nobody.says("This does not mean that the child is safe") && nobody.says("Other councils")
    );
    let sealed = check(&mut browser, 5).await;
    assert_eq!(sealed.heading(), "Sealed: ring the desk");
    assert!(sealed.says("S-0123456789") && sealed.says("tel:01632960555"));
    assert!(!sealed.says("Dora") && !sealed.says("Test Street") && !sealed.says("Imani"));
    let unborn = check(&mut browser, 6).await;
    assert_eq!(unborn.heading(), "Unborn child on a protection plan");
    assert!(unborn.says("Mother.") && unborn.says("1 September 2026"));
    trust.core.clock.pass(SignedDuration::from_mins(16));
    let stale = check(&mut browser, 77).await;
    assert_eq!(stale.heading(), "Could not be confirmed");
    assert!(stale.says("Older than its limit") && stale.says("tel:01632960100"), "{}", stale.html);
    assert!(stale.says("16 minutes ago") && stale.says("nothing has been heard from it since"));
    let register = &trust.register;
    register.heard(trust.core.clock.now());
    let stale = check(&mut browser, 77).await;
    assert!(stale.says("its case system has told it nothing since"), "{}", stale.html);
    let last_known = check(&mut browser, 1).await;
    assert_eq!(last_known.heading(), "On a child protection plan");
    assert!(last_known.says("last known state"));
}

#[tokio::test]
async fn what_is_wrong_is_told_field_by_field_and_what_was_typed_comes_back() {
    let (_council, _trust, mut browser) = nurse().await;
    let page = browser
        .post(
            "/check",
            &[
                ("nhs_number", "999 000 0000"),
                ("given", "Zoë <b>"),
                ("family", "D’Souza"),
                ("birth_day", "30"),
                ("birth_month", "2"),
                ("birth_year", "2019"),
                ("postcode", "nowhere"),
                CARE,
            ],
        )
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.title().starts_with("Error: "));
    for words in [
        "A digit of this NHS number is wrong",
        "there is no such day",
        "Enter a full postcode",
        "#nhs_number",
        "#birth_day",
    ] {
        assert!(page.says(words), "{words} in {}", page.html);
    }
    assert!(page.says("Zoë &lt;b&gt;") && page.says("D’Souza") && page.says("nowhere"));
    let nothing = browser.post("/check", &[CARE]).await;
    assert!(nothing.says("Enter an NHS number, or a name and date of birth"));
    let no_purpose = browser.post("/check", &[("nhs_number", &nhs(1).digits())]).await;
    assert!(no_purpose.says("Choose why you are looking"));
}

#[tokio::test]
async fn names_of_any_script_are_taken_and_shown() {
    let (_council, _trust, mut browser) = nurse().await;
    for (given, family) in [("فاطمة", "محمد"), ("अनन्या", "D’Souza"), ("Xin Yi", "Nguyễn")]
    {
        let page = browser.post("/check", &named(given, family, ["3", "4", "2019"])).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.html);
        assert!(page.says(given), "{given}");
    }
}

#[tokio::test]
async fn a_social_worker_sees_the_other_way_round() {
    let (council, _trust) = world::pair().await;
    let mut browser = Browser::signed_in(&council, "social-worker").await;
    assert_eq!(browser.get("/").await.location(), "/check");
    let form = browser.get("/view").await;
    assert!(form.says("type=\"hidden\" name=\"purpose\""), "one purpose: it is stated");
    let page = browser.post("/view", &[("nhs_number", &nhs(1).digits()), ENQUIRY]).await;
    assert!(
        page.says("Attendances") && page.says("Northmoor NHS Trust, system “pas”"),
        "{}",
        page.html
    );
    assert!(page.says("Assessment: Completed"));
}

#[tokio::test]
async fn own_look_ups_are_listed_as_they_were_typed() {
    let (_council, trust, mut browser) = nurse().await;
    check(&mut browser, 1).await;
    check(&mut browser, 77).await;
    trust.follower.catch_up().await.unwrap();
    let page = browser.get("/looks").await;
    assert_eq!(page.heading(), "My recent look-ups");
    assert!(page.says("On the register") && page.says("Not on these registers"), "{}", page.html);
    assert!(page.says(&nhs(1).expose()));
}

#[tokio::test]
async fn governance_sees_who_looked_with_both_ledgers_sides() {
    let (council, trust, mut nurse) = nurse().await;
    nurse.post("/view", &[("nhs_number", &nhs(1).digits()), CARE]).await;
    trust.follower.catch_up().await.unwrap();
    council.follower.catch_up().await.unwrap();
    let mut browser = Browser::signed_in(&council, "information-governance").await;
    assert_eq!(browser.get("/").await.location(), "/who");
    assert!(browser.get("/who").await.says("Search the ledgers"));
    let review = [("nhs_number", &*nhs(1).digits()), ("purpose", "audit-review")];
    let page = browser.post("/who", &review).await;
    for words in [
        "Kim ed-clinician",
        "Northmoor NHS Trust",
        "Told the other agency",
        "Both ledgers agree",
        "Was shown",
    ] {
        assert!(page.says(words), "{words} in {}", page.html);
    }
    council.link.down.store(true, Ordering::Relaxed);
    let page = browser.post("/who", &review).await;
    assert!(
        page.says("Not known: the ledger of Northmoor NHS Trust was not read whole"),
        "{}",
        page.html
    );
}

#[tokio::test]
async fn a_list_of_looks_says_that_it_is_not_complete_while_its_search_tables_are_behind() {
    let (council, _trust, mut nurse) = nurse().await;
    nurse.post("/view", &[("nhs_number", &nhs(1).digits()), CARE]).await;
    let mut browser = Browser::signed_in(&council, "information-governance").await;
    let review = [("nhs_number", &*nhs(1).digits()), ("purpose", "audit-review")];
    let page = browser.post("/who", &review).await;
    assert!(page.says("This list is not complete."), "{}", page.html);
    assert!(page.says("of this ledger are not searched yet"), "{}", page.html);
    council.follower.catch_up().await.unwrap();
    let page = browser.post("/who", &review).await;
    let own = page.html.split("<li>").find(|item| item.contains("entries</li>"));
    assert!(own.is_some_and(|own| !own.contains("not complete")), "{}", page.html);
}

#[tokio::test]
async fn a_look_that_concerns_one_agency_alone_is_not_said_to_stand_in_two_ledgers() {
    let (council, _trust) = world::pair().await;
    let mut worker = Browser::signed_in(&council, "social-worker").await;
    worker.post("/check", &[("nhs_number", &nhs(1).digits()), ENQUIRY]).await;
    council.follower.catch_up().await.unwrap();
    let mut browser = Browser::signed_in(&council, "information-governance").await;
    let review = [("nhs_number", &*nhs(1).digits()), ("purpose", "audit-review")];
    let page = browser.post("/who", &review).await;
    assert!(page.says("Concerns the ledger of Ashmoor Council alone"), "{}", page.html);
    assert!(!page.says("Both ledgers agree"), "{}", page.html);
}

#[tokio::test]
async fn an_operator_sees_feeds_and_rows_to_mend_but_no_child() {
    let trust = world::trust().await;
    let mut browser = Browser::signed_in(&trust, "operator").await;
    assert_eq!(browser.get("/").await.location(), "/feeds");
    let page = browser.get("/feeds").await;
    for words in [
        "pas",
        "row-17",
        "Attendances",
        "visit-81",
        "correct it in the source",
        "30 May 2026",
        "And 1 more",
        "Ashmoor Council register",
    ] {
        assert!(page.says(words), "{words} in {}", page.html);
    }
    assert!(!page.says("999 000 0018"), "an identifier that is an NHS number is shown");
    assert!(!page.says("Check a child"), "no link to what is refused");
    let events = browser.get("/feeds/events").await;
    assert_eq!(events.headers["content-type"], "text/event-stream");
}

#[tokio::test]
async fn every_employee_reads_the_agreement_and_what_it_means_that_there_is_none() {
    let trust = world::trust().await;
    let mut browser = Browser::signed_in(&trust, "operator").await;
    let page = browser.get("/agreement").await;
    assert!(page.says("In force") && page.says("8.2") && page.says("Nothing, for no purpose"));
    let mut nurse = Browser::signed_in(&trust, "ed-clinician").await;
    trust.core.clock.pass(SignedDuration::from_hours(24 * 365));
    let person = trust.employ("register-custodian").await;
    nurse.sign_in(&trust, &person).await;
    let page = nurse.get("/agreement").await;
    assert!(page.says("No agreement is in force"), "{}", page.html);
    let page = nurse.post("/check", &[("nhs_number", &nhs(1).digits()), CARE]).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(
        page.says("Nothing can be shared now") && page.says("tel:01632960700"),
        "{}",
        page.html
    );
}
