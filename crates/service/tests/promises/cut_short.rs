//! What is cut short in the middle: the process ends, the store fails, nobody waits any more. Each of these was found by the simulation
//! (`docs/faults.md`), or while it was written.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kinfold_domain::{Categories, Category, MovementEvent, Subject};
use kinfold_service::{
    attendances::HeardAttendance,
    department::{Outcome, StepKind},
    ports::PartnerError,
    records::{About, AskKind, Asker, Shown},
    testing::Way,
};

use crate::{
    department::{arrives, board, duty_team, listed, movement, send, steps},
    *,
};

async fn heard(nodes: &TwoNodes) -> HeardAttendance {
    let mut rows = listed(nodes, &social_worker()).await.rows;
    assert_eq!(rows.len(), 1);
    rows.remove(0).heard
}

fn whats(heard: &HeardAttendance) -> Vec<StepKind> {
    heard.steps.iter().map(|step| step.what).collect()
}

async fn says(nodes: &TwoNodes, control_id: &str, event: MovementEvent, whom: &Subject) {
    send(nodes, control_id, movement(nodes, event, whom)).await;
    nodes.settle().await;
    nodes.settle().await;
}

#[tokio::test]
async fn what_is_said_of_somebody_who_has_left_or_never_came_is_no_new_arrival() {
    let ada = Subject::from(&ada());
    for (end, told) in [
        (MovementEvent::Discharged, StepKind::Left),
        (MovementEvent::ArrivalCancelled, StepKind::Cancelled),
    ] {
        let nodes = staged().await;
        arrives(&nodes, &ada).await;
        says(&nodes, "B", end, &ada).await;
        let moved = Subject { postcode: Some("S60 9ZZ".parse().unwrap()), ..ada.clone() };
        says(&nodes, "C", MovementEvent::PersonUpdated, &moved).await;
        assert_eq!(whats(&heard(&nodes).await), [StepKind::Arrived, told]);
    }
}

#[tokio::test]
async fn who_turns_out_on_leaving_to_be_a_child_on_the_register_is_told_of_and_stays_on_the_board()
{
    let nodes = staged().await;
    let nameless = Subject { sex: kinfold_domain::Sex::Female, ..Subject::default() };
    arrives(&nodes, &nameless).await;
    says(&nodes, "B", MovementEvent::Discharged, &Subject::from(&ada())).await;
    assert_eq!(whats(&heard(&nodes).await), [StepKind::Arrived, StepKind::Left]);
    assert_eq!(board(&nodes).await.rows.len(), 1, "somebody has still to say what became of her");
}

#[tokio::test]
async fn an_arrival_entered_in_error_that_was_none_is_told_anew() {
    let nodes = staged().await;
    let ada = Subject::from(&ada());
    arrives(&nodes, &ada).await;
    says(&nodes, "B", MovementEvent::ArrivalCancelled, &ada).await;
    says(&nodes, "C", MovementEvent::Discharged, &ada).await;
    let told = whats(&heard(&nodes).await);
    let expected = [StepKind::Arrived, StepKind::Cancelled, StepKind::Arrived, StepKind::Left];
    assert_eq!(told, expected);
}

#[tokio::test]
async fn who_is_here_after_all_and_no_longer_on_the_register_is_no_longer_waited_for() {
    let nodes = staged().await;
    let ada = Subject::from(&ada());
    arrives(&nodes, &ada).await;
    says(&nodes, "B", MovementEvent::Discharged, &ada).await;
    let long_ago = jiff::civil::date(2024, 5, 1);
    nodes.council.ground.source.register.lock().as_mut().unwrap()[0].end = Some(long_ago);
    nodes.settle().await;
    says(&nodes, "C", MovementEvent::DischargeCancelled, &ada).await;
    let known = heard(&nodes).await;
    assert_eq!(whats(&known), [StepKind::Arrived, StepKind::Left, StepKind::Cancelled]);
    assert!(!known.waits());
}

#[tokio::test]
async fn what_a_nurse_said_stands_though_the_node_ended_before_it_was_stored() {
    let nodes = staged().await;
    arrives(&nodes, &Subject::from(&ada())).await;
    let id = heard(&nodes).await.attendance;
    nodes.trust.ground.work.fault.begin();
    let outcomes = &nodes.trust.department.as_ref().unwrap().outcomes;
    assert!(outcomes.record(&nurse(), id, Outcome::Seen).await.is_err());
    nodes.trust.ground.work.fault.end();
    let nodes = nodes.restart().await;
    let row = board(&nodes).await.rows.remove(0);
    assert_eq!(row.recorded.unwrap().outcome, Outcome::Seen);
    // The next word is another step, not another one under the same number.
    says(&nodes, "B", MovementEvent::Discharged, &Subject::from(&ada())).await;
    let told = whats(&heard(&nodes).await);
    assert_eq!(told, [StepKind::Arrived, StepKind::Seen, StepKind::Left]);
}

