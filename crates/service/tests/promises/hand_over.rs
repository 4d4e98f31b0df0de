//! A child's entry handed over between two councils' registers, through outages of either node.

use jiff::civil::date;
use kinfold_domain::{
    AbuseCategory, Address, CheckAnswer, Deadline, EntryId, Professional, RegisterEntry,
    RegisterStatus,
};
use kinfold_service::{
    records::HandOverId,
    register::{
        Change, ChangeError, Custodian, CustodyError, HandOverLine, OpenedHandOver, Side, State,
        Taken, ToChange, ToHandOver,
    },
    testing::{NEIGHBOUR, TwoCouncils},
};

use crate::*;

pub(crate) fn giving() -> Caller {
    caller(COUNCIL, "custodian", "register-custodian")
}

pub(crate) fn taking() -> Caller {
    caller(NEIGHBOUR, "neighbour", "register-custodian")
}

pub(crate) fn desk(node: &TestNode) -> &Custodian {
    node.custodian.as_ref().unwrap()
}

pub(crate) fn moving(entry: &str) -> ToHandOver {
    ToHandOver {
        entry: entry.parse().unwrap(),
        to: NEIGHBOUR.parse().unwrap(),
        moved: date(2026, 6, 1),
        stay: None,
        address: Some(Address {
            lines: vec!["4 New Street".into(), "Larkford".into()],
            postcode: Some("S10 2AB".parse().unwrap()),
        }),
        reason: "The family moves to Larkford.".to_owned(),
    }
}

pub(crate) fn decided() -> Taken {
    Taken {
        conference: date(2026, 6, 1),
        category: AbuseCategory::Emotional,
        next_review: date(2026, 8, 20),
        worker: Professional {
            name: "Larkford Testworker".into(),
            role: "Key worker".to_owned(),
            team: Some("Larkford team".to_owned()),
            telephone: Some("01632 960333".parse().unwrap()),
        },
    }
}

/// Two councils; Ada is on the giver's register, by its case system.
pub(crate) async fn staged() -> TwoCouncils {
    let nodes = TwoCouncils::start().await;
    nodes.giver.ground.source.add_entry(entry("cpp-1", &ada()));
    nodes.settle().await;
    nodes
}

pub(crate) async fn offer(nodes: &TwoCouncils) -> HandOverId {
    desk(&nodes.giver).hand_over(&giving(), &moving("cpp-1")).await.unwrap()
}

pub(crate) async fn lines(node: &TestNode, who: &Caller) -> Vec<HandOverLine> {
    desk(node).hand_overs(who).await.unwrap().content().lines.clone()
}

async fn opened(node: &TestNode, who: &Caller, id: HandOverId) -> OpenedHandOver {
    desk(node).open_hand_over(who, id).await.unwrap().content().clone()
}

pub(crate) async fn entry_of(node: &TestNode, who: &Caller, id: &str) -> RegisterEntry {
    desk(node).open(who, &id.parse().unwrap()).await.unwrap().content().entry.clone()
}

/// Whether the child is in force on a register.
pub(crate) async fn stands(node: &TestNode, who: &Caller) -> bool {
    let found = desk(node).find(who, ada_by_number()).await.unwrap();
    found.content().entries.iter().any(|entry| entry.end.is_none())
}

