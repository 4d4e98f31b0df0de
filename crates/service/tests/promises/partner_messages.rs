//! A partner's message that is not right: nothing flows, the partner is told why, and it is recorded.

use kinfold_agreement::{Draft, revoke};
use kinfold_service::{
    exchange::{AskMessage, MessageKind, open, seal},
    ports::{AgreementStore, PartnerError, Route},
    records::{Asker, Entry, Refusal},
    testing::{Way, guardian, node_key, signed_agreement},
};

use crate::*;

/// What the council's node recorded last.
fn last_refusal(node: &TestNode) -> Box<Refusal> {
    match node.entries(node.size() - 1).pop() {
        Some(Entry::Refusal(refusal)) => refusal,
        other => panic!("no refusal was recorded: {other:?}"),
    }
}

/// The trust asks; the council refuses for that reason, records it, is asked for no fact; and the trust's receipt says so too.
async fn refused_for(nodes: &TwoNodes, words: &str) {
    let asked = nodes.council.ground.source.asked();
    let view = nurse_views(nodes, ada_by_number()).await;

    let council = part(&view, COUNCIL);
    assert!(matches!(council.state, PartState::Refused { .. }), "{:?}", council.state);
    assert!(reason(council).contains(words), "{}", reason(council));
    assert!(council.facts.is_empty());
    assert_eq!(nodes.council.ground.source.asked(), asked, "the source was asked");
    let refusal = last_refusal(&nodes.council);
    assert!(reason(council).contains(&refusal.reason), "{}", refusal.reason);
    assert_eq!(refusal.agency.as_str(), TRUST);
    let Some(Entry::Receipt(shown)) = nodes.trust.entries(nodes.trust.size() - 1).pop() else {
        panic!("no receipt")
    };
    let told = shown.sources.iter().find(|source| source.agency.as_str() == COUNCIL).unwrap();
    assert_eq!(told.failure.as_deref(), Some(reason(council).as_str()));
}

#[tokio::test]
async fn an_expired_agreement_lets_nothing_flow_at_either_end() {
    let nodes = staged().await;
    nodes.council.ground.clock.set("2027-01-01T00:00:00Z".parse().unwrap());
    refused_for(&nodes, "ended").await;

    nodes.trust.ground.clock.set("2027-01-01T00:00:00Z".parse().unwrap());
    let before = nodes.trust.size();
    let sent = nodes.trust.ground.link.sent().len();
    let viewed = nodes.trust.pool.view(&nurse(), question(ada_by_number(), UNSCHEDULED)).await;
    let checked = nodes.trust.check.check(&nurse(), check_of(ada_by_number())).await;
    assert!(viewed.unwrap_err().to_string().contains("ended"));
    assert!(checked.unwrap_err().to_string().contains("ended"));
    assert_eq!(kinds(&nodes.trust.entries(before)), ["refusal", "refusal"]);
    assert_eq!(nodes.trust.ground.link.sent().len(), sent);
}

#[tokio::test]
async fn a_revoked_agreement_lets_nothing_flow_even_where_it_is_not_known_yet() {
    let nodes = staged().await;
    let draft = Draft::parse(signed_agreement(1).1.as_bytes()).unwrap();
    let at = kinfold_service::testing::start();
    let note = revoke(draft.agreement(), "No longer needed", at, &guardian(COUNCIL)).unwrap();
    nodes.council.agreements.revoke(&note).await.unwrap();

    refused_for(&nodes, "revoked").await;

    let again = nodes.council.agreements.activate(&signed_agreement(1).1).await;
    assert!(again.unwrap_err().to_string().contains("revoked"), "it was activated again");
}

#[tokio::test]
async fn nodes_that_hold_different_agreements_tell_each_other_nothing() {
    let nodes = staged().await;
    let (_, note) = signed_agreement(2);
    nodes.council.agreements.activate(&note).await.unwrap();
    assert!(
        nodes.council.ground.agreements.active().await.unwrap().unwrap().contains("version = 2")
    );

    refused_for(&nodes, "different agreements").await;

    let refusal = last_refusal(&nodes.council);
    assert_eq!(refusal.asker.unwrap().user_name.as_str(), "nurse", "the asker was not recorded");
    assert!(refusal.subject.is_some());
}

#[tokio::test]
async fn clocks_two_minutes_apart_let_nothing_flow_and_both_are_told() {
    for apart in [-120, 120] {
        let nodes = staged().await;
        nodes.council.ground.clock.advance(apart);
        refused_for(&nodes, "120 seconds apart").await;
    }
}

#[tokio::test]
async fn an_ask_is_answered_once() {
    let nodes = staged().await;
    nurse_views(&nodes, ada_by_number()).await;
    let link = &nodes.trust.ground.link;
    let (_, ask, _) = link.sent().into_iter().rfind(|(r, ..)| *r == Route::Ask).unwrap();
    let asked = nodes.council.ground.source.asked();

    let replayed = link.deliver(Route::Ask, &ask).await;

    assert!(matches!(replayed, Err(PartnerError::Refused(why)) if why.contains("answered before")));
    assert_eq!(nodes.council.ground.source.asked(), asked);
    assert!(last_refusal(&nodes.council).asker.is_some());
}

#[tokio::test]
async fn a_review_is_answered_once_too() {
    let nodes = staged().await;
    let question =
        kinfold_service::audit::WhoQuestion { subject: ada_by_number(), purpose: purpose(REVIEW) };
    nodes.trust.who.list(&governance(TRUST), question).await.unwrap();
    let link = &nodes.trust.ground.link;
    let (_, ask, _) = link.sent().into_iter().rfind(|(r, ..)| *r == Route::Who).unwrap();
    let replayed = link.deliver(Route::Who, &ask).await;
    assert!(matches!(replayed, Err(PartnerError::Refused(why)) if why.contains("answered before")));
    assert!(last_refusal(&nodes.council).reason.contains("answered before"));
}

