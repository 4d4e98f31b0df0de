//! Several people at one screen: each finds what they had typed, and nobody what a colleague had.

use std::collections::BTreeSet;

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use jiff::SignedDuration;

use super::{
    browser::{Browser, Page, between, encoded},
    world::{
        self, Node,
        children::nhs,
        staff::{PIN, Person},
    },
};
use crate::web::drafts::Form;

/// A check by name, half typed.
const HALF: [(&str, &str); 5] = [
    ("draft", "/check"),
    ("purpose", "direct-care-unscheduled"),
    ("given", "Imogen"),
    ("family", "Quillfeather"),
    ("birth_day", "7"),
];

fn code(node: &Node, person: &Person) -> String {
    node.next_code(&person.token).expose().to_string()
}

async fn unlock(browser: &mut Browser, node: &Node, person: &Person) -> Page {
    let code = code(node, person);
    browser.post("/unlock", &[("pin", PIN), ("code", &code)]).await
}

/// A nurse who has locked the screen over a half typed form, and her colleague.
async fn left() -> (Node, Browser, Person, Person) {
    let trust = world::trust().await;
    let (nurse, colleague) = (trust.employ("ed-clinician").await, trust.employ("operator").await);
    let mut browser = Browser::at(&trust);
    browser.sign_in(&trust, &nurse).await;
    assert_eq!(browser.post("/lock", &HALF).await.location(), "/unlock");
    (trust, browser, nurse, colleague)
}

/// The form is there as it was left.
async fn found(browser: &mut Browser) {
    let page = browser.get("/draft").await;
    assert_eq!((page.status, page.heading()), (StatusCode::OK, "Check a child"));
    for words in ["value=\"Imogen\"", "value=\"Quillfeather\"", "value=\"7\""] {
        assert!(page.says(words), "{words}: {}", page.html);
    }
    let purpose = page.html.split("value=\"direct-care-unscheduled\"").nth(1).unwrap();
    assert!(purpose.trim_start().starts_with("checked"), "{}", page.html);
    assert!(!page.says("There is a problem") && !page.title().contains("Quill"));
}

#[tokio::test]
async fn the_lock_button_sends_what_stands_in_the_pages_form_along_without_any_script() {
    let trust = world::trust().await;
    let mut nurse = Browser::signed_in(&trust, "ed-clinician").await;
    for (path, has_form) in [("/check", true), ("/view", true), ("/looks", false)] {
        let page = nurse.get(path).await;
        let lock = between(&page.html, "title=\"Alt and L\"", ">").unwrap();
        assert_eq!(
            lock.contains("form=\"draft\" formaction=\"/lock\""),
            has_form,
            "{path}: {lock}"
        );
        assert_eq!(page.says("<form id=\"draft\" method=\"post\""), has_form, "{path}");
        assert_eq!(page.says(&format!("name=\"draft\" value=\"{path}\"")), has_form, "{path}");
    }
}

#[tokio::test]
async fn every_form_of_which_a_draft_is_kept_says_so_and_browsers_keep_none_of_it() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/templates");
    let mut named = BTreeSet::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        for form in text.split("<form").skip(1) {
            let form = form.split("</form>").next().unwrap();
            let Some(draft) = between(form, "name=\"draft\" value=\"", "\"") else { continue };
            assert_eq!(between(form, "action=\"", "\""), Some(draft));
            assert!(form.contains("autocomplete=\"off\" novalidate"), "{draft}");
            assert!(!form.contains("password") && !form.contains("pin(wrong)"), "{draft}");
            named.insert(draft.to_owned());
        }
    }
    assert_eq!(named, Form::ALL.into_iter().map(|(_, path)| path.to_owned()).collect());
}

#[tokio::test]
async fn whoever_comes_back_finds_her_form_as_she_left_it() {
    let (trust, mut browser, nurse, _) = left().await;
    assert!(browser.get("/unlock").await.says("What you had typed is kept for you"));
    assert!(!browser.get("/unlock").await.says("Quillfeather"));
    assert_eq!(browser.get("/draft").await.location(), "/unlock", "not before");
    assert_eq!(unlock(&mut browser, &trust, &nurse).await.location(), "/draft");
    found(&mut browser).await;
    found(&mut browser).await;
    assert_eq!(browser.post("/lock", &[]).await.location(), "/unlock");
    assert_eq!(unlock(&mut browser, &trust, &nurse).await.location(), "/", "she had moved on");
}

