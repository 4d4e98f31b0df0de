//! The register as its case system shows it.

use jiff::civil::date;
use kinfold_domain::{Category, ChangeKind, Employee, RegisterEntry, Standing};
use kinfold_service::{
    ports::{RegisterStore, SourceError},
    records::Entry,
    register::{ConfirmError, FeedState, RegisterFeed},
    testing::{Answering, employee},
};

use crate::*;

fn feed(nodes: &TwoNodes) -> &RegisterFeed {
    nodes.council.feed.as_ref().unwrap()
}

fn set(nodes: &TwoNodes, alter: impl FnOnce(&mut Vec<RegisterEntry>)) {
    alter(nodes.council.ground.source.register.lock().get_or_insert_default());
}

async fn changes(nodes: &TwoNodes) -> Vec<(ChangeKind, String)> {
    let owner = &nodes.council.ground.agency.id;
    let stored = nodes.council.ground.registers.changes(owner, 0, 1_000).await.unwrap();
    stored
        .into_iter()
        .map(|stored| (stored.change.kind, stored.change.entry.id.to_string()))
        .collect()
}

#[tokio::test]
async fn entries_are_added_corrected_ended_and_withdrawn_each_as_one_recorded_change() {
    let nodes = staged().await;
    set(&nodes, |entries| {
        entries[0].next_review = Some(date(2026, 9, 1));
        entries.push(entry("cpp-2", &child(2, "Garrowby", "Iseult")));
    });
    assert_eq!(feed(&nodes).poll().await.unwrap(), 2);
    assert_eq!(feed(&nodes).poll().await.unwrap(), 0, "nothing has changed");
    set(&nodes, |entries| {
        entries[0].end = Some(date(2026, 6, 1));
        entries.pop();
    });
    feed(&nodes).poll().await.unwrap();

    let name = str::to_owned;
    let expected = [
        (ChangeKind::Added, name("cpp-1")),
        (ChangeKind::Corrected, name("cpp-1")),
        (ChangeKind::Added, name("cpp-2")),
        (ChangeKind::Ended, name("cpp-1")),
        (ChangeKind::Withdrawn, name("cpp-2")),
    ];
    assert_eq!(changes(&nodes).await, expected);
    let recorded = nodes.council.entries(0);
    let recorded = recorded.iter().filter(|entry| matches!(entry, Entry::RegisterChanged { .. }));
    assert_eq!(recorded.count(), expected.len());
    let today = date(2026, 6, 1);
    let owner = &nodes.council.ground.agency.id;
    let last = nodes.council.ground.registers.changes(owner, 4, 1).await.unwrap().remove(0);
    assert_eq!(last.change.entry.standing(today), Standing::RecentlyEnded(today));
}

#[tokio::test]
async fn a_register_that_vanishes_at_once_is_not_believed_and_keeps_its_age() {
    for left in [0, 1] {
        let nodes = staged().await;
        set(&nodes, |entries| {
            entries.extend(
                (2..=12).map(|n| {
                    entry(&format!("cpp-{n}"), &child(n, "Garrowby", &format!("Iseult{n}")))
                }),
            );
        });
        feed(&nodes).poll().await.unwrap();
        nodes.advance(5);
        set(&nodes, |entries| entries.truncate(left));

        feed(&nodes).poll().await.unwrap();

        let state = feed(&nodes).state();
        let vanished = state.vanished.unwrap();
        assert_eq!((vanished.gone, vanished.of), (12 - left, 12));
        let register = &nodes.council.register;
        assert_eq!(register.standing(date(2026, 6, 1)), (12, 0));
        let now = kinfold_service::testing::start();
        assert_eq!(register.confirmed(now).as_at.unwrap().0, now, "its age was renewed");
    }
}

#[tokio::test]
async fn a_row_that_can_not_be_read_keeps_its_entry() {
    let nodes = staged().await;
    set(&nodes, |entries| {
        entries[0] = entry("cpp-2", &child(2, "Garrowby", "Iseult"));
    });
    let rejected = rejected(Some(Category::Register), "CPP-1", "no start date");
    *nodes.council.ground.source.rejected.lock() = vec![rejected.clone()];
    feed(&nodes).poll().await.unwrap();
    assert_eq!(nodes.council.register.standing(date(2026, 6, 1)), (2, 0));
    assert_eq!(feed(&nodes).state().rejected, [rejected]);
}

#[tokio::test]
async fn a_reference_used_twice_is_one_entry_and_work_for_somebody() {
    let nodes = staged().await;
    set(&nodes, |entries| {
        let mut ended = entries[0].clone();
        ended.end = Some(date(2026, 1, 1));
        entries.insert(0, ended.clone());
        entries.push(ended);
    });
    assert_eq!(feed(&nodes).poll().await.unwrap(), 0, "the entry in force stands for both");
    assert_eq!(feed(&nodes).state().rejected.len(), 2);
}

#[tokio::test]
async fn a_source_that_fails_keeps_the_register_and_its_age() {
    let nodes = staged().await;
    nodes.advance(5);
    nodes.council.ground.source.answer(Answering::Wrong(SourceError::Failed("500".to_owned())));
    assert!(feed(&nodes).poll().await.is_err());
    let FeedState { failure, answered, .. } = feed(&nodes).state();
    assert!(failure.unwrap().contains("500"));
    assert_eq!(answered.unwrap(), kinfold_service::testing::start());
    let confirmed = nodes.council.register.confirmed(kinfold_service::testing::start());
    assert_eq!(confirmed.as_at.unwrap().0, kinfold_service::testing::start());
}

