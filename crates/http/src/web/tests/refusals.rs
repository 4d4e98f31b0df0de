use std::collections::BTreeSet;

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use jiff::SignedDuration;

use super::{
    browser::{Browser, encoded},
    strangers::{ROUTES, Stranger, refused},
    world::{self, children::nhs, staff::PIN},
};
use crate::web::routes;

#[test]
fn every_route_is_in_the_table_of_refusals() {
    let known: BTreeSet<(String, &str)> = routes::table()
        .known
        .into_iter()
        .map(|(method, path)| (method.to_string(), path))
        .collect();
    let tested = ROUTES.iter().map(|(method, path, stranger)| {
        if let Stranger::Served(why) = stranger {
            assert!(!why.is_empty());
        }
        ((*method).to_owned(), *path)
    });
    assert_eq!(known, tested.collect());
}

#[tokio::test]
async fn without_a_session_every_page_leads_to_the_sign_in_and_every_form_is_refused() {
    let trust = world::trust().await;
    let mut browser = Browser::at(&trust);
    for (method, path) in refused() {
        if method == "GET" {
            let page = browser.get(path).await;
            assert_eq!(
                (page.status, page.location()),
                (StatusCode::SEE_OTHER, "/sign-in"),
                "{path}"
            );
        } else {
            let page = browser.post(path, &[("nhs_number", &nhs(1).digits())]).await;
            assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{path}");
            assert!(page.says("You are signed out") && !page.says("01632"), "{path}");
        }
    }
}

