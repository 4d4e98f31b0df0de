//! This node's clock: what people are told who type a code, and what operators read.

use axum::http::StatusCode;
use jiff::SignedDuration;
use kinfold_service::own_clock::TimeAnswer;

use super::{
    browser::Browser,
    world::{self, Node, TIME_SERVER},
};

fn told(node: &Node, ahead: Result<SignedDuration, &'static str>) {
    let own = &node.core.own_clock;
    let asked = own.ask();
    own.told(asked, vec![TimeAnswer { server: TIME_SERVER.to_owned(), ahead }]);
}

#[tokio::test]
async fn operators_read_how_the_clock_stands_and_by_which_server() {
    let trust = world::trust().await;
    let mut operator = Browser::signed_in(&trust, "operator").await;
    let page = operator.get("/feeds").await;
    assert!(page.says("This node’s clock: ") && page.says("Not confirmed"), "{}", page.html);
    assert!(page.says(&format!("{TIME_SERVER}: not asked yet")));

    told(&trust, Ok(SignedDuration::from_millis(-12)));
    let page = operator.get("/feeds").await;
    assert!(page.says(">Right<") && page.says("12 milliseconds behind it"), "{}", page.html);

    trust.core.clock.pass(SignedDuration::from_mins(20));
    operator.get("/feeds").await;
    trust.core.clock.pass(SignedDuration::from_mins(20));
    operator.get("/feeds").await;
    trust.core.clock.pass(SignedDuration::from_mins(21));
    told(&trust, Err("it does not answer"));
    let page = operator.get("/feeds").await;
    assert!(page.says("Not confirmed") && page.says(&format!("{TIME_SERVER}: it does not answer")));
}

#[tokio::test]
async fn whoever_types_a_code_while_the_clock_is_off_reads_why_and_what_to_do() {
    let trust = world::trust().await;
    // The second one is named to be told.
    Browser::signed_in(&trust, "operator").await;
    let mut operator = Browser::signed_in(&trust, "operator").await;
    let nurse = trust.employ("ed-clinician").await;
    told(&trust, Ok(SignedDuration::from_secs(-5)));
    let mut browser = Browser::at(&trust);
    let page = browser.sign_in(&trust, &nurse).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.says("Codes can’t be checked") || page.says("Codes can&#x27;t be checked"));
    assert!(page.says("clock is 5 seconds behind its time service: use a passkey, or ring"));

    let page = operator.get("/feeds").await;
    assert!(page.says("Codes are refused") && page.says("5 seconds behind it"), "{}", page.html);
    trust.alarms.watch().await.unwrap();
    assert!(operator.get("/agreement").await.says("Codes are refused: this node’s clock is off"));
    told(&trust, Ok(SignedDuration::ZERO));
    trust.alarms.watch().await.unwrap();
    assert_eq!(browser.sign_in(&trust, &nurse).await.location(), "/");
    assert!(!operator.get("/agreement").await.says("Codes are refused"));
}

#[tokio::test]
async fn a_clock_that_ran_back_says_when_codes_go_on_by_themselves() {
    let trust = world::trust().await;
    trust.core.own_clock.look();
    trust.core.clock.step(-180);
    let mut browser = Browser::at(&trust);
    let typed = [("user_name", "a.nurse"), ("pin", "740512"), ("code", "123456")];
    let page = browser.post("/sign-in", &typed).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(page.headers["retry-after"], "181");
    assert!(page.says("clock ran back, and is 3 minutes behind"), "{}", page.html);
}