pub(crate) fn changed(error: CustodyError) -> ChangeError {
    match error {
        CustodyError::Change(why) => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_accepted_child_stands_on_the_other_register_before_the_own_entry_ends_by_itself() {
    let nodes = staged().await;
    let planned = desk(&nodes.giver).plan_hand_over(&giving(), &moving("cpp-1")).await.unwrap();
    assert_eq!(planned.content().due, Some(date(2026, 6, 22)), "15 working days");
    assert!(lines(&nodes.taker, &taking()).await.is_empty(), "nothing is told by a preview");
    let id = offer(&nodes).await;
    nodes.settle().await;

    let line = &lines(&nodes.taker, &taking()).await[0];
    assert_eq!((line.side, line.state), (Side::Taker, State::Offered));
    let due = desk(&nodes.taker).due(&taking()).await.unwrap();
    let due = &due.content().lines[0];
    assert_eq!((due.due.deadline, due.due.day), (Deadline::TransferIn, date(2026, 6, 22)));
    assert_eq!(due.name.as_ref().unwrap().expose(), ada().name.expose());
    let at_giver = desk(&nodes.giver).due(&giving()).await.unwrap();
    assert!(at_giver.content().lines.iter().any(|line| line.hand_over.is_some()), "on both sides");
    let told = opened(&nodes.taker, &taking(), id).await.handed.unwrap();
    assert_eq!(told.register_entry.subject.nhs_number, ada().nhs_number);
    assert!(!told.register_entry.household.is_empty());
    assert!(stands(&nodes.giver, &giving()).await && !stands(&nodes.taker, &taking()).await);

    let made = desk(&nodes.taker).accept(&taking(), id, &decided()).await.unwrap();
    assert!(stands(&nodes.giver, &giving()).await, "until it is heard, it stands on both");
    nodes.settle().await;
    let taken = entry_of(&nodes.taker, &taking(), made.as_str()).await;
    assert_eq!((taken.end, taken.category), (None, Some(AbuseCategory::Emotional)));
    assert_eq!(taken.professionals.len(), 1);
    assert_eq!(taken.subject.address.unwrap().lines[0].expose(), "4 New Street");
    assert_eq!(taken.subject.former_postcodes.len(), 1, "the old one still finds the child");
    let ended = desk(&nodes.giver).open(&giving(), &"cpp-1".parse().unwrap()).await.unwrap();
    assert_eq!(ended.content().entry.end, Some(date(2026, 6, 1)));
    let why = ended.content().history[0].reason.as_ref().unwrap().expose().clone();
    assert!(why.starts_with("Handed over to Larkford Council, accepted by neighbour"), "{why}");
    assert_eq!(lines(&nodes.giver, &giving()).await[0].state, State::Accepted);
    assert!(!lines(&nodes.taker, &taking()).await[0].is_open);
    assert!(
        opened(&nodes.taker, &taking(), id).await.handed.is_none(),
        "kept no longer than needed"
    );
}

#[tokio::test]
async fn every_word_is_in_both_ledgers_before_it_counts_and_neither_holds_what_was_told() {
    let nodes = staged().await;
    let (given, taken) = (nodes.giver.size(), nodes.taker.size());
    let id = offer(&nodes).await;
    nodes.settle().await;
    desk(&nodes.taker).accept(&taking(), id, &decided()).await.unwrap();
    nodes.settle().await;
    let words = |entries: Vec<Entry>| {
        let word = |entry: Entry| match entry {
            Entry::HandOver { step, .. } => Some(format!("said {}", step.said.word())),
            Entry::HandOverHeard { step, .. } => Some(format!("heard {}", step.said.word())),
            Entry::RegisterAmended(amending) => Some(amending.what.clone()),
            Entry::RegisterChanged { by, .. } => Some(format!("changed by {by}")),
            _ => None,
        };
        entries.into_iter().filter_map(word).collect::<Vec<_>>()
    };
    let of_giver = words(nodes.giver.entries(given));
    let by_itself = "changed by hand-over";
    assert_eq!(of_giver, ["said offered", by_itself, "heard accepted", by_itself]);
    let of_taker = words(nodes.taker.entries(taken));
    assert_eq!(of_taker, ["heard offered", "taken-over", "changed by neighbour", "said accepted"]);
    for node in [&nodes.giver, &nodes.taker] {
        for entry in node.entries(0) {
            if matches!(entry, Entry::HandOver { .. } | Entry::HandOverHeard { .. }) {
                let text = serde_json::to_string(&entry).unwrap();
                assert!(!text.contains("New Street") && !text.contains("Featherstonehaugh"));
            }
        }
    }
}

#[tokio::test]
async fn nothing_is_lost_while_either_node_is_down_or_starts_anew_in_the_middle() {
    let mut nodes = staged().await;
    nodes.part();
    let id = offer(&nodes).await;
    nodes.settle().await;
    assert!(lines(&nodes.taker, &taking()).await.is_empty());
    nodes.advance(86_400);
    nodes = nodes.restart().await;
    nodes.settle().await;
    assert_eq!(lines(&nodes.taker, &taking()).await.len(), 1);

    nodes.part();
    desk(&nodes.taker).accept(&taking(), id, &decided()).await.unwrap();
    nodes.settle().await;
    assert!(stands(&nodes.giver, &giving()).await && stands(&nodes.taker, &taking()).await);
    nodes = nodes.restart().await;
    nodes.settle().await;
    nodes.settle().await;
    assert!(!stands(&nodes.giver, &giving()).await && stands(&nodes.taker, &taking()).await);
    let taken = desk(&nodes.taker).find(&taking(), ada_by_number()).await.unwrap();
    assert_eq!(taken.content().entries.len(), 1, "once, not twice");
}

#[tokio::test]
async fn an_acceptance_that_breaks_off_anywhere_ends_with_one_entry_and_one_word() {
    for writes in 0..6 {
        let mut nodes = staged().await;
        let id = offer(&nodes).await;
        nodes.settle().await;
        let ground = nodes.taker.ground.clone();
        let at_work = writes % 2 == 0;
        let fault = || if at_work { &ground.work.fault } else { &ground.registers.fault };
        fault().begin_after(writes / 2);
        let first = desk(&nodes.taker).accept(&taking(), id, &decided()).await;
        fault().end();
        nodes = nodes.restart().await;
        nodes.settle().await;
        if first.is_err() {
            assert!(stands(&nodes.giver, &giving()).await || stands(&nodes.taker, &taking()).await);
            // What was kept is said by itself; otherwise the custodian tries again.
            let again = desk(&nodes.taker).accept(&taking(), id, &decided()).await;
            let state = lines(&nodes.taker, &taking()).await[0].state;
            assert!(again.is_ok() || state == State::Accepted, "{writes}: {again:?}");
        }
        nodes.settle().await;
        let there = desk(&nodes.taker).find(&taking(), ada_by_number()).await.unwrap();
        let in_force = there.content().entries.iter().filter(|entry| entry.end.is_none()).count();
        assert_eq!(in_force, 1, "{writes}");
        assert!(!stands(&nodes.giver, &giving()).await, "{writes}");
    }
}

#[tokio::test]
async fn while_it_is_offered_neither_custodian_nor_case_system_ends_the_entry() {
    let nodes = staged().await;
    let id = offer(&nodes).await;
    let end = |day| ToChange {
        entry: Some("cpp-1".parse().unwrap()),
        change: Change::End(day),
        reason: "The family has moved.".to_owned(),
    };
    let refused = desk(&nodes.giver).change(&giving(), &end(date(2026, 6, 1))).await;
    assert_eq!(changed(refused.unwrap_err()), ChangeError::HandingOver);
    nodes.giver.ground.source.register.lock().as_mut().unwrap()[0].end = Some(date(2026, 5, 30));
    nodes.settle().await;
    assert!(stands(&nodes.giver, &giving()).await, "the case system closed it too early");
    let queue = desk(&nodes.giver).queue(&giving()).await.unwrap();
    assert_eq!(queue.content().due.len(), 1, "that is a difference to decide");
    nodes.giver.ground.source.register.lock().as_mut().unwrap().clear();
    nodes.settle().await;
    assert!(stands(&nodes.giver, &giving()).await, "nor does an entry that vanished");
    desk(&nodes.taker).accept(&taking(), id, &decided()).await.unwrap();
    nodes.settle().await;
    assert!(!stands(&nodes.giver, &giving()).await && stands(&nodes.taker, &taking()).await);
}

#[tokio::test]
async fn a_refusal_is_the_giving_custodians_work_until_somebody_has_seen_it() {
    let nodes = staged().await;
    let id = offer(&nodes).await;
    nodes.settle().await;
    let none = desk(&nodes.taker).refuse(&taking(), id, " ").await;
    assert_eq!(changed(none.unwrap_err()), ChangeError::Reason);
    desk(&nodes.taker).refuse(&taking(), id, "They live in Ashmoor still.").await.unwrap();
    nodes.settle().await;
    let line = &lines(&nodes.giver, &giving()).await[0];
    assert_eq!((line.state, line.waits_to_be_seen), (State::Refused, true));
    let overview = desk(&nodes.giver).overview(&giving()).await.unwrap();
    assert_eq!(overview.content().handed, (0, 1));
    let opened = opened(&nodes.giver, &giving(), id).await;
    let why = opened.words[1].said.reason().unwrap().expose().clone();
    assert_eq!(why, "They live in Ashmoor still.");
    desk(&nodes.giver).see(&giving(), id).await.unwrap();
    assert!(!lines(&nodes.giver, &giving()).await[0].is_open);
    assert!(stands(&nodes.giver, &giving()).await);
    offer(&nodes).await;
}

#[tokio::test]
async fn a_withdrawal_that_crosses_an_acceptance_leaves_the_child_on_both_until_the_giver_decides()
{
    for stays in [true, false] {
        let nodes = staged().await;
        let id = offer(&nodes).await;
        nodes.settle().await;
        nodes.part();
        desk(&nodes.giver).withdraw(&giving(), id, "They stay after all.").await.unwrap();
        let made = desk(&nodes.taker).accept(&taking(), id, &decided()).await.unwrap();
        nodes.join();
        nodes.settle().await;
        for (node, who) in [(&nodes.giver, giving()), (&nodes.taker, taking())] {
            assert_eq!(lines(node, &who).await[0].state, State::Conflict);
            assert!(stands(node, &who).await, "on both registers");
            assert_eq!(desk(node).overview(&who).await.unwrap().content().handed.1, 1);
        }
        let end = ToChange {
            entry: Some(made),
            change: Change::End(date(2026, 6, 1)),
            reason: "Withdrawn.".to_owned(),
        };
        let refused = desk(&nodes.taker).change(&taking(), &end).await;
        assert_eq!(changed(refused.unwrap_err()), ChangeError::HandingOver);
        let theirs = desk(&nodes.taker).settle(&taking(), id, (true, "We keep them.")).await;
        assert!(matches!(changed(theirs.unwrap_err()), ChangeError::HandOver(_)));
        desk(&nodes.giver).settle(&giving(), id, (stays, "Agreed by telephone.")).await.unwrap();
        nodes.settle().await;
        assert_eq!(stands(&nodes.giver, &giving()).await, stays);
        assert_eq!(stands(&nodes.taker, &taking()).await, !stays);
        assert!(!lines(&nodes.giver, &giving()).await[0].is_open);
        assert!(!lines(&nodes.taker, &taking()).await[0].is_open);
    }
}

#[tokio::test]
async fn a_sealed_child_is_not_offered_and_one_sealed_meanwhile_is_sealed_wherever_the_entry_is() {
    let nodes = staged().await;
    let seal = ToChange {
        entry: Some("cpp-1".parse().unwrap()),
        change: Change::Seal,
        reason: "A threat.".to_owned(),
    };
    let id = offer(&nodes).await;
    nodes.settle().await;
    nodes.part();
    let made = desk(&nodes.taker).accept(&taking(), id, &decided()).await.unwrap();
    desk(&nodes.giver).change(&giving(), &seal).await.unwrap();
    nodes.settle().await;
    nodes.join();
    nodes.settle().await;
    assert_eq!(lines(&nodes.giver, &giving()).await[0].state, State::Conflict);
    let there = entry_of(&nodes.taker, &taking(), made.as_str()).await;
    assert!(there.sealed.is_some(), "the seal went with the child");
    assert!(there.subject.address.is_none());
    desk(&nodes.giver).settle(&giving(), id, (true, "By telephone.")).await.unwrap();
    nodes.settle().await;
    let sealed = desk(&nodes.giver).hand_over(&giving(), &moving("cpp-1")).await;
    assert_eq!(changed(sealed.unwrap_err()), ChangeError::SealedByTelephone);
}

#[tokio::test]
async fn a_child_who_stands_on_the_taking_register_already_is_not_added_twice() {
    let nodes = staged().await;
    // By chance under the reference that the giving council uses, too.
    nodes.taker.ground.source.add_entry(entry("cpp-1", &ada()));
    nodes.settle().await;
    let id = offer(&nodes).await;
    nodes.settle().await;
    let shown = opened(&nodes.taker, &taking(), id).await;
    assert_eq!(shown.stands.as_ref().map(EntryId::as_str), Some("cpp-1"));
    let entry = desk(&nodes.taker).accept(&taking(), id, &decided()).await.unwrap();
    assert_eq!(entry.as_str(), "cpp-1");
    nodes.settle().await;
    assert!(!stands(&nodes.giver, &giving()).await && stands(&nodes.taker, &taking()).await);
}

#[tokio::test]
async fn what_was_taken_over_by_hand_meets_the_taking_case_system_without_a_gap() {
    let nodes = staged().await;
    let id = offer(&nodes).await;
    nodes.settle().await;
    let made = desk(&nodes.taker).accept(&taking(), id, &decided()).await.unwrap();
    nodes.settle().await;
    let keyed = RegisterEntry { start: date(2026, 6, 1), ..entry("lark-9", &ada()) };
    nodes.taker.ground.source.add_entry(keyed);
    nodes.settle().await;
    assert!(stands(&nodes.taker, &taking()).await);
    let made = entry_of(&nodes.taker, &taking(), made.as_str()).await;
    assert_eq!(made.successor.unwrap().as_str(), "lark-9");
}

#[tokio::test]
async fn an_unborn_plan_goes_over_and_one_whose_child_is_born_meanwhile_is_taken_back() {
    let nodes = staged().await;
    let mother = child(8, "Garrowby", "Rosalind");
    let unborn = |id: &str| RegisterEntry {
        status: RegisterStatus::UnbornPlan,
        expected: Some(kinfold_domain::BirthDate::new(1, 9, 2026).unwrap()),
        ..entry(id, &mother)
    };
    nodes.giver.ground.source.add_entry(unborn("unb-1"));
    nodes.settle().await;
    let id = desk(&nodes.giver).hand_over(&giving(), &moving("unb-1")).await.unwrap();
    nodes.settle().await;
    let born = kinfold_domain::BirthDate::new(1, 6, 2026).unwrap();
    let baby = Demographics { birth_date: Some(born), ..child(9, "Garrowby", "Baby") };
    let birth = ToChange {
        entry: Some("unb-1".parse().unwrap()),
        change: Change::Born(Box::new(baby)),
        reason: "Birth notice.".to_owned(),
    };
    let newborn = desk(&nodes.giver).change(&giving(), &birth).await.unwrap();
    nodes.settle().await;
    assert_eq!(lines(&nodes.taker, &taking()).await[0].state, State::Withdrawn);
    let late = desk(&nodes.taker).accept(&taking(), id, &decided()).await;
    assert!(matches!(changed(late.unwrap_err()), ChangeError::HandOver(_)));
    let id = desk(&nodes.giver).hand_over(&giving(), &moving(newborn.as_str())).await.unwrap();
    nodes.settle().await;
    desk(&nodes.taker).accept(&taking(), id, &decided()).await.unwrap();
    nodes.settle().await;
    assert!(entry_of(&nodes.giver, &giving(), newborn.as_str()).await.end.is_some());
}

#[tokio::test]
async fn without_a_clause_nothing_is_handed_over_and_no_other_role_can() {
    let nodes = staged().await;
    let worker = caller(COUNCIL, "worker", "social-worker");
    let refused = desk(&nodes.giver).hand_over(&worker, &moving("cpp-1")).await;
    assert!(matches!(refused, Err(CustodyError::Refused(_))), "{refused:?}");
    let to_trust = ToHandOver { to: TRUST.parse().unwrap(), ..moving("cpp-1") };
    let refused = desk(&nodes.giver).hand_over(&giving(), &to_trust).await;
    assert_eq!(changed(refused.unwrap_err()), ChangeError::NoTaker);
    let two = crate::staged().await;
    let refused = crate::custodian::desk(&two).hand_over(&giving(), &moving("cpp-1")).await;
    assert_eq!(changed(refused.unwrap_err()), ChangeError::NoTaker, "another agreement");
    assert!(crate::custodian::desk(&two).takers(&giving()).is_empty());
    assert_eq!(desk(&nodes.giver).takers(&giving()).len(), 1);
}

#[tokio::test]
async fn the_offering_councils_answers_show_the_child_until_the_other_has_accepted() {
    let nodes = staged().await;
    let id = offer(&nodes).await;
    nodes.settle().await;
    let worker = caller(COUNCIL, "worker", "social-worker");
    let question = || kinfold_service::check::CheckQuestion {
        purpose: purpose(ENQUIRY),
        ..check_of(ada_by_number())
    };
    let checked = nodes.giver.check.check(&worker, question()).await.unwrap();
    assert!(matches!(checked.content().answer, CheckAnswer::OnRegister { .. }));
    desk(&nodes.taker).accept(&taking(), id, &decided()).await.unwrap();
    nodes.settle().await;
    let checked = nodes.giver.check.check(&worker, question()).await.unwrap();
    assert!(matches!(checked.content().answer, CheckAnswer::RecentlyEnded { .. }));
    let theirs = caller(NEIGHBOUR, "theirs", "social-worker");
    let checked = nodes.taker.check.check(&theirs, question()).await.unwrap();
    assert!(matches!(checked.content().answer, CheckAnswer::OnRegister { .. }));
}

fn staying(until: Option<jiff::civil::Date>) -> ToHandOver {
    ToHandOver {
        stay: Some(kinfold_service::records::Stay { until }),
        reason: "With an aunt for the half-term.".to_owned(),
        ..moving("cpp-1")
    }
}

#[tokio::test]
async fn a_temporary_resident_is_told_noted_by_name_and_goes_by_itself_after_the_last_day() {
    let nodes = staged().await;
    let told = staying(Some(date(2026, 6, 8)));
    let id = desk(&nodes.giver).hand_over(&giving(), &told).await.unwrap();
    nodes.settle().await;
    let line = &lines(&nodes.taker, &taking()).await[0];
    assert_eq!((line.stay.unwrap().until, line.state), (Some(date(2026, 6, 8)), State::Offered));
    let accepted = desk(&nodes.taker).accept(&taking(), id, &decided()).await;
    assert!(matches!(changed(accepted.unwrap_err()), ChangeError::HandOver(_)), "only a stay");
    desk(&nodes.taker).note(&taking(), id).await.unwrap();
    nodes.settle().await;
    assert_eq!(lines(&nodes.giver, &giving()).await[0].state, State::Noted);
    let words = opened(&nodes.giver, &giving(), id).await.words;
    assert_eq!(words[1].by.user_name.as_str(), "neighbour");
    assert!(stands(&nodes.giver, &giving()).await && !stands(&nodes.taker, &taking()).await);
    nodes.advance(7 * 86_400);
    nodes.settle().await;
    assert!(lines(&nodes.taker, &taking()).await[0].is_open, "the last day");
    nodes.advance(86_400);
    nodes.settle().await;
    for (node, who) in [(&nodes.giver, giving()), (&nodes.taker, taking())] {
        assert!(!lines(node, &who).await[0].is_open, "by itself");
        assert!(opened(node, &who, id).await.handed.is_none(), "nothing is kept");
    }
    assert!(stands(&nodes.giver, &giving()).await, "the plan stays where it was");
}

#[tokio::test]
async fn a_stay_without_an_end_is_due_on_the_fifteenth_day_and_ends_with_the_hand_over() {
    let nodes = staged().await;
    let too_long = desk(&nodes.giver).hand_over(&giving(), &staying(Some(date(2026, 6, 15)))).await;
    assert_eq!(changed(too_long.unwrap_err()), ChangeError::StayTooLong);
    desk(&nodes.giver).hand_over(&giving(), &staying(None)).await.unwrap();
    nodes.settle().await;
    for (node, who) in [(&nodes.giver, giving()), (&nodes.taker, taking())] {
        let due = desk(node).due(&who).await.unwrap();
        let due = due.content().lines.iter().find(|line| line.hand_over.is_some()).unwrap().due;
        assert_eq!((due.deadline, due.day), (Deadline::TemporaryResident, date(2026, 6, 15)));
    }
    let id = offer(&nodes).await;
    nodes.settle().await;
    let all = lines(&nodes.taker, &taking()).await;
    let stay = all.iter().find(|line| line.stay.is_some()).unwrap();
    assert_eq!((stay.state, stay.is_open), (State::Withdrawn, false));
    desk(&nodes.taker).accept(&taking(), id, &decided()).await.unwrap();
    nodes.settle().await;
    assert!(!stands(&nodes.giver, &giving()).await && stands(&nodes.taker, &taking()).await);
}
