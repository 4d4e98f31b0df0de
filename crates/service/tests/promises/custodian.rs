//! The register as its custodian keeps it, beside the case system.

use jiff::civil::date;
use kinfold_domain::{
    AbuseCategory, ChangeKind, CheckAnswer, DetailKind, LegalBasis, RegisterEntry, RegisterStatus,
    Standing,
};
use kinfold_service::{
    ports::{AmendmentStore, RegisterStore, SourceError},
    register::{
        Change, ChangeError, Custodian, CustodyError, Decision, NewEntry, RegisterFeed, ToChange,
    },
    testing::Answering,
};

use crate::*;

pub(super) fn keeper() -> Caller {
    caller(COUNCIL, "custodian", "register-custodian")
}

pub(super) fn desk(nodes: &TwoNodes) -> &Custodian {
    nodes.council.custodian.as_ref().unwrap()
}

pub(super) fn feed(nodes: &TwoNodes) -> &RegisterFeed {
    nodes.council.feed.as_ref().unwrap()
}

pub(super) fn set(nodes: &TwoNodes, alter: impl FnOnce(&mut Vec<RegisterEntry>)) {
    alter(nodes.council.ground.source.register.lock().get_or_insert_default());
}

pub(super) fn of(entry: &str, change: Change) -> ToChange {
    let reason = "The conference decided so.".to_owned();
    ToChange { entry: Some(entry.parse().unwrap()), change, reason }
}

pub(super) async fn changes(nodes: &TwoNodes, change: Change) -> kinfold_domain::EntryId {
    desk(nodes).change(&keeper(), &of("cpp-1", change)).await.unwrap()
}

pub(super) async fn known(nodes: &TwoNodes, entry: &str) -> RegisterEntry {
    let opened = desk(nodes).open(&keeper(), &entry.parse().unwrap()).await.unwrap();
    opened.content().entry.clone()
}

fn iseult() -> NewEntry {
    NewEntry {
        status: RegisterStatus::ChildProtectionPlan,
        subject: child(7, "Garrowby", "Iseult"),
        expected: None,
        category: Some(AbuseCategory::Physical),
        legal_basis: None,
        start: date(2026, 5, 29),
        next_review: None,
        worker: None,
        discussion: None,
    }
}

fn add(new: NewEntry) -> ToChange {
    let reason = "Conference on Friday evening.".to_owned();
    ToChange { entry: None, change: Change::Add(Box::new(new)), reason }
}

#[tokio::test]
async fn a_change_is_recorded_first_and_stands_at_the_partner_without_another_reading() {
    let nodes = staged().await;
    let before = nodes.council.size();
    changes(&nodes, Change::End(date(2026, 5, 29))).await;

    let recorded = nodes.council.entries(before);
    assert_eq!(kinds(&recorded), ["register-amended", "register-changed"]);
    let Entry::RegisterAmended(amending) = &recorded[0] else { panic!("not recorded first") };
    assert_eq!((amending.what.as_str(), amending.asker.user_name.as_str()), ("ended", "custodian"));
    assert_eq!(amending.details, [DetailKind::End]);
    nodes.trust.replica.as_ref().unwrap().pull(0).await.unwrap();
    let checked = check(&nodes.trust, ada_by_number()).await;
    assert!(matches!(checked.answer, CheckAnswer::RecentlyEnded { .. }), "{:?}", checked.answer);
}

#[tokio::test]
async fn no_reading_reverts_what_a_custodian_changed_and_the_difference_is_somebodys_work() {
    let nodes = staged().await;
    changes(&nodes, Change::End(date(2026, 5, 29))).await;
    for _ in 0..2 {
        assert_eq!(feed(&nodes).poll().await.unwrap(), 0, "the case system still says otherwise");
    }
    let nodes = nodes.restart().await;
    nodes.settle().await;
    assert_eq!(known(&nodes, "cpp-1").await.end, Some(date(2026, 5, 29)));
    let queue = desk(&nodes).queue(&keeper()).await.unwrap();
    let line = &queue.content().due[0];
    assert_eq!(line.amendment.by, "custodian");
    assert_eq!(line.amendment.owner.as_ref().unwrap().as_str(), "custodian");
    assert!(line.amendment.differs.is_some());

    set(&nodes, |entries| entries[0].end = Some(date(2026, 5, 29)));
    feed(&nodes).poll().await.unwrap();
    assert!(desk(&nodes).queue(&keeper()).await.unwrap().content().due.is_empty());
    // From here on the case system is believed again.
    set(&nodes, |entries| entries[0].end = None);
    feed(&nodes).poll().await.unwrap();
    assert_eq!(known(&nodes, "cpp-1").await.end, None);
}

