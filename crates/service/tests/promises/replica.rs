//! The trust's copy of the council's register: nothing counts before it is verified.

use std::sync::Arc;

use kinfold_domain::CheckAnswer;
use kinfold_service::{
    exchange::{MessageKind, RegisterPage, open, seal},
    register::{RegisterHead, Replica, ReplicaError},
    testing::{Way, guardian, node_key, signed_agreement, start},
};

use crate::*;

pub(crate) fn replica(nodes: &TwoNodes) -> &Replica {
    nodes.trust.replica.as_ref().unwrap()
}

fn add(nodes: &TwoNodes, ids: std::ops::Range<usize>) {
    for n in ids {
        let entry = entry(&format!("cpp-{n}"), &child(n, "Garrowby", &format!("Iseult{n}")));
        nodes.council.ground.source.add_entry(entry);
    }
}

/// The council's pages, altered and signed anew by the council's own node: what only a faulty or dishonest council could send.
fn council_sends(nodes: &TwoNodes, alter: impl Fn(&mut RegisterPage) + Send + Sync + 'static) {
    nodes.trust.ground.link.alter_answers(move |answer| {
        let key = node_key(COUNCIL);
        let opened = open(MessageKind::RegisterPage, answer.as_bytes(), key.verifier());
        let Ok(mut page): Result<RegisterPage, _> = opened else { return answer };
        alter(&mut page);
        seal(MessageKind::RegisterPage, &page, &key).unwrap()
    });
}

fn alter_head(page: &mut RegisterPage, alter: impl Fn(&mut RegisterHead)) {
    let key = node_key(COUNCIL);
    let mut head = open(MessageKind::RegisterHead, page.head.as_bytes(), key.verifier()).unwrap();
    alter(&mut head);
    page.head = seal(MessageKind::RegisterHead, &head, &key).unwrap();
}

type Alteration = fn(&mut RegisterPage);

#[tokio::test]
async fn withheld_reordered_altered_and_invented_changes_are_refused_and_what_is_held_stays() {
    let alterations: [(&str, Alteration); 7] = [
        ("withheld", |page| page.changes.clear()),
        ("one withheld", |page| {
            page.changes.remove(0);
        }),
        ("reordered", |page| page.changes.reverse()),
        ("altered", |page| page.changes[0] = page.changes[0].replacen("Iseult", "Isolde", 1)),
        ("invented", |page| page.changes.push(page.changes[0].clone())),
        ("from elsewhere", |page| page.from += 1),
        ("garbage", |page| page.changes[0] = "{}".to_owned()),
    ];
    for (what, alteration) in alterations {
        let nodes = staged().await;
        add(&nodes, 2..4);
        nodes.council.settle().await;
        council_sends(&nodes, alteration);
        let before = nodes.trust.register.size_and_root();

        let pulled = replica(&nodes).pull(0).await;

        assert!(matches!(pulled, Err(ReplicaError::Untrusted(_))), "{what}: {pulled:?}");
        assert_eq!(nodes.trust.register.size_and_root(), before, "{what}");
        assert!(replica(&nodes).failure().is_some());
        nodes.trust.ground.link.set(Way::Open);
        assert_eq!(replica(&nodes).pull(0).await.unwrap(), 2, "{what}");
    }
}

#[tokio::test]
async fn a_head_of_another_register_agreement_or_time_is_refused() {
    let alterations: [fn(&mut RegisterHead); 5] = [
        |head| head.owner = TRUST.parse().unwrap(),
        |head| head.partner = COUNCIL.parse().unwrap(),
        |head| head.agreement = "another".to_owned(),
        |head| head.signed_at = start() - jiff::SignedDuration::from_mins(2),
        |head| {
            head.confirmed =
                Some(kinfold_domain::AsAt(start() + jiff::SignedDuration::from_hours(9)));
        },
    ];
    for alteration in alterations {
        let nodes = staged().await;
        council_sends(&nodes, move |page| alter_head(page, alteration));
        let pulled = replica(&nodes).pull(0).await;
        assert!(matches!(pulled, Err(ReplicaError::Untrusted(_))), "{pulled:?}");
    }
}

#[tokio::test]
async fn a_list_that_was_rolled_back_is_refused_and_the_check_keeps_what_it_knew() {
    let nodes = staged().await;
    add(&nodes, 2..4);
    nodes.settle().await;
    assert_eq!(nodes.trust.register.size_and_root().0, 3);
    let council = nodes.council.ground.agency.id.clone();
    nodes.council.ground.registers.tamper(&council, |changes| changes.truncate(1));
    let nodes = nodes.restart().await;

    let pulled = replica(&nodes).pull(0).await;

    assert!(pulled.is_err(), "a shorter list was believed");
    assert!(replica(&nodes).failure().unwrap().to_string().contains("restored"));
    assert_eq!(nodes.trust.register.size_and_root().0, 3);
}