#[tokio::test]
async fn a_colleague_works_at_the_screen_meanwhile_and_never_meets_what_was_typed() {
    let (trust, mut browser, nurse, colleague) = left().await;
    let mut pages = vec![browser.get("/unlock").await];
    pages.push(browser.post("/switch", &[]).await);
    assert_eq!(pages[1].location(), "/sign-in");
    let form = browser.get("/sign-in").await;
    assert!(form.says("Go on as <bdi>Kim ed-clinician</bdi>"), "{}", form.html);
    pages.push(form);
    pages.push(browser.sign_in(&trust, &colleague).await);
    assert_eq!(pages[3].location(), "/");
    for path in ["/tokens", "/draft", "/feeds", "/staff/add", "/passkeys", "/check", "/looks"] {
        pages.push(browser.get(path).await);
    }
    assert_eq!(pages[5].location(), "/", "there is no draft of hers");
    let hers = [("draft", "/staff/add"), ("name", "Otto Brandling")];
    pages.push(browser.post("/lock", &hers).await);
    pages.push(browser.get("/unlock").await);
    for page in &pages {
        let told = format!("{:?} {}", page.headers, page.html);
        assert!(!told.contains("Quillfeather") && !told.contains("Imogen"), "{told}");
    }

    let locked = browser.get("/unlock").await;
    let session = between(&locked.html, "name=\"session\" value=\"", "\"").unwrap().to_owned();
    let page = browser.post("/switch", &[("session", &session)]).await;
    assert_eq!(page.location(), "/unlock");
    let page = browser.get("/unlock").await;
    assert!(page.says("<bdi>Kim ed-clinician</bdi></strong>"), "{}", page.html);
    assert!(page.says("Go on as <bdi>Kim operator</bdi>"), "{}", page.html);
    assert_eq!(unlock(&mut browser, &trust, &colleague).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(unlock(&mut browser, &trust, &nurse).await.location(), "/draft");
    found(&mut browser).await;

    // And the colleague's is hers.
    browser.post("/switch", &[("session", &session)]).await;
    let locked = browser.get("/sign-in").await;
    let session = between(&locked.html, "name=\"session\" value=\"", "\"").unwrap().to_owned();
    browser.post("/switch", &[("session", &session)]).await;
    assert_eq!(unlock(&mut browser, &trust, &colleague).await.location(), "/draft");
    let page = browser.get("/draft").await;
    assert!(page.says("Otto Brandling") && !page.says("Quillfeather"), "{}", page.html);
}

#[tokio::test]
async fn whoever_signs_in_by_name_at_a_screen_where_they_were_set_aside_finds_theirs() {
    let (trust, mut browser, nurse, colleague) = left().await;
    // Over the locked screen at once, as from a page that was still open.
    assert_eq!(browser.sign_in(&trust, &colleague).await.location(), "/");
    assert_eq!(browser.post("/sign-out", &[]).await.location(), "/sign-in");
    let page = browser.sign_in(&trust, &nurse).await;
    assert_eq!(page.location(), "/draft");
    found(&mut browser).await;
    assert_eq!(browser.aside, None, "nobody is set aside any more");
    assert_eq!(browser.get("/passkeys").await.html.matches("This is here").count(), 1);
    assert!(!browser.get("/passkeys").await.says("Locked"), "her old session has ended");
}

#[tokio::test]
async fn a_form_that_is_sent_from_a_screen_that_had_locked_by_itself_is_not_lost() {
    let trust = world::trust().await;
    let nurse = trust.employ("ed-clinician").await;
    let mut browser = Browser::at(&trust);
    browser.sign_in(&trust, &nurse).await;
    trust.core.clock.pass(SignedDuration::from_mins(31));
    assert_eq!(browser.post("/check", &HALF[1..]).await.location(), "/unlock");
    let other = [("family", "Other"), ("given", "Else")];
    let page = browser.post("/check", &other).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED, "nothing takes its place");
    assert_eq!(unlock(&mut browser, &trust, &nurse).await.location(), "/draft");
    found(&mut browser).await;
    trust.core.clock.pass(SignedDuration::from_mins(31));
    assert_eq!(browser.post("/lock", &HALF).await.location(), "/unlock");
    assert_eq!(unlock(&mut browser, &trust, &nurse).await.location(), "/draft");
    found(&mut browser).await;
}

#[tokio::test]
async fn no_other_site_and_no_stranger_leaves_a_draft() {
    let (trust, mut browser, nurse, _) = left().await;
    unlock(&mut browser, &trust, &nurse).await;
    browser.get("/draft").await;
    browser.post("/lock", &[]).await;
    for path in ["/check", "/lock"] {
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(header::HOST, "node.example")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-site")
            .body(Body::from(encoded(&HALF)));
        assert_eq!(browser.send(request.unwrap()).await.status, StatusCode::FORBIDDEN, "{path}");
        let page = Browser::at(&trust).post(path, &HALF).await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{path}");
    }
    assert_eq!(unlock(&mut browser, &trust, &nurse).await.location(), "/");
}

