//! The department: arrivals checked without being asked, what became of each, and who answers for it.

use jiff::civil::date;
use kinfold_domain::{
    CheckAnswer, Movement, MovementEvent, MovingPatient, NhsNumber, Personal, Subject, Visit,
};
use kinfold_service::{
    attendances::ListError,
    department::{BoardView, Outcome, StepKind, Whereabouts},
    ports::{Clock, DepartmentStore, HospitalDesk, Received, Taken},
    records::{AskKind, Entry, Wrong},
};

use crate::*;

fn personal(text: &str) -> Personal<String> {
    Personal::new(text.to_owned())
}

/// What a hospital's system says of a patient's visit.
pub(crate) fn movement(nodes: &TwoNodes, event: MovementEvent, whom: &Subject) -> Movement {
    Movement {
        event,
        at: nodes.trust.ground.clock.now(),
        patient: MovingPatient { number: personal("H1"), subject: whom.clone() },
        visit: Some(Visit {
            number: Some(personal("V1")),
            place: Some("Emergency department".to_owned()),
            ..Visit::default()
        }),
        merged: Vec::new(),
    }
}

pub(crate) async fn send(nodes: &TwoNodes, control_id: &str, movement: Movement) -> Taken {
    let received = Received {
        sender: "pas".to_owned(),
        control_id: control_id.to_owned(),
        raw: Personal::new(control_id.as_bytes().to_vec()),
        content: Ok(movement),
    };
    nodes.trust.department.as_ref().unwrap().inbox.take(received).await.unwrap()
}

pub(crate) async fn arrives(nodes: &TwoNodes, whom: &Subject) {
    let taken = send(nodes, "A", movement(nodes, MovementEvent::Registered, whom)).await;
    assert_eq!(taken, Taken::Kept);
    nodes.settle().await;
}

pub(crate) async fn board(nodes: &TwoNodes) -> BoardView {
    let board = &nodes.trust.department.as_ref().unwrap().board;
    let watching = board.open(&nurse()).await.unwrap();
    board.show(&watching).await.unwrap().content().clone()
}

pub(crate) fn duty_team() -> Caller {
    caller(COUNCIL, "duty", "emergency-duty-team")
}

fn custodian() -> Caller {
    caller(COUNCIL, "custodian", "register-custodian")
}

pub(crate) async fn listed(
    nodes: &TwoNodes,
    who: &Caller,
) -> kinfold_service::attendances::AttendanceList {
    let lists = &nodes.council.attendances.as_ref().unwrap().lists;
    lists.list(who).await.unwrap().content().clone()
}

/// What an arrival leaves in the trust's ledger about whom to tell.
pub(crate) fn steps(entries: &[Entry]) -> Vec<(StepKind, u32)> {
    let step = |entry: &Entry| match entry {
        Entry::Attendance(step) => Some((step.what, step.number)),
        _ => None,
    };
    entries.iter().filter_map(step).collect()
}

#[tokio::test]
async fn an_arrival_is_checked_without_being_asked_and_stands_on_the_board_with_its_answer() {
    let nodes = staged().await;
    let from = nodes.trust.size();
    arrives(&nodes, &Subject::from(&ada())).await;
    let entries = nodes.trust.entries(from);
    let checked = entries.iter().find_map(|entry| match entry {
        Entry::Receipt(shown) if shown.kind == AskKind::Check => Some(shown),
        _ => None,
    });
    let checked = checked.expect("a check of the node's own");
    assert_eq!(checked.asker.role.as_str(), "arrivals");
    assert_eq!(checked.answer, "on-register");
    let view = board(&nodes).await;
    assert_eq!(view.rows.len(), 1);
    assert!(matches!(view.rows[0].answer, CheckAnswer::OnRegister { .. }));
    assert_eq!(view.rows[0].place.as_deref(), Some("Emergency department"));
    let shown = nodes.trust.entries(nodes.trust.size() - 1);
    let [Entry::Receipt(shown)] = &shown[..] else { panic!("no receipt: {shown:?}") };
    assert_eq!(shown.kind, AskKind::Board);
    assert_eq!(shown.about.entries.len(), 1);
}

#[tokio::test]
async fn an_adult_leaves_no_trace_and_a_pregnant_one_is_checked() {
    let nodes = staged().await;
    let mut adult = Subject::from(&child(7, "Grownup", "Sampleton"));
    adult.birth_date = Some(kinfold_domain::BirthDate::new(1, 1, 1980).unwrap());
    arrives(&nodes, &adult).await;
    assert!(board(&nodes).await.rows.is_empty());
    let mut pregnant = movement(&nodes, MovementEvent::Registered, &adult);
    pregnant.visit =
        Some(Visit { number: Some(personal("V2")), pregnant: true, ..Visit::default() });
    send(&nodes, "B", pregnant).await;
    nodes.settle().await;
    assert_eq!(board(&nodes).await.rows.len(), 1);
}