#[tokio::test]
async fn what_was_begun_when_the_store_failed_is_finished_before_anything_else() {
    let nodes = staged().await;
    arrives(&nodes, &Subject::from(&ada())).await;
    let id = heard(&nodes).await.attendance;
    let outcomes = &nodes.trust.department.as_ref().unwrap().outcomes;
    nodes.trust.ground.work.fault.begin();
    assert!(outcomes.record(&nurse(), id, Outcome::Seen).await.is_err());
    nodes.trust.ground.work.fault.end();
    outcomes.record(&nurse(), id, Outcome::LeftUnseen).await.unwrap();
    nodes.settle().await;
    let told = whats(&heard(&nodes).await);
    assert_eq!(told, [StepKind::Arrived, StepKind::Seen, StepKind::LeftUnseen]);
    let numbers = steps(&nodes.trust.entries(0)).into_iter().map(|(_, number)| number);
    assert_eq!(numbers.collect::<Vec<_>>(), [0, 1, 2]);
}

#[tokio::test]
async fn an_attendance_recorded_by_hand_outlives_an_end_before_it_was_stored() {
    let nodes = staged().await;
    let checked = check(&nodes.trust, ada_by_number()).await;
    let whom = (&checked.subject, &checked.entries[..]);
    nodes.trust.ground.work.fault.begin();
    let outcomes = &nodes.trust.department.as_ref().unwrap().outcomes;
    assert!(outcomes.record_by_hand(&nurse(), whom, Outcome::Seen).await.is_err());
    nodes.trust.ground.work.fault.end();
    let nodes = nodes.restart().await;
    let outcomes = &nodes.trust.department.as_ref().unwrap().outcomes;
    outcomes.record_by_hand(&nurse(), whom, Outcome::Referred).await.unwrap();
    nodes.settle().await;
    let told = whats(&heard(&nodes).await);
    assert_eq!(told, [StepKind::Arrived, StepKind::Seen, StepKind::Referred], "one attendance");
}

#[tokio::test]
async fn an_answer_that_was_cut_short_counts_and_is_given_once() {
    for restarts in [false, true] {
        let mut nodes = staged().await;
        arrives(&nodes, &Subject::from(&ada())).await;
        let known = heard(&nodes).await;
        let whom = (&known.partner, known.attendance);
        let lists = &nodes.council.attendances.as_ref().unwrap().lists;
        // What is kept can still be read.
        nodes.council.ground.work.fault.begin_writes();
        assert!(lists.acknowledge(&social_worker(), whom).await.is_err());
        nodes.council.ground.work.fault.end();
        if restarts {
            nodes = nodes.restart().await;
        }
        let lists = &nodes.council.attendances.as_ref().unwrap().lists;
        lists.acknowledge(&duty_team(), whom).await.unwrap();
        nodes.settle().await;
        let by = heard(&nodes).await.acknowledged.unwrap().by;
        assert_eq!(by.user_name.as_str(), "worker", "the first word counts");
        let answered = board(&nodes).await.rows.remove(0).acknowledged;
        assert_eq!(answered.len(), 1);
        assert_eq!(answered[0].by.user_name.as_str(), "worker");
    }
}

#[tokio::test]
async fn a_day_s_looks_that_do_not_fit_one_message_are_told_in_several() {
    let nodes = staged().await;
    nodes.trust.ground.link.set(Way::Cut(PartnerError::Unreachable));
    let council = nodes.council.ground.agency.id.clone();
    let entry = |n| (council.clone(), format!("cpp-{n:0>40}").parse().unwrap());
    let entries: Vec<_> = (0..300).map(entry).collect();
    let shown = |at: Timestamp| {
        Entry::Receipt(Box::new(Shown {
            ask: kinfold_domain::AskId(uuid_of(at)),
            at,
            kind: AskKind::Board,
            asker: Asker::from(nurse().employee()),
            purpose: purpose(UNSCHEDULED),
            answer: "board".to_owned(),
            about: About { entries: entries.clone(), ..About::default() },
            shown: BTreeMap::from([(council.clone(), Categories::from([Category::Register]))]),
            digest: String::new(),
            sources: Vec::new(),
            partner_proofs: BTreeMap::new(),
        }))
    };
    let start = kinfold_service::testing::start();
    for part in 0..10 {
        let at = |n: i64| start + jiff::SignedDuration::from_millis(part * 10 + n);
        nodes.trust.journal.record_all((0..10).map(|n| shown(at(n))).collect()).await.unwrap();
    }
    assert!(nodes.trust.notices.deliver().await.is_err(), "the council is away");
    nodes.trust.ground.link.set(Way::Open);
    nodes.trust.notices.deliver().await.unwrap();
    let told = |entry: &&Entry| matches!(entry, Entry::ReplicaLook(look) if look.answer == "board");
    assert_eq!(nodes.council.entries(0).iter().filter(told).count(), 100);
}

fn uuid_of(at: Timestamp) -> uuid::Uuid {
    uuid::Uuid::from_u128(at.as_millisecond().unsigned_abs().into())
}