#[tokio::test]
async fn where_the_case_system_is_right_the_register_follows_at_once_and_where_it_is_not_it_waits()
{
    let nodes = staged().await;
    changes(&nodes, Change::Category(AbuseCategory::Sexual)).await;
    feed(&nodes).poll().await.unwrap();
    let key = ("cpp-1".parse().unwrap(), DetailKind::Category);
    let day = date(2026, 6, 15);
    let stays = (Decision::RegisterIsRight(day), "The minutes say so.");
    desk(&nodes).decide(&keeper(), &key, stays).await.unwrap();
    let queue = desk(&nodes).queue(&keeper()).await.unwrap();
    assert!(queue.content().due.is_empty());
    assert_eq!(queue.content().later[0].amendment.look_again, Some(day));
    let drop = (Decision::CaseSystemIsRight, "It was a typing error.");
    desk(&nodes).decide(&keeper(), &key, drop).await.unwrap();
    assert_eq!(known(&nodes, "cpp-1").await.category, Some(AbuseCategory::Neglect));
}

#[tokio::test]
async fn a_child_added_by_hand_stands_until_the_case_system_has_the_child_and_never_twice() {
    let nodes = staged().await;
    let id = desk(&nodes).change(&keeper(), &add(iseult())).await.unwrap();
    nodes.settle().await;
    let by_number = subject_of(nhs_number(7));
    let on_plan = |checked: &Checked| match &checked.answer {
        CheckAnswer::OnRegister { hits } => hits.len(),
        other => panic!("{other:?}"),
    };
    assert_eq!(on_plan(&check(&nodes.trust, by_number.clone()).await), 1);
    let twice = desk(&nodes).change(&keeper(), &add(iseult())).await;
    assert!(matches!(twice, Err(CustodyError::Change(ChangeError::AlreadyThere(_)))), "{twice:?}");
    set(&nodes, |entries| entries.push(entry("cpp-7", &child(7, "Garrowby", "Iseult"))));
    nodes.settle().await;
    assert_eq!(on_plan(&check(&nodes.trust, by_number).await), 1, "one plan, not two");
    let made = known(&nodes, id.as_str()).await;
    assert_eq!(made.successor.unwrap().as_str(), "cpp-7");
    assert_eq!(made.end, Some(date(2026, 6, 1)));
    let queue = desk(&nodes).queue(&keeper()).await.unwrap();
    assert!(queue.content().later.is_empty());
    let carried = &queue.content().due;
    assert!(carried.iter().all(|line| line.amendment.entry.as_str() == "cpp-7"), "{carried:?}");
    assert_eq!(known(&nodes, "cpp-7").await.category, Some(AbuseCategory::Physical), "kept");
}

#[tokio::test]
async fn an_entry_that_leaves_the_case_system_without_an_end_is_work_and_can_be_reopened() {
    let nodes = staged().await;
    set(&nodes, |entries| {
        entries.push(entry("cpp-2", &child(2, "Garrowby", "Iseult")));
    });
    feed(&nodes).poll().await.unwrap();
    set(&nodes, |entries| entries.truncate(1));
    feed(&nodes).poll().await.unwrap();
    let queue = desk(&nodes).queue(&keeper()).await.unwrap();
    assert_eq!(queue.content().due[0].amendment.key().1, DetailKind::Left);
    desk(&nodes).change(&keeper(), &of("cpp-2", Change::Reopen)).await.unwrap();
    for _ in 0..2 {
        feed(&nodes).poll().await.unwrap();
        assert_eq!(known(&nodes, "cpp-2").await.end, None);
    }
    let queue = desk(&nodes).queue(&keeper()).await.unwrap();
    let kinds: Vec<_> = queue.content().due.iter().map(|line| line.amendment.key().1).collect();
    assert_eq!(kinds, [DetailKind::End], "one difference, not two");
}