#[tokio::test]
async fn the_same_message_twice_is_one_attendance() {
    let nodes = staged().await;
    let arrival = movement(&nodes, MovementEvent::Registered, &Subject::from(&ada()));
    assert_eq!(send(&nodes, "A", arrival.clone()).await, Taken::Kept);
    assert_eq!(send(&nodes, "A", arrival.clone()).await, Taken::Again);
    // The same visit announced once more, as an admission.
    let admission = Movement { event: MovementEvent::Admitted, ..arrival };
    assert_eq!(send(&nodes, "B", admission).await, Taken::Kept);
    nodes.settle().await;
    assert_eq!(board(&nodes).await.rows.len(), 1);
    assert_eq!(listed(&nodes, &social_worker()).await.rows.len(), 1);
}

#[tokio::test]
async fn the_key_worker_hears_who_attended_where_and_when_and_answers_by_name() {
    let nodes = staged().await;
    arrives(&nodes, &Subject::from(&ada())).await;
    let list = listed(&nodes, &social_worker()).await;
    assert_eq!(list.rows.len(), 1);
    let heard = &list.rows[0].heard;
    assert!(heard.waits());
    assert_eq!(heard.steps[0].what, StepKind::Arrived);
    assert_eq!(heard.steps[0].place.as_deref(), Some("Emergency department"));
    assert_eq!(list.rows[0].entries[0].subject.name, ada().name);
    let (partner, attendance) = (heard.partner.clone(), heard.attendance);

    let department = nodes.trust.department.as_ref().unwrap();
    department.outcomes.record(&nurse(), attendance, Outcome::Seen).await.unwrap();
    nodes.settle().await;
    let list = listed(&nodes, &social_worker()).await;
    let seen = list.rows[0].heard.last().unwrap();
    assert_eq!((seen.what, seen.by.user_name.as_str()), (StepKind::Seen, "nurse"));

    let lists = &nodes.council.attendances.as_ref().unwrap().lists;
    lists.acknowledge(&social_worker(), (&partner, attendance)).await.unwrap();
    lists.acknowledge(&duty_team(), (&partner, attendance)).await.unwrap();
    nodes.settle().await;
    let view = board(&nodes).await;
    let answered = &view.rows[0].acknowledged;
    assert_eq!(answered.len(), 1, "the first word counts");
    assert_eq!(answered[0].by.user_name.as_str(), "worker");
    let heard = |entry: &&Entry| matches!(entry, Entry::AcknowledgementHeard { .. });
    assert_eq!(nodes.trust.entries(0).iter().filter(heard).count(), 1);
}

#[tokio::test]
async fn whoever_may_not_see_attendances_neither_sees_nor_answers_for_them() {
    let nodes = staged().await;
    arrives(&nodes, &Subject::from(&ada())).await;
    let row = listed(&nodes, &social_worker()).await.rows.remove(0).heard;
    let lists = &nodes.council.attendances.as_ref().unwrap().lists;
    let operator = caller(COUNCIL, "operator", "operator");
    assert!(matches!(lists.list(&operator).await, Err(ListError::Refused(_))));
    let answer = lists.acknowledge(&custodian(), (&row.partner, row.attendance)).await;
    assert!(matches!(answer, Err(ListError::Refused(_))));
    let department = nodes.trust.department.as_ref().unwrap();
    let porter = caller(TRUST, "operator", "operator");
    assert!(department.board.open(&porter).await.is_err());
    assert!(department.outcomes.record(&porter, row.attendance, Outcome::Seen).await.is_err());
    let refusals = nodes.trust.entries(0);
    let refused = |entry: &&Entry| matches!(entry, Entry::Refusal(r) if r.kind == AskKind::Board);
    assert_eq!(refusals.iter().filter(refused).count(), 1);
}

#[tokio::test]
async fn an_attendance_that_nobody_answers_for_is_escalated_to_the_duty_team_and_then_to_a_manager()
{
    let nodes = staged().await;
    arrives(&nodes, &Subject::from(&ada())).await;
    let asked = async || {
        let list = listed(&nodes, &duty_team()).await;
        let asked = list.rows[0].heard.asked.clone();
        asked.into_iter().map(|asked| asked.role.to_string()).collect::<Vec<_>>()
    };
    assert!(asked().await.is_empty());
    nodes.advance(3_600);
    nodes.settle().await;
    assert_eq!(asked().await, ["emergency-duty-team"]);
    nodes.advance(1_800);
    nodes.settle().await;
    assert_eq!(asked().await, ["emergency-duty-team", "team-manager"]);
    nodes.advance(86_400);
    nodes.settle().await;
    assert_eq!(asked().await.len(), 2);
    let recorded = |entry: &&Entry| matches!(entry, Entry::AttendanceEscalated { .. });
    assert_eq!(nodes.council.entries(0).iter().filter(recorded).count(), 2);
}

