//! An agreement that was revoked: every page says by whom and why.

use axum::http::StatusCode;
use kinfold_agreement::{Draft, revoke};
use kinfold_service::ports::Clock;

use super::{
    browser::Browser,
    pages::{check, nurse},
    world::agreed,
};

#[tokio::test]
async fn a_revocation_names_who_ended_the_agreement_and_why() {
    let (_council, trust, mut browser) = nurse().await;
    let draft = Draft::parse(agreed::signed().as_bytes()).unwrap();
    let key = agreed::key(agreed::COUNCIL.0, "guardian");
    let at = trust.core.clock.now();
    let note = revoke(draft.agreement(), "the review found <faults>", at, &key).unwrap();
    trust.core.agreements.revoke(&note).await.unwrap();
    let answer = check(&mut browser, 1).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    let standing = browser.get("/agreement").await;
    for page in [&answer, &standing] {
        assert!(page.says("Test Guardian, Caldicott Guardian of Ashmoor Council"), "{}", page.html);
        assert!(page.says("The review found &lt;faults&gt;."), "{}", page.html);
    }
    let outside = Browser::at(&trust).get("/sign-in").await;
    assert!(!outside.says("Test Guardian"));
}

#[tokio::test]
async fn the_keys_that_lock_a_session_are_told_to_whoever_has_one() {
    let (_council, trust, mut browser) = nurse().await;
    assert!(browser.get("/check").await.says("press Alt and L"));
    assert!(!Browser::at(&trust).get("/sign-in").await.says("press Alt and L"));
}
