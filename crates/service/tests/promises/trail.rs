//! Who looked: from both ledgers, joined; and one's own look-ups.

use kinfold_domain::Subject;
use kinfold_service::{
    audit::{Joined, WhoLookedAt, WhoQuestion},
    ports::{Route, TrailStore},
    records::{AskKind, Entry},
    testing::Way,
};

use crate::*;

async fn who(nodes: &TwoNodes, agency: &str) -> WhoLookedAt {
    let node = if agency == COUNCIL { &nodes.council } else { &nodes.trust };
    for node in [&nodes.council, &nodes.trust] {
        node.follower.catch_up().await.unwrap();
    }
    let question = WhoQuestion { subject: ada_by_number(), purpose: purpose(REVIEW) };
    node.who.list(&governance(agency), question).await.unwrap().content().clone()
}

fn of_kind(looked: &WhoLookedAt, kind: AskKind) -> Vec<&Joined> {
    looked.looks.iter().filter(|look| look.sides[0].line.kind == kind).collect()
}

fn sides(look: &Joined) -> Vec<(&str, &str)> {
    look.sides.iter().map(|side| (side.ledger.as_str(), side.line.entry.as_str())).collect()
}

#[tokio::test]
async fn a_view_is_one_look_with_both_sides_whichever_agency_reviews_it() {
    let nodes = staged().await;
    let view = nurse_views(&nodes, ada_by_number()).await;
    for agency in [TRUST, COUNCIL] {
        let looked = who(&nodes, agency).await;
        let looks = of_kind(&looked, AskKind::PooledView);
        assert_eq!(looks.len(), 1);
        assert_eq!(looks[0].ask, view.ask);
        let expected = [(COUNCIL, "disclosure"), (TRUST, "intent"), (TRUST, "receipt")];
        assert_eq!(sides(looks[0]), expected);
        assert_eq!(looks[0].both_sides, Some(true));
        assert_eq!(looks[0].asker.as_ref().unwrap().user_name.as_str(), "nurse");
    }
}

#[tokio::test]
async fn a_check_by_name_is_found_by_the_number_and_its_notice_is_the_owner_s_side() {
    let nodes = staged().await;
    let subject = Subject { nhs_number: None, ..Subject::from(&ada()) };
    check(&nodes.trust, subject).await;
    nodes.trust.notices.deliver().await.unwrap();
    for agency in [TRUST, COUNCIL] {
        let looked = who(&nodes, agency).await;
        let looks = of_kind(&looked, AskKind::Check);
        assert_eq!(looks.len(), 1, "{agency}");
        let expected = [(COUNCIL, "replica-look"), (TRUST, "intent"), (TRUST, "receipt")];
        assert_eq!(sides(looks[0]), expected);
        assert_eq!(looks[0].both_sides, Some(true));
    }
}

#[tokio::test]
async fn a_look_that_one_ledger_lacks_is_told() {
    let nodes = staged().await;
    check(&nodes.trust, ada_by_number()).await;
    let looked = who(&nodes, TRUST).await;
    assert_eq!(
        of_kind(&looked, AskKind::Check)[0].both_sides,
        Some(false),
        "its notice is not there"
    );

    nodes.trust.notices.deliver().await.unwrap();
    nodes.trust.ground.link.part();
    let looked = who(&nodes, TRUST).await;
    assert_eq!(
        of_kind(&looked, AskKind::Check)[0].both_sides,
        None,
        "the other could not be asked"
    );
    assert!(looked.ledgers[1].failure.is_some());
}

#[tokio::test]
async fn a_look_at_one_agency_s_own_register_is_whole_in_its_own_ledger() {
    let nodes = staged().await;
    let question = kinfold_service::check::CheckQuestion {
        purpose: purpose(ENQUIRY),
        ..check_of(ada_by_number())
    };
    nodes.council.check.check(&social_worker(), question).await.unwrap();
    let looked = who(&nodes, COUNCIL).await;
    assert_eq!(of_kind(&looked, AskKind::Check)[0].both_sides, Some(true));
}

#[tokio::test]
async fn an_ask_whose_answer_was_lost_is_seen_on_both_sides() {
    let nodes = staged().await;
    nodes.trust.ground.link.set(Way::AnswerLost);
    nurse_views(&nodes, ada_by_number()).await;
    nodes.trust.ground.link.set(Way::Open);
    let looked = who(&nodes, TRUST).await;
    let expected = [(COUNCIL, "disclosure"), (TRUST, "intent"), (TRUST, "receipt")];
    assert_eq!(sides(of_kind(&looked, AskKind::PooledView)[0]), expected);
}

#[tokio::test]
async fn the_review_itself_is_in_both_ledgers_and_shows_in_the_next_one() {
    let nodes = staged().await;
    who(&nodes, TRUST).await;
    let looked = who(&nodes, COUNCIL).await;
    let reviews = of_kind(&looked, AskKind::WhoLooked);
    assert!(reviews.iter().any(|look| look.both_sides == Some(true) && look.sides.len() == 3));
}

#[tokio::test]
async fn nobody_else_may_review_and_the_refusal_is_recorded() {
    let nodes = staged().await;
    let before = nodes.trust.size();
    let question = WhoQuestion { subject: ada_by_number(), purpose: purpose(UNSCHEDULED) };
    assert!(nodes.trust.who.list(&nurse(), question.clone()).await.is_err());
    nodes.trust.ground.clock.set("2027-02-01T00:00:00Z".parse().unwrap());
    assert!(nodes.trust.who.list(&governance(TRUST), question).await.is_err());
    assert_eq!(kinds(&nodes.trust.entries(before)), ["refusal", "refusal"]);
    assert!(nodes.trust.ground.link.sent().iter().all(|(route, ..)| *route != Route::Who));
}

