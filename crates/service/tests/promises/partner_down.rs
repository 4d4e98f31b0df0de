//! The day when the council's node can't be reached.

use kinfold_domain::{Category, CheckAnswer, Subject};
use kinfold_service::{
    ports::{PartnerError, Route},
    records::Entry,
    testing::Way,
};

use crate::*;

#[tokio::test]
async fn the_page_shows_what_the_replica_holds_with_its_age_and_whom_to_ring() {
    let nodes = staged().await;
    nodes.trust.ground.link.part();
    nodes.advance(30);

    let view = nurse_views(&nodes, ada_by_number()).await;

    let council = part(&view, COUNCIL);
    let PartState::Unreachable { as_at, .. } = &council.state else {
        panic!("{:?}", council.state)
    };
    assert_eq!(as_at.unwrap().0, kinfold_service::testing::start());
    assert!(council.facts.iter().any(|fact| fact.category() == Category::Register));
    assert!(council.facts.iter().all(|fact| fact.as_at == as_at.unwrap()));
    assert!(!council.phones.is_empty());
    assert!(!serde_json::to_string(&council.facts).unwrap().contains("S61 0AB"));
    assert!(!part(&view, TRUST).facts.is_empty());
}

#[tokio::test]
async fn a_child_whom_the_replica_does_not_know_has_no_age_that_would_read_as_an_answer() {
    let nodes = staged().await;
    nodes.trust.ground.link.part();
    let stranger = Subject::from(&child(90, "Ollerenshaw", "Benedikta"));
    let view = nurse_views(&nodes, stranger).await;
    let PartState::Unreachable { as_at, .. } = &part(&view, COUNCIL).state else { panic!("asked") };
    assert!(as_at.is_none());
}

#[tokio::test]
async fn a_check_still_answers_with_its_age_and_past_its_limit_says_so() {
    let nodes = staged().await;
    nodes.trust.ground.link.part();
    nodes.advance(60);
    assert!(nodes.trust.replica.as_ref().unwrap().pull(0).await.is_err());
    let fresh = check(&nodes.trust, ada_by_number()).await;
    assert!(matches!(fresh.answer, CheckAnswer::OnRegister { .. }) && !fresh.registers[0].stale);
    nodes.advance(1);
    let old = check(&nodes.trust, ada_by_number()).await;
    assert!(matches!(old.answer, CheckAnswer::OnRegister { .. }) && old.registers[0].stale);
}

#[tokio::test]
async fn a_partner_that_refuses_this_node_s_key_has_nothing_of_its_replica_shown() {
    let nodes = staged().await;
    nodes.trust.ground.link.set(Way::Cut(PartnerError::OwnKeyRefused));
    let view = nurse_views(&nodes, ada_by_number()).await;
    assert!(matches!(part(&view, COUNCIL).state, PartState::Refused { .. }));
    assert!(part(&view, COUNCIL).facts.is_empty());
}

#[tokio::test]
async fn a_replica_read_while_its_owner_was_down_is_told_to_the_owner_afterwards() {
    let nodes = staged().await;
    nodes.trust.ground.link.part();
    let view = nurse_views(&nodes, ada_by_number()).await;
    let checked = check(&nodes.trust, ada_by_number()).await;
    assert!(nodes.trust.notices.deliver().await.is_err());
    let before = nodes.council.size();

    nodes.join();
    nodes.trust.notices.deliver().await.unwrap();

    let entries = nodes.council.entries(before);
    let asks: Vec<_> = entries
        .iter()
        .map(|entry| match entry {
            Entry::ReplicaLook(look) => (look.ask, look.answer.as_str(), look.entries.len()),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(asks, [(view.ask, "pooled-view", 1), (checked.ask, "on-register", 1)]);
}

#[tokio::test]
async fn a_view_that_the_owner_answered_is_no_look_at_the_replica() {
    let nodes = staged().await;
    nurse_views(&nodes, ada_by_number()).await;
    let before = nodes.council.size();
    nodes.trust.notices.deliver().await.unwrap();
    assert_eq!(nodes.council.size(), before);
    assert!(nodes.trust.ground.link.sent().iter().all(|(route, ..)| *route != Route::Notices));
}
