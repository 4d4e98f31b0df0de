//! What is not permitted is dropped, whoever sends it.

use kinfold_domain::Category;
use kinfold_service::exchange::{AnswerMessage, ClosedAnswer, Known, MessageKind, open, seal};
use kinfold_service::testing::node_key;

use crate::*;

#[tokio::test]
async fn a_fact_of_a_category_that_is_not_permitted_is_dropped_even_when_a_source_sends_it() {
    let nodes = staged().await;
    let facts = vec![
        fact(TRUST, "1", FactContent::HealthSummary(summary("Asthma"))),
        fact(TRUST, "1", FactContent::Sensitive(summary("Sensitive text"))),
        fact(TRUST, "1", FactContent::SocialCareSummary(summary("Not the trust's to tell"))),
    ];
    nodes.trust.ground.source.facts.lock().insert("T1".to_owned(), facts);

    let view = nurse_views(&nodes, ada_by_number()).await;

    let categories: Vec<Category> =
        part(&view, TRUST).facts.iter().map(kinfold_domain::Fact::category).collect();
    assert_eq!(categories, [Category::HealthSummary, Category::Existence]);
    assert!(!serde_json::to_string(&view).unwrap().contains("Sensitive text"));
    assert!(part(&view, TRUST).withheld.contains_key(&Category::Sensitive), "not said");
}

#[tokio::test]
async fn a_fact_that_claims_another_agency_s_source_is_dropped_from_an_own_source() {
    let nodes = staged().await;
    let facts = vec![fact(COUNCIL, "1", FactContent::HealthSummary(summary("Borrowed name")))];
    nodes.trust.ground.source.facts.lock().insert("T1".to_owned(), facts);
    let view = nurse_views(&nodes, ada_by_number()).await;
    assert!(!serde_json::to_string(&view).unwrap().contains("Borrowed name"));
    let outcome = part(&view, TRUST).sources.iter().find(|source| source.system == "pas").unwrap();
    assert_eq!(outcome.facts, Some(0));
}

/// The council's answer, altered and signed anew by the council's own node.
fn council_says(nodes: &TwoNodes, alter: fn(&mut kinfold_service::exchange::Told)) {
    nodes.trust.ground.link.alter_answers(move |answer| {
        let key = node_key(COUNCIL);
        let opened = open(MessageKind::Answer, answer.as_bytes(), key.verifier());
        let Ok(mut message): Result<AnswerMessage, _> = opened else { return answer };
        if let ClosedAnswer::Told(told) = &mut message.outcome {
            alter(told);
        }
        seal(MessageKind::Answer, &message, &key).unwrap()
    });
}

#[tokio::test]
async fn a_partner_that_sends_more_than_is_permitted_here_is_cut_down() {
    let nodes = staged().await;
    council_says(&nodes, |told| {
        told.granted.insert(Category::SocialCareSummary, vec!["9.9".to_owned()]);
        told.facts.push(fact(COUNCIL, "1", FactContent::SocialCareSummary(summary("Too much"))));
        told.facts.push(fact(TRUST, "1", FactContent::HealthSummary(summary("Not its own"))));
        told.granted.insert(Category::HealthSummary, vec!["9.9".to_owned()]);
    });
    let view = nurse_views(&nodes, ada_by_number()).await;
    let shown = serde_json::to_string(&view).unwrap();
    assert!(!shown.contains("Too much") && !shown.contains("Not its own"));
    let council = part(&view, COUNCIL);
    assert!(matches!(council.state, PartState::Known));
    assert!(!council.granted.contains_key(&Category::SocialCareSummary));
    assert!(council.facts.iter().any(|fact| fact.category() == Category::Register));
}

#[tokio::test]
async fn a_partner_that_does_not_know_the_child_or_knows_it_sealed_has_no_facts() {
    for known in [0, 1] {
        let nodes = staged().await;
        council_says(
            &nodes,
            if known == 0 {
                |told| told.known = Known::No
            } else {
                |told| told.known = Known::Several { count: 3 }
            },
        );
        let view = nurse_views(&nodes, ada_by_number()).await;
        assert!(part(&view, COUNCIL).facts.is_empty());
    }
}

#[tokio::test]
async fn the_council_tells_the_trust_neither_address_nor_postcode_in_view_and_check() {
    let nodes = staged().await;
    let view = nurse_views(&nodes, ada_by_number()).await;
    let council = serde_json::to_string(part(&view, COUNCIL)).unwrap();
    let checked = check(&nodes.trust, ada_by_number()).await;
    let checked = serde_json::to_string(&checked.answer).unwrap();
    for shown in [&council, &checked] {
        assert!(shown.contains("cpp-1") || shown.contains("Key worker"), "{shown}");
        assert!(!shown.contains("Quarryside Lane") && !shown.contains("S61 0AB"), "{shown}");
    }
}

#[tokio::test]
async fn every_category_that_is_shown_names_its_clause() {
    let nodes = staged().await;
    let view = nurse_views(&nodes, ada_by_number()).await;
    for part in &view.agencies {
        assert!(!part.facts.is_empty());
        for fact in &part.facts {
            assert!(!part.granted[&fact.category()].is_empty(), "{:?}", fact.category());
        }
    }
}

#[tokio::test]
async fn an_address_within_another_category_is_dropped_from_a_partner_that_sends_it() {
    let nodes = staged().await;
    council_says(&nodes, |told| {
        told.facts.push(fact(COUNCIL, "1", FactContent::Demographics(Box::new(ada()))));
        told.facts.push(fact(
            COUNCIL,
            "1",
            FactContent::Register(Box::new(entry("cpp-1", &ada()))),
        ));
    });
    let view = nurse_views(&nodes, ada_by_number()).await;
    let council = serde_json::to_string(&part(&view, COUNCIL).facts).unwrap();
    assert!(!council.contains("Quarryside Lane") && !council.contains("S61 0AB"), "{council}");
}
