//! What stands beside an answer: where the child attended, and who looked last, each with who and why.

use kinfold_domain::{CheckAnswer, Personal, SealedDesk, Subject};
use kinfold_service::{
    department::{Outcome, StepKind},
    history::{ChildHistory, HistoryError, HistoryQuestion, MOST},
    ports::{Clock, HospitalDesk, Received},
    records::{AskKind, Entry},
};

use crate::*;

/// The history beside the answer that this employee gets.
async fn beside(node: &TestNode, who: &Caller, why: &str, subject: Subject) -> ChildHistory {
    node.follower.catch_up().await.unwrap();
    let question = CheckQuestion { subject, purpose: purpose(why), choice: None };
    let checked = node.check.check(who, question).await.unwrap().content().clone();
    node.follower.catch_up().await.unwrap();
    list(node, who, &checked).await.unwrap()
}

async fn list(
    node: &TestNode,
    who: &Caller,
    checked: &Checked,
) -> Result<ChildHistory, HistoryError> {
    let (subject, purpose) = (checked.subject.clone(), checked.purpose.clone());
    let question = HistoryQuestion { subject, purpose, entries: checked.entries.clone() };
    Ok(node.history.list(who, question).await?.content().clone())
}

/// The hospital's system books a child in, and a nurse says what became of it.
async fn attends(nodes: &TwoNodes, number: &str, whom: &Subject, outcome: Outcome) {
    let department = nodes.trust.department.as_ref().unwrap();
    let personal = |text: &str| Personal::new(text.to_owned());
    let movement = kinfold_domain::Movement {
        event: kinfold_domain::MovementEvent::Registered,
        at: nodes.trust.ground.clock.now(),
        patient: kinfold_domain::MovingPatient { number: personal("H1"), subject: whom.clone() },
        visit: Some(kinfold_domain::Visit {
            number: Some(personal(number)),
            place: Some("Quarry ward".to_owned()),
            ..kinfold_domain::Visit::default()
        }),
        merged: Vec::new(),
    };
    let received = Received {
        sender: "pas".to_owned(),
        control_id: number.to_owned(),
        raw: Personal::new(number.as_bytes().to_vec()),
        content: Ok(movement),
    };
    department.inbox.take(received).await.unwrap();
    nodes.settle().await;
    let watching = department.board.open(&nurse()).await.unwrap();
    let board = department.board.show(&watching).await.unwrap();
    let newest = board.content().rows.iter().map(|row| (row.arrived, row.attendance)).max();
    let (_, id) = newest.unwrap();
    department.outcomes.record(&nurse(), id, outcome).await.unwrap();
    nodes.settle().await;
}

fn who_looked(history: &ChildHistory) -> Vec<(&str, AskKind)> {
    let name = |look: &'_ kinfold_service::history::RecentLook| look.kind;
    let looks = history.told.looks.iter();
    looks
        .map(|look| (look.by.agency.as_ref().map_or("", |agency| agency.as_str()), name(look)))
        .collect()
}

#[tokio::test]
async fn everybody_who_gets_the_answer_sees_the_same_attendances_and_looks() {
    let nodes = staged().await;
    attends(&nodes, "V1", &Subject::from(&ada()), Outcome::LeftUnseen).await;
    nodes.advance(3600);
    worker_views(&nodes, ada_by_number()).await;
    nodes.settle().await;
    nodes.advance(1);
    let by_nurse = beside(&nodes.trust, &nurse(), UNSCHEDULED, ada_by_number()).await;
    nodes.settle().await;
    nodes.advance(1);
    let custodian = caller(COUNCIL, "custodian", "register-custodian");
    let by_custodian = beside(&nodes.council, &custodian, ENQUIRY, ada_by_number()).await;
    for history in [&by_nurse, &by_custodian] {
        let [attendance] = &history.told.attendances[..] else { panic!("{history:?}") };
        assert_eq!(attendance.agency.as_ref().unwrap().as_str(), TRUST);
        assert_eq!(attendance.place.as_deref(), Some("Quarry ward"));
        let said = attendance.said.as_ref().unwrap();
        assert_eq!(said.what, StepKind::LeftUnseen);
        assert_eq!(said.by.as_ref().unwrap().name.as_ref().unwrap().expose(), "nurse Testperson");
        assert!(history.parts.iter().all(|part| part.failure.is_none()), "{:?}", history.parts);
    }
    let (check, view) = (AskKind::Check, AskKind::PooledView);
    assert_eq!(who_looked(&by_nurse), [(TRUST, check), (COUNCIL, view)]);
    assert_eq!(who_looked(&by_custodian), [(COUNCIL, check), (TRUST, check), (COUNCIL, view)]);
}

#[tokio::test]
async fn what_is_shown_beside_an_answer_stands_in_both_ledgers_before_it_is_shown() {
    let nodes = staged().await;
    let (here, there) = (nodes.trust.size(), nodes.council.size());
    let history = beside(&nodes.trust, &nurse(), UNSCHEDULED, ada_by_number()).await;
    let [_, _, Entry::Intent(intent), Entry::Receipt(shown)] = &nodes.trust.entries(here)[..]
    else {
        panic!("{:?}", kinds(&nodes.trust.entries(here)))
    };
    assert_eq!((intent.kind, intent.ask), (AskKind::History, history.ask));
    assert_eq!(intent.granted.len(), 2);
    assert!(intent.granted.values().flat_map(|g| g.values()).flatten().all(|c| c == "7.3"));
    assert_eq!((shown.kind, shown.ask), (AskKind::History, history.ask));
    assert!(shown.partner_proofs.contains_key(&COUNCIL.parse().unwrap()));
    let [Entry::Disclosure(told)] = &nodes.council.entries(there)[..] else { panic!("not told") };
    assert_eq!((told.kind, told.ask, told.notifies), (AskKind::History, history.ask, false));
}

