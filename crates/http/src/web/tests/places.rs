//! Sessions in several places, as their owner and governance see them.

use axum::{body::Body, http::Request};

use super::{
    browser::{Browser, Page, between, encoded},
    world::{
        self, Node, PROXY,
        staff::{PIN, Person},
    },
};

const BANNER: &str = "You are also signed in at ";

async fn at(node: &Node, person: &Person, from: &'static str) -> Browser {
    let mut browser = Browser::at(node);
    browser.from = from;
    assert_eq!(browser.sign_in(node, person).await.location(), "/");
    browser
}

#[tokio::test]
async fn whoever_is_signed_in_at_two_addresses_reads_so_on_every_page_and_ends_the_other() {
    let trust = world::trust().await;
    let person = trust.employ("ed-clinician").await;
    let mut ward = at(&trust, &person, "10.1.2.3").await;
    let mut same = at(&trust, &person, "10.1.2.3").await;
    assert!(!ward.get("/check").await.says(BANNER), "one place is one place");
    let mut elsewhere = at(&trust, &person, "10.9.9.9").await;
    for path in ["/check", "/looks", "/agreement"] {
        let page = ward.get(path).await;
        let words = format!("{BANNER}10.9.9.9 since 1 June 2026 at 14:02");
        assert!(page.says(&words), "{path}: {}", page.html);
        assert!(!page.title().contains("10.9"), "{path}");
    }
    let page = elsewhere.get("/check").await;
    assert!(page.says(&format!("{BANNER}10.1.2.3")), "{}", page.html);
    assert_eq!(ward.post("/sessions/end-others", &[]).await.location(), "/passkeys");
    assert!(!ward.get("/check").await.says(BANNER));
    for ended in [&mut elsewhere, &mut same] {
        assert_eq!(ended.get("/check").await.location(), "/sign-in");
    }
}

#[tokio::test]
async fn a_screen_that_is_locked_elsewhere_is_no_alarm_and_stands_on_the_list() {
    let trust = world::trust().await;
    let person = trust.employ("ed-clinician").await;
    let mut ward = at(&trust, &person, "10.1.2.3").await;
    let mut desk = at(&trust, &person, "10.9.9.9").await;
    ward.post("/lock", &[]).await;
    let page = desk.get("/passkeys").await;
    assert!(!page.says(BANNER) && page.says("10.1.2.3 <strong class=\"nhsuk-tag"), "{}", page.html);
    assert!(page.says("This is here") && page.says("10.9.9.9"), "{}", page.html);
    let code = trust.next_code(&person.token).expose().to_string();
    assert_eq!(ward.post("/unlock", &[("pin", PIN), ("code", &code)]).await.location(), "/");
    let page = desk.get("/passkeys").await;
    assert!(page.says(BANNER), "unlocked there");
    let id = between(&page.html, "name=\"session\" value=\"", "\"").unwrap().to_owned();
    assert_eq!(desk.post("/sessions/end", &[("session", &id)]).await.location(), "/passkeys");
    assert_eq!(ward.get("/check").await.location(), "/sign-in");
    assert_eq!(desk.get("/check").await.status, 200);
    let garbled = desk.post("/sessions/end", &[("session", "mine")]).await;
    assert_eq!(garbled.status, 400);
}

#[tokio::test]
async fn nobody_ends_a_colleagues_session() {
    let trust = world::trust().await;
    let nurse = trust.employ("ed-clinician").await;
    let mut one = at(&trust, &nurse, "10.1.2.3").await;
    let _other = at(&trust, &nurse, "10.9.9.9").await;
    let page = one.get("/passkeys").await;
    let id = between(&page.html, "name=\"session\" value=\"", "\"").unwrap().to_owned();
    let colleague = trust.employ("ed-clinician").await;
    let mut colleague = at(&trust, &colleague, "10.9.9.9").await;
    colleague.post("/sessions/end", &[("session", &id)]).await;
    colleague.post("/sessions/end-others", &[]).await;
    assert!(one.get("/check").await.says(BANNER), "both stand");
}

#[tokio::test]
async fn governance_alone_sees_who_is_signed_in_at_several_addresses() {
    let trust = world::trust().await;
    let nurse = trust.employ("ed-clinician").await;
    let mut governance = Browser::signed_in(&trust, "information-governance").await;
    let mut operator = Browser::signed_in(&trust, "operator").await;
    let says = |page: &Page| page.says("10.9.9.9 since 1 June 2026");
    let mut ward = at(&trust, &nurse, "10.1.2.3").await;
    assert!(governance.get("/staff").await.says("Nobody is signed in at more than one address"));
    let _desk = at(&trust, &nurse, "10.9.9.9").await;
    let page = governance.get("/staff").await;
    assert!(says(&page) && page.says("10.1.2.3 since") && page.says("Kim ed-clinician"));
    let page = operator.get("/staff").await;
    assert!(!says(&page) && !page.says("more than one address"), "{}", page.html);
    ward.post("/lock", &[]).await;
    assert!(!says(&governance.get("/staff").await));
}

#[tokio::test]
async fn behind_a_trusted_proxy_an_address_is_the_clients_and_nobody_else_may_name_one() {
    let trust = world::trust().await;
    let person = trust.employ("ed-clinician").await;
    for (from, shown) in [(PROXY, "10.7.7.7"), ("10.1.2.3", "10.1.2.3")] {
        let mut browser = Browser::at(&trust);
        browser.from = from;
        let code = trust.next_code(&person.token).expose().to_string();
        let name = person.user_name.as_str();
        let form = encoded(&[("user_name", name), ("pin", PIN), ("code", &code)]);
        let request = Request::post("/sign-in")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .header("x-forwarded-for", "10.6.6.6, 10.7.7.7")
            .body(Body::from(form));
        assert_eq!(browser.send(request.unwrap()).await.location(), "/");
        let page = browser.get("/passkeys").await;
        assert!(page.says(shown) && !page.says("10.6.6.6"), "{}", page.html);
    }
}