#[tokio::test]
async fn a_draft_is_gone_once_its_form_was_sent_or_its_session_is_over() {
    let (trust, mut browser, nurse, _) = left().await;
    assert_eq!(browser.post("/sign-out", &[]).await.location(), "/sign-in");
    assert_eq!(browser.sign_in(&trust, &nurse).await.location(), "/");
    assert_eq!(browser.get("/draft").await.location(), "/");

    browser.post("/lock", &HALF).await;
    unlock(&mut browser, &trust, &nurse).await;
    let number = nhs(1).digits();
    let sent = [("nhs_number", &*number), ("purpose", "direct-care-unscheduled")];
    assert_eq!(browser.post("/check", &sent).await.status, StatusCode::OK);
    assert_eq!(browser.get("/draft").await.location(), "/");

    browser.post("/lock", &HALF).await;
    trust.core.clock.pass(SignedDuration::from_hours(12));
    assert_eq!(browser.get("/draft").await.location(), "/sign-in");
    assert_eq!(browser.sign_in(&trust, &nurse).await.location(), "/");
}

#[tokio::test]
async fn what_a_browser_held_of_a_locked_session_opens_nothing_once_its_owner_is_back() {
    let (trust, mut browser, nurse, colleague) = left().await;
    let locked = browser.cookie().unwrap().to_owned();
    browser.sign_in(&trust, &colleague).await;
    let aside = browser.aside.clone().unwrap();
    let name = locked.split('=').next().unwrap().to_owned();
    let copy = format!("{name}={}", aside.split('=').nth(1).unwrap());
    assert_eq!(copy, locked, "the very secret of the locked session");
    let open = |cookie: &str| {
        Request::get("/check").header(header::COOKIE, cookie).body(Body::empty()).unwrap()
    };
    let mut thief = Browser::at(&trust);
    assert_eq!(thief.send(open(&copy)).await.location(), "/unlock", "locked until then");
    let session = between(&browser.get("/unlock").await.html, "value=\"", "\"").map(str::to_owned);
    assert_eq!(session, None, "the colleague's screen is open");
    browser.post("/sign-out", &[]).await;
    let page = browser.get("/sign-in").await;
    let session = between(&page.html, "name=\"session\" value=\"", "\"").unwrap().to_owned();
    browser.post("/switch", &[("session", &session)]).await;
    assert_eq!(unlock(&mut browser, &trust, &nurse).await.location(), "/draft");
    assert_eq!(thief.send(open(&copy)).await.location(), "/sign-in");
    assert_eq!(browser.get("/check").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_screen_holds_eight_and_says_what_to_do_with_a_ninth() {
    let trust = world::trust().await;
    let mut browser = Browser::at(&trust);
    for n in 0..9 {
        let person = trust.employ("ed-clinician").await;
        assert_eq!(browser.sign_in(&trust, &person).await.location(), "/", "{n}");
        browser.post("/lock", &[]).await;
    }
    let page = browser.post("/switch", &[]).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.says("Too many are set aside at this screen"), "{}", page.html);
    let person = trust.employ("ed-clinician").await;
    assert_eq!(browser.sign_in(&trust, &person).await.status, StatusCode::CONFLICT);
    assert_eq!(browser.post("/sign-out", &[]).await.location(), "/sign-in");
    assert_eq!(browser.sign_in(&trust, &person).await.location(), "/");
}

#[tokio::test]
async fn a_custodians_half_written_correction_of_an_entry_comes_back_with_the_entry() {
    let (council, _trust) = world::pair().await;
    let custodian = council.employ("register-custodian").await;
    let mut browser = Browser::at(&council);
    browser.sign_in(&council, &custodian).await;
    let found = browser.post("/register/find", &[("nhs_number", &nhs(1).digits())]).await;
    let entry = [("handle", found.handle()), ("choice", "0")];
    let entry = browser.post("/register/entry", &entry).await;
    let change = [("handle", entry.handle()), ("change", "correct")];
    let form = browser.post("/register/change", &change).await;
    assert!(form.says("form=\"draft\" formaction=\"/lock\""), "{}", form.html);
    let half = [
        ("draft", "/register/plan"),
        ("handle", form.handle()),
        ("change", "correct"),
        ("worker", "Wendy Wren"),
        ("reason", "She rang on Monday"),
    ];
    browser.post("/lock", &half).await;
    assert_eq!(unlock(&mut browser, &council, &custodian).await.location(), "/draft");
    let page = browser.get("/draft").await;
    assert!(page.says("Wendy Wren") && page.says("She rang on Monday"), "{}", page.html);
    let sent = [("handle", page.handle()), ("change", "correct"), half[3], half[4]];
    let planned = browser.post("/register/plan", &sent).await;
    assert_eq!(planned.heading(), "Is this right?", "{}", planned.html);
}
