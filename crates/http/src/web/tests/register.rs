//! The custodian's pages.

use axum::http::StatusCode;

use super::{
    browser::{Browser, Page},
    world::{self, Node, children::nhs},
};

const WHY: (&str, &str) = ("reason", "Conference of 29 May.");

async fn custodian() -> (Node, Node, Browser) {
    let (council, trust) = world::pair().await;
    let browser = Browser::signed_in(&council, "register-custodian").await;
    (council, trust, browser)
}

async fn open(browser: &mut Browser, n: u32) -> Page {
    let found = browser.post("/register/find", &[("nhs_number", &nhs(n).digits())]).await;
    assert_eq!(found.status, StatusCode::OK, "{}", found.html);
    browser.post("/register/entry", &[("handle", found.handle()), ("choice", "0")]).await
}

/// The page that asks whether a change is right.
async fn planned(browser: &mut Browser, n: u32, fields: &[(&str, &str)]) -> Page {
    let entry = open(browser, n).await;
    let handle = entry.handle().to_owned();
    let mut all = vec![("handle", handle.as_str()), WHY];
    all.extend_from_slice(fields);
    browser.post("/register/plan", &all).await
}

async fn confirmed(browser: &mut Browser, planned: &Page) -> Page {
    browser.post("/register/confirm", &[("handle", planned.handle())]).await
}

#[tokio::test]
async fn a_custodian_begins_with_the_register_and_sees_how_it_stands() {
    let (_council, _trust, mut browser) = custodian().await;
    assert_eq!(browser.get("/").await.location(), "/register");
    let page = browser.get("/register").await;
    assert_eq!(page.heading(), "The register");
    assert!(page.says("5 in force, 1 recently ended"), "{}", page.html);
    assert!(page.says("0 differences") && page.says("seconds ago"));
    assert!(!page.says("Ada"), "it names nobody");
}

#[tokio::test]
async fn an_entry_is_found_opened_and_shown_with_its_history_and_what_can_be_changed() {
    let (_council, _trust, mut browser) = custodian().await;
    let page = open(&mut browser, 1).await;
    for words in ["Ada", "Neglect", "3 November 2025", "Added", "case-system", "Record a review"] {
        assert!(page.says(words), "{words} in {}", page.html);
    }
    assert!(!page.says("Reopen"), "it is in force");
    let ended = open(&mut browser, 2).await;
    assert!(ended.says("Reopen") && !ended.says("End the entry"), "{}", ended.html);
}

#[tokio::test]
async fn an_end_is_shown_before_it_is_made_and_partners_pages_of_this_node_follow_at_once() {
    let (council, _trust, mut browser) = custodian().await;
    let end = [("change", "end"), ("on_day", "29"), ("on_month", "5"), ("on_year", "2026")];
    let page = planned(&mut browser, 1, &end).await;
    assert_eq!(page.heading(), "Is this right?");
    assert!(page.says("In force") && page.says("29 May 2026"), "{}", page.html);
    assert_eq!(council.register.standing(jiff::civil::date(2026, 6, 1)), (5, 1));
    let done = confirmed(&mut browser, &page).await;
    assert!(done.says("The register is changed"), "{}", done.html);
    assert_eq!(council.register.standing(jiff::civil::date(2026, 6, 1)), (4, 2));
    let again = confirmed(&mut browser, &page).await;
    assert_eq!(again.status, StatusCode::GONE, "a form that is sent twice changes nothing");
    let entry = open(&mut browser, 1).await;
    assert!(entry.says("Conference of 29 May.") && entry.says("Recently ended, on 29 May 2026"));

    council.feed.as_ref().unwrap().poll().await.unwrap();
    let queue = browser.get("/register/queue").await;
    assert!(queue.says("To decide: 1") && queue.says("register-custodian.test"), "{}", queue.html);
    let decision = [("handle", queue.handle()), ("choice", "0"), ("decision", "case-system")];
    let refused = browser.post("/register/queue", &decision).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "a decision needs its reason");
    let decision =
        [("handle", refused.handle()), ("choice", "0"), ("decision", "case-system"), WHY];
    let page = browser.post("/register/queue", &decision).await;
    assert!(page.says("Nothing waits."), "{}", page.html);
    assert_eq!(council.register.standing(jiff::civil::date(2026, 6, 1)), (5, 1));
}

