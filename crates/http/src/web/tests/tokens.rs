//! The operators' pages of tokens.

use axum::http::StatusCode;
use kinfold_token::{Algorithm, Digits, Generator, Seed, Step, TokenParameters};

use super::{
    browser::Browser,
    world::{self, staff::PIN},
};

const FILE: &str = "FOB-1,3132333435363738393031323334353637383930\nFOB-2,3232333435363738393031323334353637383930\n";

#[tokio::test]
async fn a_file_is_imported_a_token_given_lost_and_a_code_issued_by_two_people() {
    let trust = world::trust().await;
    let nurse = trust.employ("ed-clinician").await;
    let sister = trust.employ("ed-clinician").await;
    let boss = trust.employ("operator").await;
    let mut operator = Browser::at(&trust);
    operator.sign_in(&trust, &boss).await;
    assert!(operator.get("/tokens").await.says("3 in use"));

    let wrong = format!("{FILE}FOB-3,xyz\n");
    let page = operator.post("/tokens/import", &[("file", &wrong)]).await;
    assert!(page.says("Nothing was imported") && page.says("FOB-3"), "{}", page.html);
    assert!(!page.html.contains("31323334"), "a secret stands on the page");
    let page = operator.post("/tokens/import", &[("file", &wrong), ("rest", "yes")]).await;
    assert!(page.says("2 of 3 tokens are in stock"), "{}", page.html);
    let page = operator.post("/tokens/import", &[("file", "hello")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);

    assert!(operator.post("/tokens", &[("standing", "in-stock")]).await.says("FOB-2"));
    let found = operator.post("/tokens/find", &[("find", "FOB-1")]).await;
    assert!(found.says("Give it to an employee"), "{}", found.html);
    let give = [("serial", "FOB-1"), ("what", "assign"), ("user_name", nurse.user_name.as_str())];
    let given = operator.post("/tokens/change", &give).await;
    assert!(given.says("assigned") && given.says(nurse.user_name.as_str()), "{}", given.html);
    let again = operator.post("/tokens/change", &give).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "it is somebody's already");
    let held = operator.post("/tokens/find", &[("find", nurse.user_name.as_str())]).await;
    assert!(held.says("FOB-1") && held.says("SOFT-"), "{}", held.html);

    let lost = [("serial", "FOB-1"), ("what", "lost")];
    operator.post("/tokens/change", &lost).await;
    let page = operator.post("/tokens/token", &[("serial", "FOB-1")]).await;
    assert!(page.says("lost") && page.says("Issue a code"), "{}", page.html);
    let form = operator.post("/tokens/temporary", &[("serial", "FOB-1")]).await;
    assert!(form.says("The second person"), "{}", form.html);
    let own = trust.next_code(&boss.token).expose().to_string();
    let second = trust.next_code(&sister.token).expose().to_string();
    let both = [
        ("serial", "FOB-1"),
        ("hours", "8"),
        ("pin", PIN),
        ("code", &own),
        ("user_name", sister.user_name.as_str()),
        ("second_pin", PIN),
        ("second_code", &second),
    ];
    let page = operator.post("/tokens/temporary", &both).await;
    assert!(page.says("another token in use"), "the nurse has a soft token: {}", page.html);
}

#[tokio::test]
async fn an_order_is_written_down_late_filled_by_its_file_and_closed() {
    let trust = world::trust().await;
    let mut operator = Browser::signed_in(&trust, "operator").await;
    let wrong = operator.post("/tokens/orders", &[("reference", "PO-1"), ("tokens", "x")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.says("Enter the vendor") && wrong.says("like 50"), "{}", wrong.html);
    let order = [
        ("reference", "PO-1"),
        ("vendor", "A maker of fobs"),
        ("tokens", "3"),
        ("ordered_day", "2"),
        ("ordered_month", "3"),
        ("ordered_year", "2024"),
        ("expected_day", "20"),
        ("expected_month", "3"),
        ("expected_year", "2024"),
    ];
    let page = operator.post("/tokens/orders", &order).await;
    assert!(
        page.says("0 of 3") && page.says("20 March 2024") && page.says("Late"),
        "{}",
        page.html
    );
    let again = operator.post("/tokens/orders", &order).await;
    assert!(again.says("an order of this number already"), "{}", again.html);
    assert!(operator.get("/tokens").await.says("3 to come"));
    assert!(operator.get("/tokens/import").await.says("PO-1"));
    operator.post("/tokens/import", &[("file", FILE), ("order", "PO-1")]).await;
    let page = operator.get("/tokens/orders").await;
    assert!(page.says("2 of 3"), "{}", page.html);
    let page = operator.post("/tokens/orders/close", &[("reference", "PO-1")]).await;
    assert!(page.says("Closed on") && !page.says("No more will come"), "{}", page.html);
}

#[tokio::test]
async fn the_enrolment_page_takes_a_given_fob_into_use_without_a_secret() {
    let trust = world::trust().await;
    let nurse = trust.employ("ed-clinician").await;
    let mut operator = Browser::signed_in(&trust, "operator").await;
    operator.post("/tokens/import", &[("file", FILE)]).await;
    let give = [("serial", "FOB-1"), ("what", "assign"), ("user_name", nurse.user_name.as_str())];
    operator.post("/tokens/change", &give).await;
    let ticket = trust.staff.issue_ticket(&nurse.user_name).await.unwrap();
    let mut browser = Browser::at(&trust);
    let name = nurse.user_name.as_str();
    let asked = [("user_name", name), ("pin", PIN), ("ticket", ticket.expose())];
    let page = browser.post("/enrol", &asked).await;
    assert!(page.says("Prove that the token works") && !page.says("otpauth"), "{}", page.html);
    let parameters =
        TokenParameters { algorithm: Algorithm::Sha1, digits: Digits::Six, step: Step::Thirty };
    let fob = Generator::new(&Seed::new(b"12345678901234567890".to_vec()).unwrap(), parameters);
    let first = trust.next_code(&fob).expose().to_string();
    trust.core.clock.pass(jiff::SignedDuration::from_secs(22));
    let second = trust.next_code(&fob).expose().to_string();
    let codes =
        [("user_name", name), ("ticket", ticket.expose()), ("first", &first), ("second", &second)];
    let page = browser.post("/enrol/codes", &codes).await;
    assert!(page.says("Your token is set up"), "{}", page.html);
    trust.core.clock.pass(jiff::SignedDuration::from_secs(60));
    let person = world::staff::Person { user_name: nurse.user_name, token: fob };
    browser.sign_in(&trust, &person).await;
    assert_eq!(browser.get("/check").await.status, StatusCode::OK);
}