#[tokio::test]
async fn a_plan_that_begins_while_the_child_is_here_stands_on_the_board_and_is_told() {
    let nodes = staged().await;
    let other = child(3, "Lateplan", "Sampleton");
    arrives(&nodes, &Subject::from(&other)).await;
    assert!(matches!(board(&nodes).await.rows[0].answer, CheckAnswer::NotOnRegister));
    assert!(listed(&nodes, &social_worker()).await.rows.is_empty());
    nodes.council.ground.source.add_entry(entry("cpp-3", &other));
    nodes.settle().await;
    assert!(matches!(board(&nodes).await.rows[0].answer, CheckAnswer::OnRegister { .. }));
    nodes.settle().await;
    assert_eq!(listed(&nodes, &social_worker()).await.rows.len(), 1);
}

#[tokio::test]
async fn after_the_custodian_s_plan_ended_the_next_arrival_reads_recently_ended() {
    let nodes = staged().await;
    nodes.council.ground.source.register.lock().as_mut().unwrap()[0].end = Some(date(2026, 5, 20));
    nodes.settle().await;
    arrives(&nodes, &Subject::from(&ada())).await;
    let view = board(&nodes).await;
    assert!(matches!(view.rows[0].answer, CheckAnswer::RecentlyEnded { .. }));
}

#[tokio::test]
async fn a_corrected_identity_is_checked_anew_and_who_was_told_of_the_wrong_child_hears_that() {
    let nodes = staged().await;
    arrives(&nodes, &Subject::from(&ada())).await;
    assert_eq!(listed(&nodes, &social_worker()).await.rows.len(), 1);
    let other = Subject::from(&child(4, "Mixedup", "Otherwise"));
    send(&nodes, "B", movement(&nodes, MovementEvent::Updated, &other)).await;
    nodes.settle().await;
    assert!(matches!(board(&nodes).await.rows[0].answer, CheckAnswer::NotOnRegister));
    let list = listed(&nodes, &social_worker()).await;
    assert_eq!(list.rows[0].heard.last().unwrap().what, StepKind::Cancelled);
    assert!(!list.rows[0].heard.waits());
}

#[tokio::test]
async fn merged_records_keep_their_attendance_under_the_number_that_stays() {
    let nodes = staged().await;
    let nameless = Subject { sex: kinfold_domain::Sex::Female, ..Subject::default() };
    arrives(&nodes, &nameless).await;
    let merged = Movement {
        merged: vec![personal("H1")],
        patient: MovingPatient { number: personal("H9"), subject: Subject::from(&ada()) },
        visit: None,
        ..movement(&nodes, MovementEvent::Merged, &nameless)
    };
    send(&nodes, "B", merged).await;
    nodes.settle().await;
    let view = board(&nodes).await;
    assert_eq!(view.rows.len(), 1);
    assert!(matches!(view.rows[0].answer, CheckAnswer::OnRegister { .. }));
}

#[tokio::test]
async fn who_left_goes_from_the_board_unless_somebody_has_still_to_say_what_became_of_the_child() {
    let nodes = staged().await;
    arrives(&nodes, &Subject::from(&ada())).await;
    send(&nodes, "B", movement(&nodes, MovementEvent::Discharged, &Subject::from(&ada()))).await;
    nodes.settle().await;
    let view = board(&nodes).await;
    assert!(matches!(view.rows[0].whereabouts, Whereabouts::Left { .. }));
    let id = view.rows[0].attendance;
    let outcomes = &nodes.trust.department.as_ref().unwrap().outcomes;
    outcomes.record(&nurse(), id, Outcome::LeftUnseen).await.unwrap();
    assert!(board(&nodes).await.rows.is_empty());
    send(&nodes, "C", movement(&nodes, MovementEvent::DischargeCancelled, &Subject::from(&ada())))
        .await;
    send(&nodes, "D", movement(&nodes, MovementEvent::ArrivalCancelled, &Subject::from(&ada())))
        .await;
    nodes.settle().await;
    assert!(board(&nodes).await.rows.is_empty());
    let list = listed(&nodes, &social_worker()).await;
    assert_eq!(list.rows[0].heard.last().unwrap().what, StepKind::Cancelled);
}