#[tokio::test]
async fn an_answer_replayed_later_confirms_nothing() {
    let nodes = staged().await;
    replica(&nodes).pull(0).await.unwrap();
    let (_, _, answer) = nodes.trust.ground.link.sent().pop().unwrap();
    nodes.trust.ground.link.alter_answers(move |_| answer.clone());
    nodes.advance(30);
    assert!(matches!(replica(&nodes).pull(0).await, Err(ReplicaError::Untrusted(_))));
    let now = start() + jiff::SignedDuration::from_secs(30);
    assert_eq!(nodes.trust.register.confirmed(now).as_at.unwrap().0, start());
}

#[tokio::test]
async fn a_replica_starts_again_from_its_store_while_the_council_is_down() {
    let nodes = staged().await.restart().await;
    nodes.trust.ground.link.part();
    let checked = check(&nodes.trust, ada_by_number()).await;
    assert!(matches!(checked.answer, CheckAnswer::OnRegister { .. }));
    assert!(checked.registers[0].phones.is_some());
}

#[tokio::test]
async fn a_replica_that_was_altered_on_the_disk_is_forgotten_and_fetched_anew() {
    let nodes = staged().await;
    let council = nodes.council.ground.agency.id.clone();
    nodes
        .trust
        .ground
        .registers
        .tamper(&council, |changes| changes[0].change.entry.school = Some("X".into()));
    let nodes = nodes.restart().await;
    assert_eq!(nodes.trust.register.size_and_root().0, 0);
    assert_eq!(replica(&nodes).pull(0).await.unwrap(), 1);
}

#[tokio::test]
async fn a_store_that_fails_in_the_middle_loses_nothing_and_counts_nothing_twice() {
    for writes in 0..3 {
        let nodes = staged().await;
        add(&nodes, 2..5);
        nodes.council.settle().await;
        let store = Arc::clone(&nodes.trust.ground.registers);
        store.fault.begin_after(writes);
        let pulled = replica(&nodes).pull(0).await;
        store.fault.end();
        assert_eq!(pulled.is_ok(), writes == 2, "{pulled:?}");
        add(&nodes, 5..6);
        nodes.council.settle().await;
        replica(&nodes).pull(0).await.unwrap();
        assert_eq!(nodes.trust.register.size_and_root().0, 5);
        let nodes = nodes.restart().await;
        assert_eq!(nodes.trust.register.size_and_root().0, 5);
    }
}

#[tokio::test]
async fn a_replica_is_forgotten_when_the_agreement_is_revoked_here() {
    let nodes = staged().await;
    let draft = kinfold_agreement::Draft::parse(signed_agreement(1).1.as_bytes()).unwrap();
    let revocation =
        kinfold_agreement::revoke(draft.agreement(), "Ended", start(), &guardian(TRUST)).unwrap();
    nodes.trust.agreements.revoke(&revocation).await.unwrap();
    assert!(matches!(replica(&nodes).pull(0).await, Err(ReplicaError::NoAgreement(_))));
    assert_eq!(nodes.trust.register.size_and_root().0, 0);
    assert_eq!(nodes.trust.ground.registers.len(&nodes.council.ground.agency.id), 0);
}

#[tokio::test]
async fn under_a_new_agreement_the_replica_begins_anew_by_itself() {
    let nodes = staged().await;
    let (_, note) = signed_agreement(2);
    nodes.council.agreements.activate(&note).await.unwrap();
    nodes.trust.agreements.activate(&note).await.unwrap();
    assert_eq!(replica(&nodes).pull(0).await.unwrap(), 1);
    assert_eq!(nodes.trust.register.size_and_root().0, 1);
}

#[tokio::test]
async fn the_copy_leaves_out_what_no_clause_lets_the_partner_see() {
    let nodes = staged().await;
    let council = nodes.council.ground.agency.id.clone();
    nodes.trust.ground.registers.tamper(&council, |changes| {
        let held = serde_json::to_string(&changes[0].change.entry).unwrap();
        assert!(held.contains("Keyworker") && held.contains("S61 0AB"), "{held}");
        assert!(!held.contains("Quarryside Lane"), "a street was copied: {held}");
    });
    let sent = nodes.trust.ground.link.sent();
    assert!(sent.iter().all(|(_, _, answer)| !answer.contains("Quarryside Lane")));
}

#[tokio::test]
async fn what_is_sent_of_the_register_is_recorded_before_it_leaves() {
    let nodes = staged().await;
    assert!(kinds(&nodes.council.entries(0)).contains(&"register-sent"));
    add(&nodes, 2..3);
    nodes.council.settle().await;
    nodes.council.break_ledger().await;
    let pulled = replica(&nodes).pull(0).await;
    assert!(matches!(pulled, Err(ReplicaError::Partner(_))), "{pulled:?}");
    assert_eq!(nodes.trust.register.size_and_root().0, 1);
}

#[tokio::test]
async fn a_change_reaches_a_partner_that_waits_for_one() {
    let nodes = staged().await;
    let waiting = replica(&nodes).pull(10_000);
    let changing = async {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        add(&nodes, 2..3);
        nodes.council.feed.as_ref().unwrap().poll().await.unwrap();
    };
    let (pulled, ()) = tokio::join!(waiting, changing);
    assert_eq!(pulled.unwrap(), 1);
}