#[tokio::test]
async fn a_ledger_that_is_down_changes_nothing_of_the_register() {
    let nodes = staged().await;
    nodes.council.break_ledger().await;
    set(&nodes, |entries| entries.push(entry("cpp-2", &child(2, "Garrowby", "Iseult"))));
    assert!(feed(&nodes).poll().await.is_err());
    assert_eq!(changes(&nodes).await.len(), 1);
    assert_eq!(nodes.council.register.standing(date(2026, 6, 1)), (1, 0));
}

#[tokio::test]
async fn a_first_reading_of_thousands_is_taken_over_whole() {
    let nodes = TwoNodes::start().await;
    set(&nodes, |entries| {
        let one = child(1, "Garrowby", "Iseult");
        entries.extend((0..2_300).map(|n| entry(&format!("cpp-{n}"), &one)));
    });
    assert_eq!(feed(&nodes).poll().await.unwrap(), 2_300);
    assert_eq!(nodes.council.ground.registers.len(&nodes.council.ground.agency.id), 2_300);
    assert_eq!(nodes.trust.replica.as_ref().unwrap().pull(0).await.unwrap(), 2_300);
}

#[tokio::test]
async fn after_a_restart_the_register_stands_as_at_its_last_change_until_it_is_read_again() {
    let nodes = staged().await;
    nodes.advance(3_600);
    let nodes = nodes.restart().await;
    let now = kinfold_service::testing::start() + jiff::SignedDuration::from_secs(3_600);
    let confirmed = nodes.council.register.confirmed(now);
    assert_eq!(confirmed.as_at.unwrap().0, kinfold_service::testing::start());
    assert!(confirmed.stale);
    nodes.settle().await;
    assert!(!nodes.council.register.confirmed(now).stale);
}

/// Twelve entries of which nine vanish; the reading that says so.
async fn nine_vanished() -> (TwoNodes, String) {
    let nodes = staged().await;
    set(&nodes, |entries| {
        entries.extend(
            (2..=12)
                .map(|n| entry(&format!("cpp-{n}"), &child(n, "Garrowby", &format!("Iseult{n}")))),
        );
    });
    feed(&nodes).poll().await.unwrap();
    set(&nodes, |entries| entries.truncate(3));
    let vanished = feed(&nodes).vanished().await.unwrap().unwrap();
    assert_eq!((vanished.gone, vanished.of), (9, 12));
    (nodes, vanished.reading)
}

const REASON: &str = "Nine plans were closed by the review.";

#[tokio::test]
async fn what_vanished_ends_once_the_custodian_confirms_it_and_is_recorded_first() {
    let (nodes, reading) = nine_vanished().await;
    let before = nodes.council.size();

    let changes = feed(&nodes).confirm_vanished(&custodian(), &reading, REASON).await.unwrap();

    assert_eq!(changes, 9);
    assert_eq!(nodes.council.register.standing(date(2026, 6, 1)), (3, 9));
    assert_eq!(feed(&nodes).state().vanished, None);
    let recorded = nodes.council.entries(before);
    let Entry::RegisterEndConfirmed(confirmed) = &recorded[0] else { panic!("not recorded first") };
    assert_eq!((confirmed.gone, confirmed.of, confirmed.reason.as_str()), (9, 12, REASON));
    assert_eq!(kinds(&recorded[1..]), ["register-changed"; 9]);
    // The next time is another one.
    set(&nodes, Vec::clear);
    feed(&nodes).poll().await.unwrap();
    assert_eq!(feed(&nodes).state().vanished.unwrap().gone, 3);
}

#[tokio::test]
async fn a_confirmation_of_another_reading_ends_nothing() {
    let (nodes, reading) = nine_vanished().await;
    set(&nodes, |entries| entries.truncate(2));
    let refused = feed(&nodes).confirm_vanished(&custodian(), &reading, REASON).await;
    assert!(matches!(refused, Err(ConfirmError::Changed(10))), "{refused:?}");
    assert_eq!(nodes.council.register.standing(date(2026, 6, 1)), (12, 0));
}

#[tokio::test]
async fn nothing_is_confirmed_by_another_role_without_a_reason_or_without_the_ledger() {
    let (nodes, reading) = nine_vanished().await;
    let before = nodes.council.size();
    let worker = employee(COUNCIL, "worker", "social-worker");
    let refused = feed(&nodes).confirm_vanished(&worker, &reading, REASON).await;
    assert!(matches!(refused, Err(ConfirmError::NotForRole)), "{refused:?}");
    let refused = feed(&nodes).confirm_vanished(&custodian(), &reading, " ").await;
    assert!(matches!(refused, Err(ConfirmError::Reason)), "{refused:?}");
    assert_eq!(nodes.council.size(), before);
    nodes.council.break_ledger().await;
    let refused = feed(&nodes).confirm_vanished(&custodian(), &reading, REASON).await;
    assert!(matches!(refused, Err(ConfirmError::Ledger(_))), "{refused:?}");
    assert_eq!(nodes.council.register.standing(date(2026, 6, 1)), (12, 0));
}

fn custodian() -> Employee {
    employee(COUNCIL, "custodian", "register-custodian")
}