#[tokio::test]
async fn a_locked_session_opens_nothing_but_the_page_that_unlocks_it() {
    let trust = world::trust().await;
    let mut browser = Browser::at(&trust);
    let person = trust.employ("ed-clinician").await;
    browser.sign_in(&trust, &person).await;
    assert_eq!(browser.post("/lock", &[]).await.location(), "/unlock");
    for (method, path) in refused().filter(|(_, path)| !path.starts_with("/unlock")) {
        if method == "GET" {
            assert_eq!(browser.get(path).await.location(), "/unlock", "{path}");
        } else {
            let page = browser.post(path, &[]).await;
            assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{path}");
            assert!(page.says("Your session is locked"), "{path}");
        }
    }
    let page = browser.get("/unlock").await;
    assert!(page.says("Kim ed-clinician") && page.says("Not you?"));
    let wrong = browser.post("/unlock", &[("pin", "730518"), ("code", "000000")]).await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    let code = trust.next_code(&person.token).expose().to_string();
    let page = browser.post("/unlock", &[("pin", PIN), ("code", &code)]).await;
    assert_eq!(page.location(), "/", "{}", page.html);
    assert_eq!(browser.get("/check").await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_idle_session_locks_and_an_old_one_ends() {
    let trust = world::trust().await;
    let mut browser = Browser::signed_in(&trust, "ed-clinician").await;
    trust.core.clock.pass(SignedDuration::from_mins(31));
    assert_eq!(browser.get("/check").await.location(), "/unlock");
    trust.core.clock.pass(SignedDuration::from_hours(12));
    assert_eq!(browser.get("/check").await.location(), "/sign-in");
}

#[tokio::test]
async fn signing_out_ends_the_session_and_takes_the_cookie() {
    let trust = world::trust().await;
    let mut browser = Browser::signed_in(&trust, "ed-clinician").await;
    assert!(browser.cookie().unwrap().starts_with("__Host-kinfold-northmoor-trust="));
    let before = browser.cookie().unwrap().to_owned();
    assert_eq!(browser.post("/sign-out", &[]).await.location(), "/sign-in");
    assert_eq!(browser.cookie(), None);
    let old = Request::get("/check").header(header::COOKIE, before).body(Body::empty()).unwrap();
    assert_eq!(browser.send(old).await.location(), "/sign-in");
}

#[tokio::test]
async fn roles_reach_only_their_own_pages_and_are_told_why() {
    let trust = world::trust().await;
    let mut operator = Browser::signed_in(&trust, "operator").await;
    for path in ["/check", "/view", "/who"] {
        let page = operator.get(path).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}");
        assert!(page.says("not for your role"), "{path}");
        let number = nhs(1).digits();
        let fields = [("nhs_number", &*number), ("purpose", "direct-care-unscheduled")];
        let page = operator.post(path, &fields).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}");
        assert!(page.says("does not allow") && !page.says("Ada"), "{path} {}", page.html);
    }
    let mut nurse = Browser::signed_in(&trust, "ed-clinician").await;
    for path in ["/who", "/feeds", "/feeds/events", "/tokens", "/tokens/import", "/tokens/orders"] {
        assert_eq!(nurse.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let review = [("nhs_number", &*nhs(1).digits()), ("purpose", "audit-review")];
    assert_eq!(nurse.post("/who", &review).await.status, StatusCode::FORBIDDEN);
    let mut governance = Browser::signed_in(&trust, "information-governance").await;
    assert_eq!(governance.get("/check").await.status, StatusCode::FORBIDDEN);
    assert_eq!(governance.get("/feeds").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_purpose_that_is_not_the_roles_is_refused_with_the_reason_and_recorded() {
    let trust = world::trust().await;
    let mut nurse = Browser::signed_in(&trust, "ed-clinician").await;
    for purpose in ["child-protection-enquiry", "audit-review", "curiosity"] {
        for path in ["/check", "/view"] {
            let fields = [("nhs_number", &*nhs(1).digits()), ("purpose", purpose)];
            let page = nurse.post(path, &fields).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{path} {purpose}");
            assert!(page.says("The refusal is recorded") && !page.says("Ada"), "{path} {purpose}");
        }
    }
    trust.follower.catch_up().await.unwrap();
    let looks = nurse.get("/looks").await;
    assert!(looks.html.matches("Refused: ").count() >= 6, "{}", looks.html);
}

#[tokio::test]
async fn forms_from_elsewhere_are_refused() {
    let trust = world::trust().await;
    let mut browser = Browser::signed_in(&trust, "ed-clinician").await;
    let forms = ROUTES.into_iter().filter(|(method, ..)| *method == "POST");
    for (_, path, _) in forms {
        for (name, value) in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("origin", "https://evil.example"),
        ] {
            let body = encoded(&[
                ("nhs_number", &nhs(1).digits()),
                ("purpose", "direct-care-unscheduled"),
            ]);
            let request = Request::builder()
                .method(Method::POST)
                .uri(path)
                .header(header::HOST, "node.example")
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .header(name, value)
                .body(Body::from(body))
                .unwrap();
            let page = browser.send(request).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{path} {name}: {value}");
            assert!(page.says("This came from another site"), "{path}");
        }
    }
    assert_eq!(browser.get("/check").await.status, StatusCode::OK, "the session is untouched");
}

#[tokio::test]
async fn giant_and_garbled_forms_get_a_clear_page() {
    let trust = world::trust().await;
    let mut browser = Browser::signed_in(&trust, "ed-clinician").await;
    let giant = "a".repeat(5_000_000);
    for path in ["/check", "/view", "/sign-in", "/enrol", "/who"] {
        let page = browser.post(path, &[("family", &giant)]).await;
        assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE, "{path}");
        assert!(page.says("What you sent is too large") && page.html.len() < 20_000, "{path}");
    }
    let form = "application/x-www-form-urlencoded";
    for (kind, body) in [
        (form, b"family=%ff%fe&purpose=x".to_vec()),
        (form, vec![0xff; 300]),
        (form, "a=b&".repeat(100).into_bytes()),
        ("application/json", b"{}".to_vec()),
        ("multipart/form-data; boundary=x", b"--x--".to_vec()),
    ] {
        let page = browser.post_raw("/check", kind, body).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{kind}");
        assert!(page.says("could not be read"), "{kind}");
    }
    let almost = "a".repeat(60_000);
    let page = browser.post("/check", &[("family", &almost)]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.says("100 characters or fewer") && page.html.len() < 40_000);
    browser.post("/lock", &[]).await;
    let page = browser.post("/unlock", &[("code", &giant)]).await;
    assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE, "/unlock");
}

#[tokio::test]
async fn a_ledger_that_cannot_be_written_shows_nothing_and_says_so() {
    let trust = world::trust().await;
    let mut browser = Browser::signed_in(&trust, "ed-clinician").await;
    trust.media.leave_room(Some(0));
    trust.media.fail_next_write(std::io::ErrorKind::StorageFull);
    for path in ["/check", "/view"] {
        let fields = [("nhs_number", &*nhs(1).digits()), ("purpose", "direct-care-unscheduled")];
        let page = browser.post(path, &fields).await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{path} {}", page.html);
        assert!(page.says("Nothing can be shown now") && page.says("tel:0163296"), "{path}");
        assert!(!page.says("Imani") && !page.says("Neglect"), "{path}");
    }
}

#[tokio::test]
async fn a_broken_store_is_told_with_a_reference_and_no_details() {
    let trust = world::trust().await;
    let mut browser = Browser::at(&trust);
    trust.staff_store.fault.begin();
    let fields = [("user_name", "a.b"), ("pin", PIN), ("code", "123456")];
    let page = browser.post("/sign-in", &fields).await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(page.says("Reference: ") && !page.says("a test broke the store"));
}

#[tokio::test]
async fn a_wrong_try_is_told_one_way_and_too_many_make_one_wait() {
    let trust = world::trust().await;
    let person = trust.employ("ed-clinician").await;
    let mut browser = Browser::at(&trust);
    let code = trust.next_code(&person.token).expose().to_string();
    let tries = [
        ("nobody", PIN, &*code),
        ("ED-Clinician.test", "730518", &*code),
        ("ed-clinician.test", PIN, "000000"),
        ("ed-clinician.test", PIN, "000000"),
    ];
    let mut told = BTreeSet::new();
    for (user_name, pin, code) in tries {
        let fields = [("user_name", user_name), ("pin", pin), ("code", code)];
        let page = browser.post("/sign-in", &fields).await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{}", page.html);
        let error = page.html.split("nhsuk-error-summary__list").nth(1).unwrap();
        told.insert(error.split("</ul>").next().unwrap().to_owned());
        assert!(!page.html.contains(PIN) && !page.html.contains("730518"));
    }
    assert_eq!(told.len(), 1, "{told:?}");
    let fields = [("user_name", "ed-clinician.test"), ("pin", PIN), ("code", "000000")];
    let page = browser.post("/sign-in", &fields).await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(page.says("wait") && page.headers.contains_key(header::RETRY_AFTER), "{}", page.html);
    let blank = browser.post("/sign-in", &[]).await;
    assert!(blank.says("Enter your user name") && blank.says("Enter your PIN"));
}

#[tokio::test]
async fn a_token_is_set_up_with_a_ticket_and_two_codes() {
    let trust = world::trust().await;
    let person = trust.employ("ed-clinician").await;
    let mut browser = Browser::at(&trust);
    assert!(browser.get("/enrol").await.says("Enrolment code"));
    let wrong =
        [("user_name", "ed-clinician.test"), ("pin", PIN), ("ticket", "0000-0000-0000-0000")];
    assert_eq!(browser.post("/enrol", &wrong).await.status, StatusCode::UNAUTHORIZED);
    let ticket = trust.staff.issue_ticket(&person.user_name).await.unwrap();
    let fields = [("user_name", "ed-clinician.test"), ("pin", PIN), ("ticket", ticket.expose())];
    let page = browser.post("/enrol", &fields).await;
    assert!(
        page.says("<svg") && page.says("otpauth:") && page.says("Type it instead"),
        "{}",
        page.html
    );
    let uri = super::browser::between(&page.html, "href=\"otpauth:", "\"").unwrap();
    let uri = format!("otpauth:{uri}")
        .replace("&#x2f;", "/")
        .replace("&#x3D;", "=")
        .replace("&amp;", "&");
    let uri: kinfold_token::OtpauthUri = uri.parse().unwrap();
    let token = kinfold_token::Generator::new(uri.seed(), uri.parameters());
    let (first, second) = (trust.next_code(&token), trust.next_code(&token));
    let (first, second) = (first.expose().to_string(), second.expose().to_string());
    let bad = [
        ("user_name", "ed-clinician.test"),
        ("ticket", ticket.expose()),
        ("first", &first),
        ("second", &first),
    ];
    let page = browser.post("/enrol/codes", &bad).await;
    assert!(page.says("same code twice") && !page.says("<rect"), "{}", page.html);
    let good = [
        ("user_name", "ed-clinician.test"),
        ("ticket", ticket.expose()),
        ("first", &first),
        ("second", &second),
    ];
    let page = browser.post("/enrol/codes", &good).await;
    assert!(page.says("Your token is set up"), "{}", page.html);
}

#[tokio::test]
async fn unknown_addresses_and_methods_get_a_page_and_assets_are_kept_for_ever() {
    let trust = world::trust().await;
    let mut browser = Browser::at(&trust);
    assert_eq!(browser.get("/nowhere").await.status, StatusCode::NOT_FOUND);
    let request = Request::delete("/check").header("sec-fetch-site", "same-origin");
    let page = browser.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(browser.get("/assets/../Cargo.toml").await.status, StatusCode::NOT_FOUND);
    assert_eq!(browser.get("/healthz").await.html, "ok\n");
    let css = crate::design::asset_url("kinfold.css").unwrap();
    let page = browser.get(&css).await;
    assert_eq!(page.headers["cache-control"], "public, max-age=31536000, immutable");
    let again = Request::get(&css).header(header::IF_NONE_MATCH, &page.headers["etag"]);
    let page = browser.send(again.body(Body::empty()).unwrap()).await;
    assert_eq!(page.status, StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn over_tls_browsers_are_told_to_insist_on_it() {
    let trust = world::trust().await;
    let plain = Browser::at(&trust).get("/sign-in").await;
    assert!(!plain.headers.contains_key("strict-transport-security"));
    let router = crate::web::router(trust.services(true)).unwrap();
    let request = Request::get("/sign-in").body(Body::empty()).unwrap();
    let response = tower::ServiceExt::oneshot(router, request).await.unwrap();
    assert!(response.headers().contains_key("strict-transport-security"));
}