#[tokio::test]
async fn a_sealed_child_is_sealed_at_the_partner_at_once_and_stays_so() {
    let nodes = staged().await;
    changes(&nodes, Change::Seal).await;
    nodes.settle().await;
    let checked = check(&nodes.trust, ada_by_number()).await;
    assert!(matches!(checked.answer, CheckAnswer::Sealed { .. }));
    let copy = nodes.trust.ground.registers.changes(&COUNCIL.parse().unwrap(), 1, 1).await.unwrap();
    assert_eq!(copy[0].change.kind, ChangeKind::Sealed);
    assert!(copy[0].change.reason.is_none(), "why is the council's own");
    assert!(copy[0].change.entry.professionals.is_empty());
}

#[tokio::test]
async fn a_child_who_becomes_looked_after_stands_for_both_reasons() {
    let nodes = staged().await;
    let since = date(2026, 5, 30);
    changes(&nodes, Change::LookedAfter { start: since, basis: LegalBasis::S38 }).await;
    nodes.settle().await;
    let checked = check(&nodes.trust, ada_by_number()).await;
    let CheckAnswer::OnRegister { hits } = checked.answer else { panic!("not on the register") };
    let mut statuses: Vec<_> = hits.iter().map(|hit| hit.entry.status.words()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, ["Child protection plan", "Looked after"]);
}

#[tokio::test]
async fn the_history_of_an_entry_says_who_changed_what_when_and_why() {
    let nodes = staged().await;
    changes(&nodes, Change::Category(AbuseCategory::Sexual)).await;
    let next = date(2026, 11, 1);
    changes(&nodes, Change::Review { held: date(2026, 6, 1), next }).await;
    let opened = desk(&nodes).open(&keeper(), &"cpp-1".parse().unwrap()).await.unwrap();
    let history = &opened.content().history;
    let told: Vec<_> = history.iter().map(|line| (line.kind, line.by.as_str())).collect();
    let expected = [
        (ChangeKind::Reviewed, "custodian"),
        (ChangeKind::CategoryChanged, "custodian"),
        (ChangeKind::Added, "case-system"),
    ];
    assert_eq!(told, expected);
    assert_eq!(history[0].details.len(), 1);
    assert_eq!(history[0].reason.as_ref().unwrap().expose(), "The conference decided so.");
}

#[tokio::test]
async fn only_a_custodian_works_on_the_register_and_each_refusal_is_recorded() {
    let nodes = staged().await;
    let others = [social_worker(), governance(COUNCIL), caller(COUNCIL, "operator", "operator")];
    for other in others {
        let before = nodes.council.size();
        let entry = "cpp-1".parse().unwrap();
        assert!(matches!(desk(&nodes).overview(&other).await, Err(CustodyError::Refused(_))));
        assert!(desk(&nodes).find(&other, ada_by_number()).await.is_err());
        assert!(desk(&nodes).open(&other, &entry).await.is_err());
        assert!(desk(&nodes).queue(&other).await.is_err());
        let change = of("cpp-1", Change::End(date(2026, 5, 29)));
        assert!(desk(&nodes).plan(&other, &change).await.is_err());
        assert!(desk(&nodes).change(&other, &change).await.is_err());
        let key = (entry, DetailKind::End);
        assert!(desk(&nodes).decide(&other, &key, (Decision::Take, "")).await.is_err());
        assert_eq!(kinds(&nodes.council.entries(before)), ["refusal"; 7]);
    }
    assert_eq!(known(&nodes, "cpp-1").await.end, None);
}