#[tokio::test]
async fn a_number_that_was_rung_says_since_when_it_is_known_to_be_right() {
    let (_council, _trust, mut browser) = custodian().await;
    let page = open(&mut browser, 1).await;
    assert!(page.says("(not confirmed)") && !page.says("(last confirmed"), "{}", page.html);
    let number = world::children::phones().emergency_duty_team.digits();
    let fields = [("handle", page.handle()), ("number", number.as_str())];
    let page = browser.post("/register/number", &fields).await;
    assert!(page.says("(last confirmed 1 June 2026)"), "{}", page.html);
    assert!(page.says("The number was rung: it is right."), "{}", page.html);
    let wrong = [("handle", page.handle()), ("number", "01632999999")];
    assert_eq!(browser.post("/register/number", &wrong).await.status, StatusCode::GONE);
}

#[tokio::test]
async fn every_change_has_its_form_and_says_what_is_wrong_with_it() {
    let (_council, _trust, mut browser) = custodian().await;
    let entry = open(&mut browser, 1).await;
    let handle = entry.handle().to_owned();
    for (change, wrong) in [
        ("review", "Enter: next review"),
        ("category", "Choose the category"),
        ("end", "Enter: day on which it ended"),
        ("looked-after", "Choose the legal basis"),
        ("correct", "Nothing would change"),
        ("seal", "Give the reason"),
        ("reopen", "Give the reason"),
        ("unseal", "Give the reason"),
    ] {
        let fields = [("handle", handle.as_str()), ("change", change)];
        let form = browser.post("/register/change", &fields).await;
        assert_eq!(form.status, StatusCode::OK, "{change}");
        assert!(form.says("Continue"), "{change}");
        let why = ("reason", if wrong.starts_with("Give") { " " } else { "A reason." });
        let fields = [("handle", handle.as_str()), ("change", change), why];
        let page = browser.post("/register/plan", &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{change}");
        assert!(page.says(wrong) || page.says("nothing would change"), "{change} {}", page.html);
        assert!(page.title().starts_with("Error: "));
    }
}

#[tokio::test]
async fn a_child_is_added_by_hand_and_never_twice() {
    let (_council, _trust, mut browser) = custodian().await;
    assert_eq!(browser.get("/register/add").await.heading(), "Add a child");
    let number = nhs(40).digits();
    let fields = [
        ("status", "child-protection-plan"),
        ("nhs_number", number.as_str()),
        ("given", "Zoë"),
        ("family", "Testchild"),
        ("birth_day", "3"),
        ("birth_month", "4"),
        ("birth_year", "2020"),
        ("start_day", "29"),
        ("start_month", "5"),
        ("start_year", "2026"),
        ("category", "PHY"),
        WHY,
    ];
    let page = browser.post("/register/add", &fields).await;
    assert_eq!(page.heading(), "Is this right?", "{}", page.html);
    assert!(confirmed(&mut browser, &page).await.says("The register is changed"));
    let entry = open(&mut browser, 40).await;
    assert!(entry.says("Zoë") && entry.says("Physical abuse"), "{}", entry.html);
    let twice = browser.post("/register/add", &fields).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(twice.says("on the register already"), "{}", twice.html);
    let nothing = browser.post("/register/add", &[]).await;
    for wrong in ["Choose why", "Enter first and last name", "Enter: start", "Give the reason"] {
        assert!(nothing.says(wrong), "{wrong}");
    }
}

#[tokio::test]
async fn the_custodians_pages_are_for_custodians_and_for_the_node_that_keeps_the_register() {
    let (council, trust) = world::pair().await;
    let mut worker = Browser::signed_in(&council, "social-worker").await;
    for path in
        ["/register", "/register/add", "/register/due", "/register/import", "/register/queue"]
    {
        assert_eq!(worker.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let found = worker.post("/register/find", &[("nhs_number", &nhs(1).digits())]).await;
    assert_eq!(found.status, StatusCode::FORBIDDEN);
    assert!(!found.says("Ada"));
    let mut nurse = Browser::signed_in(&trust, "ed-clinician").await;
    assert_eq!(nurse.get("/register").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_handle_of_another_kind_or_session_opens_nothing() {
    let (council, _trust, mut browser) = custodian().await;
    let entry = open(&mut browser, 1).await;
    let handle = entry.handle().to_owned();
    let fields = [("handle", handle.as_str()), ("choice", "0")];
    assert_eq!(browser.post("/register/confirm", &fields).await.status, StatusCode::GONE);
    let far = [("handle", handle.as_str()), ("choice", "7")];
    assert_eq!(browser.post("/register/entry", &far).await.status, StatusCode::GONE);
    let mut other = Browser::signed_in(&council, "register-custodian").await;
    assert_eq!(other.post("/register/entry", &fields).await.status, StatusCode::GONE);
}

#[tokio::test]
async fn what_is_due_is_listed_with_the_rule_and_opens_the_entry() {
    let (council, _trust, mut browser) = custodian().await;
    let page = browser.get("/register/due").await;
    assert!(page.says("Nothing is due within 30 days."), "{}", page.html);
    council.core.clock.pass(jiff::SignedDuration::from_hours(24 * 60));
    let mut browser = Browser::signed_in(&council, "register-custodian").await;
    let page = browser.get("/register/due").await;
    for words in ["Overdue:", "14 July 2026", "at most 6 months after the last review", "Ada"] {
        assert!(page.says(words), "{words} in {}", page.html);
    }
    let fields = [("handle", page.handle()), ("choice", "0")];
    assert!(browser.post("/register/entry", &fields).await.says("Record a review"));
}

#[tokio::test]
async fn a_birth_is_recorded_on_the_mothers_entry_and_both_are_shown_before_it_is_confirmed() {
    let (council, _trust, mut browser) = custodian().await;
    let mother = open(&mut browser, 6).await;
    assert!(mother.says("Record the birth"), "{}", mother.html);
    let number = nhs(41).digits();
    let fields = [
        ("change", "born"),
        ("nhs_number", number.as_str()),
        ("given", "Baby"),
        ("family", "Mother"),
        ("birth_day", "30"),
        ("birth_month", "5"),
        ("birth_year", "2026"),
    ];
    let page = planned(&mut browser, 6, &fields).await;
    for words in ["Born: the child’s own plan begins", "Ended", "30 May 2026", "Baby"] {
        assert!(page.says(words), "{words} in {}", page.html);
    }
    confirmed(&mut browser, &page).await;
    assert_eq!(council.register.standing(jiff::civil::date(2026, 6, 1)), (5, 2));
    let own = open(&mut browser, 41).await;
    assert!(own.says("30 May 2026") && own.says("Child protection plan"), "{}", own.html);
    let mother = open(&mut browser, 6).await;
    assert!(!mother.says("Record the birth") && mother.says("Replaced by"), "{}", mother.html);
}

#[tokio::test]
async fn a_file_is_answered_per_file_and_per_row_and_a_part_of_one_changes_nothing() {
    let (_council, _trust, mut browser) = custodian().await;
    assert_eq!(browser.get("/register/import").await.heading(), "Import entries from a file");
    let head = "nhs_number,plan_type,start_date,given_names,family_name,birth_date";
    let good = format!("{},CPP,2026-05-01,Zoë,Testchild,2020-04-03", nhs(42).digits());
    let whole = format!("{head}\n{good}\n999 000 0019,CPP,2026-05-01,A,B,2020-01-01\nEND,2");
    let page = browser.post("/register/import", &[("file", &whole)]).await;
    assert_eq!(page.heading(), "CPF03: part loaded", "{}", page.html);
    assert!(page.says("CPR03") && page.says("A digit of this NHS number is wrong"));
    assert!(open(&mut browser, 42).await.says("Zoë"));
    let part = whole.replace("\nEND,2", "");
    let page = browser.post("/register/import", &[("file", &part)]).await;
    assert_eq!(page.heading(), "CPF01: corrupt: nothing was changed");
}
