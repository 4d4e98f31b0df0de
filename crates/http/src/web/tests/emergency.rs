//! Emergency codes: made and printed once, typed into the field of a token's code, ended by their owner or an operator.

use axum::http::{StatusCode, header};

use super::{
    browser::{Browser, Page},
    world::{
        self, Node,
        staff::{PIN, Person},
    },
};

/// The codes on a page that is to be printed.
fn printed(page: &Page) -> Vec<String> {
    let codes = page.html.split("kinfold-secret\">").skip(1);
    codes.map(|rest| rest.split('<').next().unwrap().to_owned()).collect()
}

async fn make(desk: &mut Browser, node: &Node, person: &Person) -> Page {
    let code = node.next_code(&person.token).expose().to_string();
    desk.post("/emergency-codes/make", &[("pin", PIN), ("code", &code)]).await
}

/// A nurse at a desk, with ten codes on paper.
async fn with_codes(node: &Node) -> (Person, Browser, Vec<String>) {
    let person = node.employ("ed-clinician").await;
    let mut desk = Browser::at(node);
    desk.sign_in(node, &person).await;
    let page = make(&mut desk, node, &person).await;
    let codes = printed(&page);
    assert_eq!((page.status, codes.len()), (StatusCode::OK, 10), "{}", page.html);
    (person, desk, codes)
}

async fn enter(browser: &mut Browser, person: &Person, code: &str) -> Page {
    let name = person.user_name.as_str();
    browser.post("/sign-in", &[("user_name", name), ("pin", PIN), ("code", code)]).await
}

#[tokio::test]
async fn codes_are_shown_once_on_a_page_for_paper_that_names_nobody() {
    let trust = world::trust().await;
    let person = trust.employ("ed-clinician").await;
    let mut desk = Browser::at(&trust);
    desk.sign_in(&trust, &person).await;
    assert!(desk.get("/passkeys").await.says("Make a sheet of them"));
    assert!(desk.get("/emergency-codes").await.says("You have none"));
    let page = make(&mut desk, &trust, &person).await;
    let codes = printed(&page);
    assert_eq!(codes.len(), 10, "{}", page.html);
    assert!(codes.iter().all(|code| code.len() == 24), "five groups of four: {codes:?}");
    assert_eq!(page.title(), "Emergency codes – Kinfold");
    assert_eq!(page.headers[header::CACHE_CONTROL], "no-store");
    let paper = page.html.split("<main").nth(1).unwrap().split("</main>").next().unwrap();
    for name in [person.user_name.as_str(), "Kim", PIN, "Northmoor"] {
        assert!(!paper.contains(name), "{name} stands on the paper");
    }
    for path in ["/emergency-codes", "/passkeys"] {
        let page = desk.get(path).await;
        assert!(page.says("10 of 10") && !page.says(&codes[0]), "{}", page.html);
    }
}

#[tokio::test]
async fn a_code_from_paper_signs_in_and_unlocks_in_the_field_of_a_tokens_code() {
    let trust = world::trust().await;
    let (person, _, codes) = with_codes(&trust).await;
    let mut browser = Browser::at(&trust);
    let form = browser.get("/sign-in").await;
    assert!(form.says("No token at hand? Enter an emergency code"), "{}", form.html);
    let field = form.html.split("id=\"code\"").nth(1).unwrap().split('>').next().unwrap();
    assert!(!field.contains("pattern") && field.contains("maxlength=\"200\""), "{field}");
    let hyphens = codes[0].replace(' ', "-");
    assert_eq!(enter(&mut browser, &person, &hyphens).await.location(), "/");
    assert_eq!(browser.get("/check").await.status, StatusCode::OK);

    browser.post("/lock", &[]).await;
    assert!(browser.get("/unlock").await.says("Enter an emergency code"));
    let used = browser.post("/unlock", &[("pin", PIN), ("code", &codes[0])]).await;
    assert_eq!(used.status, StatusCode::UNAUTHORIZED);
    assert!(used.says("was already used. Compare it with your sheet"), "{}", used.html);
    let letters = codes[1].replace('0', "O").replace('1', "l");
    let page = browser.post("/unlock", &[("pin", PIN), ("code", &letters)]).await;
    assert_eq!(page.location(), "/", "{}", page.html);
    assert!(browser.get("/passkeys").await.says("8 of 10"));
}