#[tokio::test]
async fn nothing_changes_while_the_ledger_is_down_and_a_store_that_fails_is_made_up_for() {
    let nodes = staged().await;
    let change = of("cpp-1", Change::Seal);
    nodes.council.ground.registers.fault.begin_after(0);
    assert!(desk(&nodes).change(&keeper(), &change).await.is_err());
    nodes.council.ground.registers.fault.end();
    assert!(known(&nodes, "cpp-1").await.sealed.is_none());
    // What was stored as changed is in the list after the next reading, in the custodian's name, even of a source that is down.
    nodes.council.ground.source.answer(Answering::Wrong(SourceError::Unreachable));
    assert!(feed(&nodes).poll().await.is_err());
    assert!(known(&nodes, "cpp-1").await.sealed.is_some());
    let opened = desk(&nodes).open(&keeper(), &"cpp-1".parse().unwrap()).await.unwrap();
    assert_eq!(opened.content().history[0].by, "custodian");

    nodes.council.break_ledger().await;
    assert!(desk(&nodes).change(&keeper(), &of("cpp-1", Change::Unseal)).await.is_err());
    let stored = nodes.council.ground.amendments.amendments().await.unwrap();
    assert!(stored.iter().all(|row| row.kind == ChangeKind::Sealed));
}

#[tokio::test]
async fn changes_that_a_falling_store_took_in_without_saying_so_are_in_the_list_once() {
    let nodes = staged().await;
    let (ground, owner) = (&nodes.council.ground, nodes.council.ground.agency.id.clone());
    let stored = ground.registers.len(&owner);
    ground.registers.fault.lose_answer();
    assert!(desk(&nodes).change(&keeper(), &of("cpp-1", Change::Seal)).await.is_err());
    assert_eq!(ground.registers.len(&owner), stored + 1);
    feed(&nodes).poll().await.unwrap();
    assert!(known(&nodes, "cpp-1").await.sealed.is_some());
    desk(&nodes).change(&keeper(), &of("cpp-1", Change::Unseal)).await.unwrap();
    assert_eq!(ground.registers.len(&owner), stored + 2);
}

#[tokio::test]
async fn a_change_by_hand_does_not_make_an_old_register_look_fresh_after_a_restart() {
    let nodes = staged().await;
    nodes.advance(3_600);
    changes(&nodes, Change::Category(AbuseCategory::Sexual)).await;
    let nodes = nodes.restart().await;
    let now = kinfold_service::testing::start() + jiff::SignedDuration::from_secs(3_600);
    let confirmed = nodes.council.register.confirmed(now);
    assert_eq!(confirmed.as_at.unwrap().0, kinfold_service::testing::start());
    assert!(confirmed.stale);
}

#[tokio::test]
async fn what_is_planned_is_shown_before_anything_changes() {
    let nodes = staged().await;
    let before = nodes.council.register.size_and_root();
    let planned = desk(&nodes).plan(&keeper(), &of("cpp-1", Change::End(date(2026, 5, 29)))).await;
    let planned = planned.unwrap();
    let step = &planned.content().steps[0];
    let day = date(2026, 6, 1);
    assert_eq!(step.before.as_ref().unwrap().standing(day), Standing::Current);
    assert_eq!(step.after.standing(day), Standing::RecentlyEnded(date(2026, 5, 29)));
    assert_eq!(nodes.council.register.size_and_root(), before);
    let no_reason = ToChange { reason: "  ".to_owned(), ..of("cpp-1", Change::Seal) };
    let refused = desk(&nodes).change(&keeper(), &no_reason).await;
    assert!(matches!(refused, Err(CustodyError::Change(ChangeError::Reason))));
}

#[tokio::test]
async fn what_a_seal_hides_is_not_in_the_history_either() {
    let nodes = staged().await;
    let correct = Change::Correct {
        nhs_number: None,
        name: None,
        birth_date: None,
        worker: Some("Former Worker".to_owned()),
        telephone: None,
    };
    changes(&nodes, correct).await;
    let worker = |opened: &kinfold_service::register::Opened| {
        let mut details = opened.history.iter().flat_map(|line| &line.details);
        details.any(|(_, after)| after.kind() == DetailKind::KeyWorker)
    };
    let open = async || desk(&nodes).open(&keeper(), &"cpp-1".parse().unwrap()).await.unwrap();
    assert!(worker(open().await.content()));
    changes(&nodes, Change::Seal).await;
    let sealed = open().await;
    assert!(!worker(sealed.content()));
    assert_eq!(sealed.content().history[0].kind, ChangeKind::Sealed);
}