#[tokio::test]
async fn an_arrival_outlives_a_restart_at_every_step_and_is_told_once() {
    let number: Option<NhsNumber> = ada().nhs_number;
    assert!(number.is_some());
    for writes in 0..4 {
        let nodes = staged().await;
        let arrival = movement(&nodes, MovementEvent::Registered, &Subject::from(&ada()));
        send(&nodes, "A", arrival).await;
        // The store stops taking anything after so many writes: wherever that is, the work goes on from there.
        nodes.trust.ground.work.fault.begin_after(writes);
        let _ = nodes.trust.department.as_ref().unwrap().arrivals.work().await;
        nodes.trust.ground.work.fault.end();
        let nodes = nodes.restart().await;
        nodes.settle().await;
        assert_eq!(board(&nodes).await.rows.len(), 1, "after {writes} writes");
        let list = listed(&nodes, &social_worker()).await;
        assert_eq!(list.rows.len(), 1, "after {writes} writes");
        assert_eq!(list.rows[0].heard.steps.len(), 1, "after {writes} writes");
        let told = steps(&nodes.trust.entries(0));
        assert!(told.iter().all(|step| *step == (StepKind::Arrived, 0)), "{told:?}");
        assert!(nodes.trust.ground.work.waiting(9).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn an_attendance_waits_for_a_council_that_is_away_and_arrives_once() {
    let nodes = staged().await;
    nodes.trust.ground.link.part();
    arrives(&nodes, &Subject::from(&ada())).await;
    assert!(matches!(board(&nodes).await.rows[0].answer, CheckAnswer::OnRegister { .. }));
    assert!(listed(&nodes, &social_worker()).await.rows.is_empty());
    nodes.join();
    nodes.settle().await;
    nodes.settle().await;
    let list = listed(&nodes, &social_worker()).await;
    assert_eq!((list.rows.len(), list.rows[0].heard.steps.len()), (1, 1));
}

#[tokio::test]
async fn what_a_nurse_says_is_wrong_becomes_the_custodian_s_work() {
    let nodes = staged().await;
    let checked = check(&nodes.trust, ada_by_number()).await;
    let (owner, entry) = &checked.entries[0];
    let about = (Wrong::Number, &purpose(UNSCHEDULED));
    nodes.trust.corrections.say(&nurse(), (owner, entry), about).await.unwrap();
    nodes.settle().await;
    let release = nodes.council.corrections.list(&custodian()).await.unwrap();
    let rows = &release.content().rows;
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].heard.correction.wrong, Wrong::Number);
    assert_eq!(rows[0].entry.as_ref().unwrap().subject.name, ada().name);
    let id = rows[0].heard.correction.id;
    assert!(nodes.council.corrections.settle(&social_worker(), id).await.is_err());
    nodes.council.corrections.settle(&custodian(), id).await.unwrap();
    let release = nodes.council.corrections.list(&custodian()).await.unwrap();
    assert!(release.content().rows.is_empty());
}

#[tokio::test]
async fn an_attendance_recorded_by_hand_is_told_like_any_other() {
    let nodes = staged().await;
    let checked = check(&nodes.trust, ada_by_number()).await;
    let outcomes = &nodes.trust.department.as_ref().unwrap().outcomes;
    let whom = (&checked.subject, &checked.entries[..]);
    outcomes.record_by_hand(&nurse(), whom, Outcome::LeftUnseen).await.unwrap();
    outcomes.record_by_hand(&nurse(), whom, Outcome::Referred).await.unwrap();
    nodes.settle().await;
    let list = listed(&nodes, &social_worker()).await;
    assert_eq!(list.rows.len(), 1, "one attendance, not two");
    let told: Vec<_> = list.rows[0].heard.steps.iter().map(|step| step.what).collect();
    assert_eq!(told, [StepKind::Arrived, StepKind::LeftUnseen, StepKind::Referred]);
}

#[tokio::test]
async fn nothing_is_checked_or_told_while_the_ledger_cannot_be_written() {
    let nodes = staged().await;
    let arrival = movement(&nodes, MovementEvent::Registered, &Subject::from(&ada()));
    send(&nodes, "A", arrival).await;
    nodes.trust.break_ledger().await;
    let department = nodes.trust.department.as_ref().unwrap();
    assert!(department.arrivals.work().await.is_err());
    assert!(department.board.open(&nurse()).await.is_err());
    assert_eq!(nodes.trust.ground.work.waiting(9).await.unwrap().len(), 1, "it is not lost");
}
