use axum::http::StatusCode;

use super::{
    browser::{Browser, Page},
    world::{self, Node, children::nhs},
};

/// A check of Ada by number; the search tables follow.
async fn answer(node: &Node, browser: &mut Browser, purpose: &str) -> Page {
    let fields = [("nhs_number", &*nhs(1).digits()), ("purpose", purpose)];
    let answer = browser.post("/check", &fields).await;
    node.follower.catch_up().await.unwrap();
    answer
}

#[tokio::test]
async fn the_answer_stands_at_once_and_what_stands_beside_it_is_a_page_and_a_part() {
    let (council, trust) = world::pair().await;
    let mut worker = Browser::signed_in(&council, "social-worker").await;
    answer(&council, &mut worker, "child-protection-enquiry").await;
    let mut nurse = Browser::signed_in(&trust, "ed-clinician").await;
    let answer = answer(&trust, &mut nurse, "direct-care-unscheduled").await;
    assert!(answer.says("Show previous attendances and who looked"), "{}", answer.html);
    assert!(!answer.says("Kim social-worker"), "the answer waits for nobody");
    let handle = answer.handle().to_owned();

    let page = nurse.post("/check/history", &[("handle", &handle)]).await;
    assert_eq!(page.heading(), "Previous attendances, and who looked");
    for words in ["Kim social-worker", "Kim ed-clinician", "None that the agencies", "Check<br>"] {
        assert!(page.says(words), "{words}: {}", page.html);
    }
    assert!(!page.title().contains("Kim") && page.location().is_empty());
    let part = nurse.post("/check/history", &[("handle", &handle), ("part", "1")]).await;
    assert!(part.says("Kim social-worker") && !part.says("<html"), "{}", part.html);
}

#[tokio::test]
async fn an_agency_that_is_away_is_named_beside_the_answer() {
    let (_, trust) = world::pair().await;
    let mut nurse = Browser::signed_in(&trust, "ed-clinician").await;
    let answer = answer(&trust, &mut nurse, "direct-care-unscheduled").await;
    trust.link.down.store(true, std::sync::atomic::Ordering::Relaxed);
    let page = nurse.post("/check/history", &[("handle", answer.handle())]).await;
    assert!(
        page.says("Not complete.") && page.says("Ashmoor Council told nothing"),
        "{}",
        page.html
    );
    assert!(page.says("It was last heard today at 14:02"), "{}", page.html);
}

#[tokio::test]
async fn nothing_stands_beside_several_children_or_under_a_handle_of_another_session() {
    let (_, trust) = world::pair().await;
    let mut nurse = Browser::signed_in(&trust, "ed-clinician").await;
    let answer = answer(&trust, &mut nurse, "direct-care-unscheduled").await;
    let mut other = Browser::signed_in(&trust, "ed-clinician").await;
    let page = other.post("/check/history", &[("handle", answer.handle())]).await;
    assert_eq!(page.status, StatusCode::GONE);
    let page = nurse.post("/check/history", &[("handle", "x")]).await;
    assert_eq!(page.status, StatusCode::GONE);
}
