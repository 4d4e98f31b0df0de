//! The phone page, as far as the node is concerned. What it does in a phone is told by the story `phone`.

use std::collections::BTreeSet;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use kinfold_token::OtpauthUri;

use super::{
    browser::{Browser, Page, between, encoded},
    world::{self, Node, staff::PIN},
};
use crate::design;

/// The employee's set-up page with a fresh secret, opened at this address.
async fn set_up(trust: &Node, browser: &mut Browser, host: &str) -> Page {
    let person = trust.employ("ed-clinician").await;
    let ticket = trust.staff.issue_ticket(&person.user_name).await.unwrap();
    let fields =
        [("user_name", person.user_name.as_str()), ("pin", PIN), ("ticket", ticket.expose())];
    let request = Request::post("/enrol")
        .header(header::HOST, host)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin");
    browser.send(request.body(Body::from(encoded(&fields))).unwrap()).await
}

/// The addresses below `/assets/` that a text names.
fn assets_in(text: &str) -> BTreeSet<String> {
    let text = text.replace("&#x2f;", "/");
    let names = text.split("/assets/").skip(1);
    let name = |rest: &str| rest.split(['"', ')', '\'']).next().unwrap_or_default().to_owned();
    names.map(name).collect()
}

#[tokio::test]
async fn the_phone_page_is_one_page_for_everybody_and_holds_nothing_of_a_session() {
    let trust = world::trust().await;
    let mut stranger = Browser::at(&trust);
    assert_eq!(stranger.get("/phone").await.location(), "/phone/");
    let page = stranger.get("/phone/").await;
    assert_eq!(page.heading(), "Your code");
    assert!(page.says("<noscript>") && page.says("needs JavaScript"), "{}", page.html);
    let mut nurse = Browser::signed_in(&trust, "ed-clinician").await;
    assert_eq!(nurse.get("/phone/").await.html, page.html);
}

#[tokio::test]
async fn what_opens_without_a_connection_is_the_phone_page_whole_and_nothing_else_of_the_site() {
    let trust = world::trust().await;
    let mut browser = Browser::at(&trust);
    let worker = browser.get("/phone/worker.js").await;
    assert_eq!(worker.headers[header::CONTENT_TYPE], "text/javascript; charset=utf-8");
    let list = between(&worker.html, "KEPT = [", "]").unwrap();
    let kept: BTreeSet<&str> = list.split('"').filter(|part| part.starts_with('/')).collect();
    for path in &kept {
        let own = path.starts_with("/assets/")
            || ["/phone/", "/phone/manifest.webmanifest"].contains(path);
        assert!(own, "{path} is kept");
        match path.strip_prefix("/assets/") {
            Some(name) => assert!(design::asset(name).is_some(), "{path}"),
            None => assert_eq!(browser.get(path).await.status, StatusCode::OK, "{path}"),
        }
    }
    // Whatever the page loads, and what that loads in turn; icons on a home screen are kept by the phone itself.
    let mut needed = assets_in(&browser.get("/phone/").await.html);
    for name in needed.clone().iter().filter(|name| name.rsplit('.').next() == Some("js")) {
        needed.append(&mut assets_in(&browser.get(&format!("/assets/{name}")).await.html));
    }
    for name in needed.iter().filter(|name| !name.contains("touch")) {
        assert!(kept.contains(&*format!("/assets/{name}")), "{name} is not kept");
    }
    assert!(!worker.says(".put("), "the worker keeps what it was not told to");
}

#[tokio::test]
async fn phones_find_the_icons_that_the_manifest_names_and_reach_no_further_than_the_page() {
    let trust = world::trust().await;
    let manifest = Browser::at(&trust).get("/phone/manifest.webmanifest").await;
    assert_eq!(manifest.headers[header::CONTENT_TYPE], "application/manifest+json");
    let told: serde_json::Value = serde_json::from_str(&manifest.html).unwrap();
    assert_eq!((&told["scope"], &told["start_url"]), (&"/phone/".into(), &"/phone/".into()));
    for icon in told["icons"].as_array().unwrap() {
        let path = icon["src"].as_str().unwrap().strip_prefix("/assets/").unwrap();
        assert_eq!(design::asset(path).unwrap().mime, "image/png");
    }
}

#[tokio::test]
async fn a_phone_compares_its_clock_with_the_node_s() {
    let trust = world::trust().await;
    let told: serde_json::Value =
        serde_json::from_str(&Browser::at(&trust).get("/phone/time").await.html).unwrap();
    let now = kinfold_service::ports::Clock::now(&*trust.core.clock).as_millisecond();
    assert_eq!(told["now_ms"], now);
}

#[tokio::test]
async fn the_code_that_a_phone_reads_leads_to_this_node_and_gives_the_secret_once() {
    let trust = world::trust().await;
    let mut browser = Browser::at(&trust);
    let page = set_up(&trust, &mut browser, "trust.example:7443").await;
    assert!(page.says("http:&#x2f;&#x2f;trust.example:7443&#x2f;phone&#x2f;"), "{}", page.html);
    let code = page.html.split("kinfold-secret\">").nth(1).unwrap().split('<').next().unwrap();
    assert_eq!(code.len(), 19, "{code}");

    let mut phone = Browser::at(&trust);
    let wrong = phone.post("/phone/fetch", &[("code", "0123-4567-89ab-cdef")]).await;
    assert_eq!(wrong.status, StatusCode::FORBIDDEN);
    let given = phone.post("/phone/fetch", &[("code", code)]).await;
    assert_eq!(given.headers[header::CONTENT_TYPE], "text/plain; charset=utf-8");
    assert!(given.html.parse::<OtpauthUri>().is_ok());
    let again = phone.post("/phone/fetch", &[("code", code)]).await;
    assert_eq!(again.status, StatusCode::GONE);
    assert!(again.says("used before") && !again.says("otpauth"), "{}", again.html);
}

#[tokio::test]
async fn a_host_that_would_lead_elsewhere_gets_no_code_for_a_phone() {
    let trust = world::trust().await;
    for host in ["somebody@trust.example", "trust.example/elsewhere", "trust.example?x", ""] {
        let page = set_up(&trust, &mut Browser::at(&trust), host).await;
        assert!(!page.says("phone code there"), "{host}: {}", page.html);
        assert!(page.says("Use a token app instead"), "{host}");
    }
}