#[tokio::test]
async fn a_role_without_the_clause_sees_no_history_and_the_refusal_is_recorded() {
    let nodes = staged().await;
    let checked = check(&nodes.trust, ada_by_number()).await;
    let from = nodes.trust.size();
    for role in ["operator", "information-governance", "clinical-system"] {
        let refused = list(&nodes.trust, &caller(TRUST, role, role), &checked).await;
        assert!(matches!(refused, Err(HistoryError::Refused(_))), "{role}");
    }
    let entries = nodes.trust.entries(from);
    assert_eq!(kinds(&entries), ["refusal", "refusal", "refusal"]);
}

#[tokio::test]
async fn an_agency_that_can_not_be_asked_is_named_with_the_reason_and_the_age_of_what_is_known() {
    let nodes = staged().await;
    attends(&nodes, "V1", &Subject::from(&ada()), Outcome::Seen).await;
    nodes.trust.ground.link.part();
    let history = beside(&nodes.trust, &nurse(), UNSCHEDULED, ada_by_number()).await;
    assert_eq!(history.told.attendances.len(), 1, "the own department's is known");
    let council = history.parts.iter().find(|part| part.agency.as_str() == COUNCIL).unwrap();
    assert!(council.failure.as_ref().unwrap().contains("could not be reached"));
    assert!(council.as_at.is_some(), "when its register was confirmed last");
    assert_eq!(council.told, None);
}

#[tokio::test]
async fn of_a_sealed_child_no_place_and_nobody_at_another_agency_is_named() {
    let nodes = staged().await;
    attends(&nodes, "V1", &Subject::from(&ada()), Outcome::Seen).await;
    for entry in nodes.council.ground.source.register.lock().iter_mut().flatten() {
        entry.sealed = Some(SealedDesk {
            desk: "Placements desk".to_owned(),
            telephone: "01632 960777".parse().unwrap(),
            reference: "R-1".to_owned(),
        });
    }
    worker_views(&nodes, ada_by_number()).await;
    nodes.settle().await;
    let checked = check(&nodes.trust, ada_by_number()).await;
    assert!(matches!(checked.answer, CheckAnswer::Sealed { .. }));
    nodes.trust.follower.catch_up().await.unwrap();
    let by_nurse = list(&nodes.trust, &nurse(), &checked).await.unwrap();
    let by_worker = beside(&nodes.council, &social_worker(), ENQUIRY, ada_by_number()).await;
    for (history, theirs) in [(&by_nurse, COUNCIL), (&by_worker, TRUST)] {
        assert!(history.told.sealed);
        let text = serde_json::to_string(&history.told).unwrap();
        assert!(!text.contains("Quarry") && !text.contains(theirs), "{text}");
        let name = if theirs == COUNCIL { "worker Testperson" } else { "nurse Testperson" };
        assert!(!text.contains(name), "{text}");
        assert_eq!(history.told.attendances.len(), 1, "that it attended is told");
    }
    let roles = |history: &ChildHistory| {
        history.told.looks.iter().map(|l| l.by.role.to_string()).collect::<Vec<_>>()
    };
    assert!(roles(&by_nurse).contains(&"social-worker".to_owned()), "the role is told");
}

#[tokio::test]
async fn a_child_whom_the_hospital_marks_as_sealed_has_no_place_told_to_the_council() {
    let nodes = staged().await;
    attends(&nodes, "V1", &Subject::from(&ada()), Outcome::Seen).await;
    let source = &nodes.trust.ground.source;
    let sealed = kinfold_domain::Person { sealed: true, ..person(source, "T1", &ada()) };
    source.add(sealed, Vec::new());
    nodes.settle().await;
    let history = beside(&nodes.council, &social_worker(), ENQUIRY, ada_by_number()).await;
    let text = serde_json::to_string(&history.told).unwrap();
    assert!(history.told.sealed && !text.contains("Quarry") && !text.contains(TRUST), "{text}");
}

#[tokio::test]
async fn an_attendance_that_was_struck_or_is_another_child_s_does_not_stand_beside_the_answer() {
    let nodes = staged().await;
    attends(&nodes, "V1", &Subject::from(&ada()), Outcome::InError).await;
    let twin = Subject { nhs_number: Some(nhs_number(2)), ..Subject::from(&ada()) };
    nodes.advance(60);
    attends(&nodes, "V2", &twin, Outcome::Seen).await;
    let history = beside(&nodes.trust, &nurse(), UNSCHEDULED, Subject::from(&ada())).await;
    assert!(history.told.attendances.is_empty(), "{:?}", history.told.attendances);
}

#[tokio::test]
async fn the_last_twenty_five_looks_stand_there_and_that_there_are_more_is_said() {
    let nodes = staged().await;
    for _ in 0..MOST {
        check(&nodes.trust, ada_by_number()).await;
    }
    let history = beside(&nodes.trust, &nurse(), UNSCHEDULED, ada_by_number()).await;
    assert_eq!((history.told.looks.len(), history.told.more_looks), (MOST, true));
    let at: Vec<_> = history.told.looks.iter().map(|look| look.at).collect();
    assert!(at.is_sorted_by(|one, next| one >= next));
}
