//! Signing in at an identity provider, as a browser goes there and back.

use axum::http::{StatusCode, header};
use kinfold_oidc::{Refusal, Trouble};
use kinfold_service::testing::TestProvider;

use super::{
    browser::{Browser, Page, between},
    step_up::about_to_break_the_glass,
    world::{
        self, Node,
        staff::{PIN, Person},
    },
};

const SUBJECT: &str = "787807429511";

/// An operator links somebody, with a colleague.
async fn link(
    node: &Node,
    operator: &mut Browser,
    (of, own): (&Person, &Person),
    with: &Person,
) -> Page {
    let code = |person: &Person| node.next_code(&person.token).expose().to_string();
    let (code, second_code) = (code(own), code(with));
    let fields = [
        ("employee", of.user_name.as_str()),
        ("subject", SUBJECT),
        ("asked", "yes"),
        ("pin", PIN),
        ("code", &code),
        ("user_name", with.user_name.as_str()),
        ("second_pin", PIN),
        ("second_code", &second_code),
    ];
    operator.post("/tokens/link", &fields).await
}

/// Whoever is linked, and the operator's browser in which they were.
async fn linked(node: &Node) -> (Person, Browser) {
    let (person, operator) = (node.employ("ed-clinician").await, node.employ("operator").await);
    let colleague = node.employ("information-governance").await;
    let mut browser = Browser::at(node);
    browser.sign_in(node, &operator).await;
    let form = [("employee", person.user_name.as_str())];
    let page = browser.post("/tokens/link", &form).await;
    assert!(page.heading().contains("to Care Identity"), "{}", page.html);
    let page = link(node, &mut browser, (&person, &operator), &colleague).await;
    assert!(page.says("Linked since") && !page.says(SUBJECT), "{}", page.html);
    (person, browser)
}

/// Goes to the provider, and comes back with this.
async fn through(browser: &mut Browser, path: &str, more: &str) -> Page {
    there_and_back(browser, (path, &[]), more).await
}

async fn there_and_back(
    browser: &mut Browser,
    (path, fields): (&str, &[(&str, &str)]),
    more: &str,
) -> Page {
    let page = browser.post(path, fields).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    let state =
        between(&page.html, "state=", "\"").or_else(|| between(&page.html, "state&#x3d;", "\""));
    let state = state.expect("an address with a state").to_owned();
    browser.come_back(&format!("/sign-in/oidc/back?state={state}&{more}")).await
}

#[tokio::test]
async fn somebody_who_is_linked_signs_in_unlocks_and_is_unlinked() {
    let trust = world::trust().await;
    let (person, mut operator) = linked(&trust).await;
    let mut browser = Browser::at(&trust);
    assert!(browser.get("/sign-in").await.says("Sign in with Care Identity"));
    let page =
        through(&mut browser, "/sign-in/oidc", "code=good&iss=https%3A%2F%2Fidp.example").await;
    assert_eq!((page.status, page.heading()), (StatusCode::OK, "You are signed in"));
    assert_eq!((page.title(), page.location()), ("Signed in – Kinfold", ""));
    assert_eq!(
        page.headers.get_all(header::SET_COOKIE).iter().count(),
        2,
        "and the other is taken"
    );
    assert_eq!(browser.get("/check").await.status, StatusCode::OK);

    assert_eq!(browser.post("/lock", &[]).await.location(), "/unlock");
    assert!(browser.get("/unlock").await.says("Unlock with Care Identity"));
    let page = through(&mut browser, "/unlock/oidc", "code=good").await;
    assert_eq!(page.heading(), "You are signed in");
    assert_eq!(browser.get("/check").await.status, StatusCode::OK);

    let fields = [("user_name", person.user_name.as_str())];
    assert!(operator.post("/tokens/unlink", &fields).await.says("Not linked"));
    assert_eq!(browser.get("/check").await.location(), "/sign-in", "the session is over");
    let page = through(&mut Browser::at(&trust), "/sign-in/oidc", "code=good").await;
    assert!(
        page.says("nobody here is linked") || page.says("Nobody here is linked"),
        "{}",
        page.html
    );
}

/// Goes to the provider from a page that wants a step-up, and comes back.
async fn steps_up(browser: &mut Browser, (what, handle): (&str, &str)) -> Page {
    let fields = [("what", what), ("handle", handle)];
    there_and_back(browser, ("/step-up/oidc", &fields), "code=good").await
}

#[tokio::test]
async fn the_glass_is_broken_by_whoever_proves_themselves_at_the_provider_anew() {
    let trust = world::trust().await;
    let (_, mut operator) = linked(&trust).await;
    let mut browser = Browser::at(&trust);
    through(&mut browser, "/sign-in/oidc", "code=good").await;
    assert_eq!(browser.get("/step-up").await.location(), "/", "nothing waits");
    let handle = about_to_break_the_glass(&mut browser).await;
    let page = steps_up(&mut browser, ("break-glass", &handle)).await;
    assert_eq!((page.status, page.heading()), (StatusCode::OK, "It is you"));
    assert!(page.says("step-up"), "{}", page.html);
    let page = browser.get("/step-up").await;
    assert_eq!((page.heading(), page.handle()), ("Break the glass", &*handle));
    assert!(page.says("with Care Identity"), "{}", page.html);
    let go_on = [("handle", &*handle), ("outside", "1")];
    let export = browser.post("/who/export", &go_on).await;
    assert_eq!(export.status, StatusCode::FORBIDDEN, "not for a nurse, whatever she proved");
    let view = browser.post("/view/break-glass", &go_on).await;
    assert!(view.says("You broke the glass"), "{}", view.html);
    let again = browser.post("/view/break-glass", &go_on).await;
    assert!(!again.says("You broke the glass"), "{}", again.html);
    assert_eq!(browser.get("/step-up").await.location(), "/", "it was spent");

    // What keeps a way in for later is not for the provider to say.
    for what in ["add-passkey", "make-emergency-codes", ""] {
        let page = browser.post("/step-up/oidc", &[("what", what)]).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{what}");
    }
    assert_eq!(operator.get("/step-up").await.location(), "/");
}