#[tokio::test]
async fn a_code_that_opens_nothing_is_told_alike_and_waits_like_any_other() {
    let trust = world::trust().await;
    let (person, _, codes) = with_codes(&trust).await;
    let mut browser = Browser::at(&trust);
    let name = person.user_name.as_str();
    let wrong_pin = [("user_name", name), ("pin", "740512"), ("code", &*codes[0])];
    let one = browser.post("/sign-in", &wrong_pin).await;
    let other = enter(&mut browser, &person, "1234 5678 9012 3456 7890").await;
    assert_eq!((one.status, &one.html), (StatusCode::UNAUTHORIZED, &other.html));
    assert!(!one.says(&codes[0]), "what was typed does not come back");
    enter(&mut browser, &person, "1234 5678 9012 3456 7890").await;
    let waits = enter(&mut browser, &person, &codes[0]).await;
    assert_eq!(waits.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(waits.headers.contains_key(header::RETRY_AFTER));
    assert_eq!(browser.sign_in(&trust, &person).await.location(), "/", "the token still does");
    let short = enter(&mut Browser::at(&trust), &person, "1234 5678 9012").await;
    assert!(short.says("6 or 8 digits, an emergency code 20"), "{}", short.html);
}

#[tokio::test]
async fn an_emergency_code_is_no_step_up() {
    let trust = world::trust().await;
    let (_, mut desk, codes) = with_codes(&trust).await;
    let typed = [("pin", PIN), ("code", &*codes[0])];
    let mut named = vec![("name", "Blue key")];
    named.extend(typed);
    let mut chosen = vec![("new_pin", "730518"), ("again", "730518")];
    chosen.extend(typed);
    for (path, fields) in [
        ("/emergency-codes/make", &typed[..]),
        ("/passkeys/add", &named[..]),
        ("/pin", &chosen[..]),
    ] {
        let page = desk.post(path, fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        assert!(page.says("this takes a code from a token"), "{path} {}", page.html);
    }
    assert!(desk.get("/emergency-codes").await.says("10 of 10"), "none was spent");
}

#[tokio::test]
async fn who_signs_in_with_few_codes_left_reads_so_until_they_look() {
    let trust = world::trust().await;
    let (person, _, codes) = with_codes(&trust).await;
    let mut browser = Browser::at(&trust);
    for code in &codes[..6] {
        enter(&mut browser, &person, code).await;
        assert!(!browser.get("/check").await.says("of your emergency codes"));
        browser.post("/sign-out", &[]).await;
    }
    assert_eq!(enter(&mut browser, &person, &codes[6]).await.location(), "/");
    let told = "3 of your emergency codes are left.";
    assert!(browser.get("/check").await.says(told) && browser.get("/looks").await.says(told));
    let page = browser.get("/emergency-codes").await;
    assert!(page.says("3 of 10") && page.says("Make another sheet while"), "{}", page.html);
    assert!(!browser.get("/check").await.says(told));
    let mut by_token = Browser::at(&trust);
    by_token.sign_in(&trust, &person).await;
    assert!(by_token.get("/check").await.says(told), "now they can make others");
    let page = make(&mut by_token, &trust, &person).await;
    assert_eq!(printed(&page).len(), 10);
    assert!(!by_token.get("/check").await.says("of your emergency codes"));
    assert_eq!(enter(&mut browser, &person, &codes[7]).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn lost_codes_are_ended_by_their_owner_or_an_operator_and_nobody_else() {
    let trust = world::trust().await;
    let (person, mut desk, codes) = with_codes(&trust).await;
    let mut elsewhere = Browser::at(&trust);
    enter(&mut elsewhere, &person, &codes[0]).await;
    assert_eq!(desk.post("/emergency-codes/end", &[]).await.location(), "/emergency-codes");
    assert!(desk.get("/emergency-codes").await.says("You have none"));
    assert_eq!(elsewhere.get("/check").await.location(), "/sign-in");
    assert_eq!(enter(&mut elsewhere, &person, &codes[1]).await.status, StatusCode::UNAUTHORIZED);
    let again = desk.post("/emergency-codes/end", &[]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);

    make(&mut desk, &trust, &person).await;
    let mut operator = Browser::signed_in(&trust, "operator").await;
    let of = person.user_name.as_str();
    let page = operator.post("/tokens/find", &[("find", of)]).await;
    assert!(page.says("Emergency codes of") && page.says("10 of 10"), "{}", page.html);
    let lost = [("user_name", of)];
    let refused = desk.post("/tokens/emergency-codes", &lost).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let page = operator.post("/tokens/emergency-codes", &lost).await;
    assert!(page.status.is_success() && !page.says("Emergency codes of"), "{}", page.html);
    assert_eq!(desk.get("/check").await.location(), "/sign-in", "the sessions are over");
    let again = operator.post("/tokens/emergency-codes", &lost).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.says("have ended already"), "{}", again.html);
}
