//! Passkeys as a browser uses them, with a passkey in software.

use axum::http::StatusCode;
use kinfold_passkey::testing::SoftPasskey;
use serde_json::Value;

use super::{
    browser::{Browser, Page, between},
    world::{
        self, Node, ORIGIN,
        staff::{PIN, Person},
    },
};

/// What a page carries for the browser to make, or what it was asked.
fn asked(text: &str) -> (String, Value) {
    let text = text.replace("&quot;", "\"").replace("&#x2f;", "/").replace("&amp;", "&");
    let asked: Value = serde_json::from_str(&text).unwrap();
    (asked["ceremony"].as_str().unwrap().to_owned(), asked["options"].clone())
}

async fn step_up(browser: &mut Browser, node: &Node, person: &Person, name: &str) -> Page {
    let code = node.next_code(&person.token).expose().to_string();
    browser.post("/passkeys/add", &[("name", name), ("pin", PIN), ("code", &code)]).await
}

/// A person who has added a passkey, in the browser in which they did.
async fn with_passkey(node: &Node) -> (Person, Browser, SoftPasskey) {
    let person = node.employ("ed-clinician").await;
    let mut browser = Browser::at(node);
    browser.sign_in(node, &person).await;
    let page = step_up(&mut browser, node, &person, "Blue key").await;
    assert!(page.says("Add <bdi>Blue key</bdi>"), "{}", page.html);
    let (ceremony, options) = asked(between(&page.html, "data-making=\"", "\"").unwrap());
    let (thing, answer) = SoftPasskey::make(&options, ORIGIN);
    let made = [("ceremony", &*ceremony), ("answer", &answer)];
    assert_eq!(browser.post("/passkeys/made", &made).await.location(), "/passkeys");
    (person, browser, thing)
}

/// Asks for a challenge and answers it.
async fn answer(browser: &mut Browser, path: &str, thing: &mut SoftPasskey) -> Page {
    let page = browser.post(&format!("{path}/ask"), &[]).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    let (ceremony, options) = asked(&page.html);
    let answer = thing.answer(&options);
    browser.post(path, &[("ceremony", &ceremony), ("answer", &answer)]).await
}

#[tokio::test]
async fn a_passkey_is_added_signs_in_unlocks_and_is_removed() {
    let trust = world::trust().await;
    let (_, mut desk, mut thing) = with_passkey(&trust).await;
    let own = desk.get("/passkeys").await;
    let link = "<span class=\"nhsuk-u-visually-hidden\">, my ways to sign in</span>";
    assert!(own.says(link), "{}", own.html);
    assert!(own.says("Blue key") && own.says("SOFT-") && own.says("never"), "{}", own.html);

    let mut other = Browser::at(&trust);
    assert!(other.get("/sign-in").await.says("Sign in with a passkey"));
    let page = answer(&mut other, "/sign-in/passkey", &mut thing).await;
    assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/"));
    assert_eq!(other.get("/check").await.status, StatusCode::OK);

    assert_eq!(other.post("/lock", &[]).await.location(), "/unlock");
    assert!(other.get("/unlock").await.says("Unlock with a passkey"));
    let page = answer(&mut other, "/unlock/passkey", &mut thing).await;
    assert_eq!(page.location(), "/", "{}", page.html);
    assert_eq!(other.get("/check").await.status, StatusCode::OK);

    let own = desk.get("/passkeys").await;
    let id = between(&own.html, "name=\"passkey\" value=\"", "\"").unwrap();
    assert_eq!(desk.post("/passkeys/remove", &[("passkey", id)]).await.location(), "/passkeys");
    assert!(desk.get("/passkeys").await.says("You have none"));
    assert_eq!(other.get("/check").await.location(), "/sign-in", "its session is over");
    let page = answer(&mut Browser::at(&trust), "/sign-in/passkey", &mut thing).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_answer_that_is_wrong_in_any_way_is_told_alike_and_the_form_of_codes_stays() {
    let trust = world::trust().await;
    let (_, _, mut thing) = with_passkey(&trust).await;
    let mut browser = Browser::at(&trust);
    let page = answer(&mut browser, "/sign-in/passkey", &mut thing).await;
    assert_eq!(page.location(), "/");
    let mut told = Vec::new();
    thing.counter = 0;
    told.push(answer(&mut Browser::at(&trust), "/sign-in/passkey", &mut thing).await);
    (thing.counter, thing.verifies) = (9, false);
    told.push(answer(&mut Browser::at(&trust), "/sign-in/passkey", &mut thing).await);
    let mut browser = Browser::at(&trust);
    let (ceremony, _) = asked(&browser.post("/sign-in/passkey/ask", &[]).await.html);
    let garbled = [("ceremony", &*ceremony), ("answer", "garbled")];
    told.push(browser.post("/sign-in/passkey", &garbled).await);
    for page in &told {
        assert_eq!(page.status, StatusCode::UNAUTHORIZED);
        assert!(page.says("This passkey did not let you in") && page.says("Code from your token"));
    }
    let page = browser.post("/sign-in/passkey", &garbled).await;
    assert!(page.says("That took too long, or was sent twice"), "{}", page.html);
}

#[tokio::test]
async fn a_passkey_is_not_added_without_a_fresh_code() {
    let trust = world::trust().await;
    let person = trust.employ("ed-clinician").await;
    let mut browser = Browser::at(&trust);
    let code = trust.next_code(&person.token).expose().to_string();
    let name = person.user_name.as_str();
    browser.post("/sign-in", &[("user_name", name), ("pin", PIN), ("code", &code)]).await;
    for (pin, code) in [(PIN, &*code), ("730518", "123456"), ("", "")] {
        let typed = [("name", "Blue key"), ("pin", pin), ("code", code)];
        let page = browser.post("/passkeys/add", &typed).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(!page.says("data-making") && page.says("There is a problem"), "{}", page.html);
    }
    let page = browser.post("/passkeys/made", &[("ceremony", "00"), ("answer", "{}")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(browser.get("/passkeys").await.says("You have none"));
}

#[tokio::test]
async fn operators_see_and_remove_a_passkey_that_was_lost_and_nobody_else_does() {
    let trust = world::trust().await;
    let (person, mut desk, _) = with_passkey(&trust).await;
    let mut operator = Browser::signed_in(&trust, "operator").await;
    assert!(operator.get("/tokens").await.says("1 passkey,"));
    let of = person.user_name.as_str();
    let page = operator.post("/tokens/find", &[("find", of)]).await;
    assert!(page.says("Passkeys of") && page.says("Blue key"), "{}", page.html);
    let id = between(&page.html, "name=\"passkey\" value=\"", "\"").unwrap().to_owned();
    let lost = [("user_name", of), ("passkey", &*id)];
    assert_eq!(desk.post("/tokens/passkey", &lost).await.status, StatusCode::FORBIDDEN);
    let page = operator.post("/tokens/passkey", &lost).await;
    assert!(!page.says("Blue key") && page.says("0 passkeys,"), "{}", page.html);
    assert_eq!(desk.get("/passkeys").await.location(), "/sign-in", "the sessions are over");
    let again = operator.post("/tokens/passkey", &lost).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
}