/// The last ask, altered and signed anew by the trust's own node.
fn forged(nodes: &TwoNodes, alter: impl FnOnce(&mut AskMessage)) -> String {
    let sent = nodes.trust.ground.link.sent();
    let (_, ask, _) = sent.into_iter().rfind(|(r, ..)| *r == Route::Ask).unwrap();
    let key = node_key(TRUST);
    let mut message: AskMessage = open(MessageKind::Ask, ask.as_bytes(), key.verifier()).unwrap();
    message.ask = kinfold_domain::AskId(uuid::Uuid::from_u128(77));
    alter(&mut message);
    seal(MessageKind::Ask, &message, &key).unwrap()
}

#[tokio::test]
async fn a_node_can_not_ask_in_the_name_of_another_agency_s_employee() {
    let nodes = staged().await;
    nurse_views(&nodes, ada_by_number()).await;
    let message = forged(&nodes, |ask| ask.asker = Asker::from(social_worker().employee()));
    let refused = nodes.trust.ground.link.deliver(Route::Ask, &message).await;
    assert!(matches!(refused, Err(PartnerError::Refused(why)) if why.contains("another agency")));
    assert!(last_refusal(&nodes.council).reason.contains("another agency"));
}

#[tokio::test]
async fn an_ask_whose_intent_is_not_proved_is_refused() {
    let nodes = staged().await;
    nurse_views(&nodes, ada_by_number()).await;
    let moved = forged(&nodes, |ask| ask.intent.0 = ask.intent.0.replacen("index ", "index 1", 1));
    let garbage = forged(&nodes, |ask| ask.intent.0 = "no proof".to_owned());
    // Another ledger's proof proves nothing of this one's.
    let sent = nodes.trust.ground.link.sent();
    let (_, _, answer) = sent.into_iter().rfind(|(r, ..)| *r == Route::Ask).unwrap();
    let told: kinfold_service::exchange::AnswerMessage =
        open(MessageKind::Answer, answer.as_bytes(), node_key(COUNCIL).verifier()).unwrap();
    let other = forged(&nodes, |ask| ask.intent = told.recorded.unwrap());
    for message in [moved, garbage, other] {
        let refused = nodes.trust.ground.link.deliver(Route::Ask, &message).await;
        assert!(matches!(refused, Err(PartnerError::Refused(why)) if why.contains("not proved")));
        assert!(last_refusal(&nodes.council).asker.is_some());
    }
}

#[tokio::test]
async fn a_message_that_was_altered_on_the_way_is_refused_and_recorded() {
    let nodes = staged().await;
    let alter = |message: String| message.replacen(UNSCHEDULED, "direct-care-scheduled-", 1);
    nodes.trust.ground.link.set(Way::Asked(std::sync::Arc::new(alter)));
    refused_for(&nodes, "signature").await;
}

#[tokio::test]
async fn an_answer_that_was_altered_is_not_believed_and_nothing_of_it_is_shown() {
    let nodes = staged().await;
    nodes.trust.ground.link.alter_answers(|answer| answer.replacen("Key worker", "Key w0rker", 1));
    let view = nurse_views(&nodes, ada_by_number()).await;
    let council = part(&view, COUNCIL);
    let PartState::Unreachable { reason, as_at } = &council.state else { panic!("believed") };
    assert!(reason.contains("can't be trusted"), "{reason}");
    assert!(as_at.is_some(), "the replica was verified, and stands in");
}

#[tokio::test]
async fn an_answer_to_another_ask_is_not_believed() {
    let nodes = staged().await;
    nurse_views(&nodes, ada_by_number()).await;
    let sent = nodes.trust.ground.link.sent();
    let (_, _, earlier) = sent.into_iter().rfind(|(r, ..)| *r == Route::Ask).unwrap();
    nodes.trust.ground.link.alter_answers(move |_| earlier.clone());
    let view = nurse_views(&nodes, ada_by_number()).await;
    assert!(reason(part(&view, COUNCIL)).contains("another ask"));
}

#[tokio::test]
async fn a_partner_that_asks_for_what_it_may_not_see_is_refused_with_the_proof_that_it_is_recorded()
{
    let nodes = staged().await;
    nurse_views(&nodes, ada_by_number()).await;
    let message = forged(&nodes, |ask| ask.purpose = purpose(REVIEW));
    let answer = nodes.trust.ground.link.deliver(Route::Ask, &message).await.unwrap();
    let answer: kinfold_service::exchange::AnswerMessage =
        open(MessageKind::Answer, answer.as_bytes(), node_key(COUNCIL).verifier()).unwrap();
    assert!(answer.recorded.is_some());
    let kinfold_service::exchange::ClosedAnswer::Refused { reason } = answer.outcome else {
        panic!("it was told")
    };
    assert_eq!(last_refusal(&nodes.council).reason, reason);
}

#[tokio::test]
async fn the_same_refusal_of_what_a_node_repeats_by_itself_is_recorded_once_an_hour() {
    let nodes = staged().await;
    nodes.council.ground.clock.advance(120);
    let before = nodes.council.size();
    for _ in 0..5 {
        let pulled = nodes.trust.replica.as_ref().unwrap().pull(0).await;
        assert!(pulled.unwrap_err().to_string().contains("120 seconds apart"));
    }
    assert_eq!(kinds(&nodes.council.entries(before)), ["partner-refused"]);
    nodes.advance(3_600);
    let _ = nodes.trust.replica.as_ref().unwrap().pull(0).await;
    assert_eq!(kinds(&nodes.council.entries(before)), ["partner-refused"; 2]);
}