#[tokio::test]
async fn a_review_needs_something_to_go_by() {
    let nodes = staged().await;
    let question = WhoQuestion { subject: Subject::default(), purpose: purpose(REVIEW) };
    let listed = nodes.trust.who.list(&governance(TRUST), question).await;
    assert!(matches!(listed, Err(kinfold_service::audit::WhoError::TooLittle)));
}

#[tokio::test]
async fn search_tables_made_anew_are_those_that_grew_with_the_ledger() {
    let nodes = staged().await;
    for _ in 0..3 {
        nurse_views(&nodes, ada_by_number()).await;
        nodes.trust.follower.catch_up().await.unwrap();
        check(&nodes.trust, ada_by_number()).await;
        nodes.trust.follower.catch_up().await.unwrap();
    }
    let trail = &nodes.trust.ground.trail;
    let grown = trail.all();
    assert_eq!(grown.len(), 12);
    trail.forget().await.unwrap();
    nodes.trust.follower.catch_up().await.unwrap();
    assert_eq!(trail.all(), grown);
}

#[tokio::test]
async fn notices_of_an_outage_are_delivered_once_each_and_a_lost_acknowledgement_shows_one_line() {
    let nodes = staged().await;
    for _ in 0..3 {
        check(&nodes.trust, ada_by_number()).await;
    }
    nodes.trust.ground.link.set(Way::AnswerLost);
    assert!(nodes.trust.notices.deliver().await.is_err());
    nodes.trust.ground.link.set(Way::Open);
    nodes.trust.notices.deliver().await.unwrap();
    nodes.trust.notices.deliver().await.unwrap();

    let entries = nodes.council.entries(0);
    let looks = entries.iter().filter(|entry| matches!(entry, Entry::ReplicaLook(_))).count();
    assert_eq!(looks, 6, "three of them twice, for the acknowledgement was lost");
    let looked = who(&nodes, COUNCIL).await;
    let checks = of_kind(&looked, AskKind::Check);
    assert_eq!(checks.len(), 3);
    assert!(checks.iter().all(|look| look.sides.len() == 3));
}

#[tokio::test]
async fn notices_wait_while_the_owner_s_ledger_is_down() {
    let nodes = staged().await;
    nodes.trust.notices.deliver().await.unwrap();
    let before = nodes.trust.ground.trail.delivered(&nodes.council.ground.agency.id).await.unwrap();
    check(&nodes.trust, ada_by_number()).await;
    nodes.council.break_ledger().await;
    assert!(nodes.trust.notices.deliver().await.is_err());
    let after = nodes.trust.ground.trail.delivered(&nodes.council.ground.agency.id).await.unwrap();
    assert_eq!(before, after);
}

#[tokio::test]
async fn own_look_ups_are_one_s_own_and_opening_the_list_is_recorded() {
    let nodes = staged().await;
    let checked = check(&nodes.trust, ada_by_number()).await;
    let view = nurse_views(&nodes, ada_by_number()).await;
    nodes.trust.follower.catch_up().await.unwrap();

    let own = nodes.trust.own_looks.list(&nurse(), 50).await.unwrap();
    let lines: Vec<_> = own.iter().map(|look| (look.ask, look.outcome.as_str())).collect();
    assert_eq!(lines, [(view.ask, "pooled-view"), (checked.ask, "on-register")]);
    assert_eq!(own[0].subject, Some(ada_by_number()));
    let last = nodes.trust.entries(nodes.trust.size() - 1).pop();
    assert!(matches!(last, Some(Entry::LedgerRead { .. })));

    let colleague = caller(TRUST, "colleague", "ed-clinician");
    assert!(nodes.trust.own_looks.list(&colleague, 50).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_list_from_search_tables_that_do_not_follow_says_how_far_it_is_behind() {
    let nodes = staged().await;
    who(&nodes, TRUST).await;
    nodes.trust.follower.catch_up().await.unwrap();
    let entries = nodes.trust.size();
    let view = nurse_views(&nodes, ada_by_number()).await;

    for agency in [TRUST, COUNCIL] {
        nodes.council.follower.catch_up().await.unwrap();
        let node = if agency == COUNCIL { &nodes.council } else { &nodes.trust };
        let question = WhoQuestion { subject: ada_by_number(), purpose: purpose(REVIEW) };
        let due = nodes.trust.size();
        let release = node.who.list(&governance(agency), question).await.unwrap();
        let looked = release.content();
        let trust = looked.ledgers.iter().find(|part| part.ledger.as_str() == TRUST).unwrap();
        let behind = trust.behind.as_ref().expect("it says nothing");
        assert_eq!(behind.entries, due - entries, "{agency}");
        assert!(behind.upto.is_some());
        let look = looked.looks.iter().find(|look| look.ask == view.ask).unwrap();
        assert_eq!(look.both_sides, None, "nobody knows yet whether the other side is there");
        let recorded = node.entries(node.size() - 1).remove(0);
        let Entry::Receipt(shown) = recorded else { panic!("{recorded:?}") };
        assert!(shown.sources.iter().any(|source| source.failure.is_some()), "{agency}");
    }
}

#[tokio::test]
async fn a_child_whom_more_have_looked_at_than_are_listed_says_so() {
    let nodes = staged().await;
    for _ in 0..501 {
        check(&nodes.trust, ada_by_number()).await;
    }
    let looked = who(&nodes, TRUST).await;
    assert_eq!(looked.ledgers.iter().map(|part| part.more).collect::<Vec<_>>(), [true, false]);
    assert_eq!(of_kind(&looked, AskKind::Check).len(), 500);
}