#[tokio::test]
async fn a_proof_of_the_provider_opens_nothing_that_was_not_asked_for() {
    let trust = world::trust().await;
    linked(&trust).await;
    let mut browser = Browser::at(&trust);
    through(&mut browser, "/sign-in/oidc", "code=good").await;
    let handle = about_to_break_the_glass(&mut browser).await;
    let go_on = [("handle", &*handle), ("outside", "1")];
    let page = browser.post("/view/break-glass", &go_on).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "nothing was proved");
    assert!(page.says("took too long, or was sent twice"), "{}", page.html);
    let page = steps_up(&mut browser, ("export-who-looked", &handle)).await;
    assert_eq!(page.status, StatusCode::OK);
    let page = browser.post("/view/break-glass", &go_on).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "it was for another thing");
}

#[tokio::test]
async fn every_end_that_opens_nothing_is_told_with_what_to_do() {
    let trust = world::trust().await;
    let (person, _) = linked(&trust).await;
    let mut browser = Browser::at(&trust);
    for (more, told) in [
        ("error=access_denied", "you stopped there"),
        ("code=good&iss=https%3A%2F%2Fother.example", "could not be believed"),
        ("code=stolen", "could not be believed"),
        ("code=good&code=other", "you stopped there"),
    ] {
        let page = through(&mut browser, "/sign-in/oidc", more).await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{more}");
        assert!(page.says(told), "{more}: {}", page.html);
        assert!(browser.cookie().is_none());
    }
    let page = browser.come_back("/sign-in/oidc/back?state=another&code=good").await;
    assert!(page.says("took too long, or was sent twice"), "{}", page.html);
    trust.provider.say(Err(Refusal::Acr.into()));
    let page = through(&mut browser, "/sign-in/oidc", "code=good").await;
    assert!(page.says("not with a password alone"), "{}", page.html);
    trust.provider.say(Err(Refusal::AuthTime.into()));
    let page = through(&mut browser, "/sign-in/oidc", "code=good").await;
    assert!(page.says("too long ago"), "{}", page.html);
    trust.provider.say(Err(Trouble::Away("it can't be reached".to_owned())));
    let page = browser.post("/sign-in/oidc", &[]).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.says("can not be used now") && !page.says("be reached"), "{}", page.html);

    // Whoever is linked to nobody, and whoever has left, are told the same.
    trust.provider.say(Ok("another"));
    let unknown = through(&mut browser, "/sign-in/oidc", "code=good").await;
    trust.staff.leave(&person.user_name, None).await.unwrap();
    trust.provider.say(Ok(SUBJECT));
    let left = through(&mut browser, "/sign-in/oidc", "code=good").await;
    assert_eq!((unknown.status, unknown.html), (left.status, left.html));
    assert_eq!(TestProvider::NAME, "Care Identity");
}

#[tokio::test]
async fn an_answer_opens_nothing_in_a_browser_that_did_not_ask() {
    let trust = world::trust().await;
    linked(&trust).await;
    let mut asked = Browser::at(&trust);
    let page = asked.post("/sign-in/oidc", &[]).await;
    let set = page.headers.get(header::SET_COOKIE).unwrap().to_str().unwrap();
    assert!(set.starts_with("__Host-kinfold-") && set.contains("-oidc="), "{set}");
    for term in ["; Path=/; ", "Secure", "HttpOnly", "SameSite=Lax", "Max-Age=600"] {
        assert!(set.contains(term), "{set}");
    }
    let state = between(&page.html, "state=", "\"")
        .unwrap_or_else(|| between(&page.html, "state&#x3d;", "\"").unwrap());
    let path = format!("/sign-in/oidc/back?state={state}&code=good");
    let mut other = Browser::at(&trust);
    assert_eq!(other.come_back(&path).await.status, StatusCode::UNAUTHORIZED);
    let mut third = Browser::at(&trust);
    third.post("/sign-in/oidc", &[]).await;
    assert_eq!(third.come_back(&path).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(asked.come_back(&path).await.status, StatusCode::OK, "in its own it does");
    assert_eq!(asked.come_back(&path).await.status, StatusCode::UNAUTHORIZED, "once");
}

#[tokio::test]
async fn a_link_takes_two_people_and_an_operator() {
    let trust = world::trust().await;
    let (person, operator) = (trust.employ("ed-clinician").await, trust.employ("operator").await);
    let mut browser = Browser::at(&trust);
    browser.sign_in(&trust, &operator).await;
    let page = link(&trust, &mut browser, (&person, &operator), &person).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.says("neither may be the employee"), "{}", page.html);
    let mut nurse = Browser::signed_in(&trust, "ed-clinician").await;
    let fields = [("employee", person.user_name.as_str())];
    assert_eq!(nurse.post("/tokens/link", &fields).await.status, StatusCode::FORBIDDEN);
}
