//! Look-ups without attendance: the key worker is told where the right says so, and every look stands in both ledgers.

use kinfold_domain::Subject;
use kinfold_service::{
    attendances::AttendanceList,
    department::Outcome,
    records::{AskKind, Entry},
};

use crate::*;

/// The key worker whom the register names.
fn key_worker() -> Caller {
    caller(COUNCIL, "keyworker", "social-worker")
}

async fn listed(nodes: &TwoNodes, who: &Caller) -> AttendanceList {
    let lists = &nodes.council.attendances.as_ref().unwrap().lists;
    lists.list(who).await.unwrap().content().clone()
}

async fn checks(nodes: &TwoNodes, who: &Caller, why: &str) {
    let question = CheckQuestion { subject: ada_by_number(), purpose: purpose(why), choice: None };
    nodes.trust.check.check(who, question).await.unwrap();
}

fn replica_looks(nodes: &TwoNodes) -> Vec<bool> {
    let look = |entry: &Entry| match entry {
        Entry::ReplicaLook(look) => Some(look.notifies),
        _ => None,
    };
    nodes.council.entries(0).iter().filter_map(look).collect()
}

#[tokio::test]
async fn a_look_up_for_unscheduled_care_is_told_to_the_key_worker_and_to_nobody_else() {
    let nodes = staged().await;
    checks(&nodes, &nurse(), UNSCHEDULED).await;
    nodes.settle().await;
    let list = listed(&nodes, &key_worker()).await;
    let [row] = &list.looked_up[..] else { panic!("{:?}", list.looked_up) };
    assert_eq!(row.look.by.name.expose(), "nurse Testperson");
    assert_eq!((row.look.kind, row.look.purpose.as_str()), (AskKind::Check, UNSCHEDULED));
    assert_eq!(row.entries.len(), 1);
    assert!(list.rows.is_empty(), "nobody has to answer for it");
    assert!(listed(&nodes, &social_worker()).await.looked_up.is_empty(), "another's child");
    let shown = nodes.council.entries(nodes.council.size() - 3);
    assert!(shown.iter().any(|entry| matches!(entry, Entry::Receipt(shown)
        if shown.kind == AskKind::Attendances && shown.about.entries.len() == 1)));
    nodes.advance(14 * 86_400 + 1);
    assert!(listed(&nodes, &key_worker()).await.looked_up.is_empty(), "after fourteen days");
}

#[tokio::test]
async fn a_silent_right_leaves_the_look_in_both_ledgers_and_tells_nobody() {
    let nodes = staged().await;
    checks(&nodes, &nurse(), "direct-care-scheduled").await;
    nodes.settle().await;
    assert_eq!(replica_looks(&nodes), [false]);
    assert!(listed(&nodes, &key_worker()).await.looked_up.is_empty());
}

#[tokio::test]
async fn an_arrival_and_the_board_are_silent_and_the_look_before_it_is_part_of_the_attendance() {
    let nodes = staged().await;
    checks(&nodes, &nurse(), UNSCHEDULED).await;
    nodes.settle().await;
    assert_eq!(listed(&nodes, &key_worker()).await.looked_up.len(), 1);
    nodes.advance(3600);
    let department = nodes.trust.department.as_ref().unwrap();
    let checked = check(&nodes.trust, ada_by_number()).await;
    let whom = (&Subject::from(&ada()), &checked.entries[..]);
    department.outcomes.record_by_hand(&nurse(), whom, Outcome::Seen).await.unwrap();
    let watching = department.board.open(&nurse()).await.unwrap();
    department.board.show(&watching).await.unwrap();
    nodes.settle().await;
    let list = listed(&nodes, &key_worker()).await;
    assert!(list.looked_up.is_empty(), "{:?}", list.looked_up);
    assert_eq!(list.rows[0].looks.len(), 2);
}

#[tokio::test]
async fn a_pooled_view_that_was_told_live_is_told_to_the_key_worker_too() {
    let nodes = staged().await;
    nurse_views(&nodes, ada_by_number()).await;
    nodes.settle().await;
    let list = listed(&nodes, &key_worker()).await;
    assert_eq!(list.looked_up.len(), 1);
    assert_eq!(list.looked_up[0].look.kind, AskKind::PooledView);
}
