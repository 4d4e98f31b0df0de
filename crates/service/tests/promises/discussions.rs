//! Strategy discussions: the clock to the initial conference runs until something has come of them.

use jiff::civil::date;
use kinfold_domain::{AbuseCategory, Deadline, RegisterStatus};
use kinfold_service::{
    records::{DiscussionId, DiscussionWord},
    register::{
        Change, ChangeError, CustodyError, DiscussionEnd, DiscussionLine, DueLine, NewDiscussion,
        NewEntry, ToChange,
    },
};

use crate::{
    custodian::{desk, keeper, set},
    *,
};

fn iseult() -> Demographics {
    child(7, "Garrowby", "Iseult")
}

async fn held(nodes: &TwoNodes) -> DiscussionId {
    let new = NewDiscussion { day: date(2026, 5, 29), subject: iseult(), unborn: None };
    desk(nodes).record_discussion(&keeper(), new).await.unwrap()
}

async fn waiting(nodes: &TwoNodes) -> Vec<DiscussionLine> {
    desk(nodes).discussions(&keeper()).await.unwrap().content().lines.clone()
}

async fn due(nodes: &TwoNodes) -> Vec<DueLine> {
    let list = desk(nodes).due(&keeper()).await.unwrap();
    list.content().lines.iter().filter(|line| line.discussion).cloned().collect()
}

#[tokio::test]
async fn the_clock_runs_from_the_day_of_the_discussion_through_a_restart_until_it_has_an_outcome() {
    let nodes = staged().await;
    let before = nodes.council.size();
    let id = held(&nodes).await;
    let recorded = nodes.council.entries(before);
    assert!(matches!(&recorded[0], Entry::Intent(intent) if intent.subject.nhs_number.is_some()));
    assert!(matches!(&recorded[1], Entry::StrategyDiscussion(step) if step.discussion == id));
    let nodes = nodes.restart().await;
    let line = &due(&nodes).await[0];
    // 15 working days from Friday 29 May: none of them is a bank holiday.
    assert_eq!((line.due.deadline, line.due.day), (Deadline::InitialConference, date(2026, 6, 19)));
    assert_eq!(line.name.as_ref().unwrap().expose(), iseult().name.expose());
    let none = DiscussionEnd::NoPlan(" ".to_owned());
    let refused = desk(&nodes).end_discussion(&keeper(), id, &none).await;
    assert!(matches!(refused, Err(CustodyError::Change(ChangeError::Reason))), "{refused:?}");
    let end = DiscussionEnd::NoPlan("The concerns were not substantiated.".to_owned());
    desk(&nodes).end_discussion(&keeper(), id, &end).await.unwrap();
    assert!(due(&nodes).await.is_empty() && waiting(&nodes).await.is_empty());
    let twice = desk(&nodes).end_discussion(&keeper(), id, &end).await;
    assert!(matches!(twice, Err(CustodyError::NotFound)), "{twice:?}");
}

#[tokio::test]
async fn it_ends_only_once_the_plan_is_on_the_register() {
    let nodes = staged().await;
    let id = held(&nodes).await;
    let early = desk(&nodes).end_discussion(&keeper(), id, &DiscussionEnd::PlanStands).await;
    assert!(matches!(early, Err(CustodyError::Change(ChangeError::NoPlanYet))), "{early:?}");
    let new = NewEntry {
        status: RegisterStatus::ChildProtectionPlan,
        subject: iseult(),
        expected: None,
        category: Some(AbuseCategory::Physical),
        legal_basis: None,
        start: date(2026, 6, 1),
        next_review: None,
        worker: None,
        discussion: Some(id),
    };
    let wanted = ToChange {
        entry: None,
        change: Change::Add(Box::new(new)),
        reason: "The conference decided so.".to_owned(),
    };
    desk(&nodes).plan(&keeper(), &wanted).await.unwrap();
    assert_eq!(waiting(&nodes).await.len(), 1, "a preview ends nothing");
    let before = nodes.council.size();
    let entry = desk(&nodes).change(&keeper(), &wanted).await.unwrap();
    assert!(waiting(&nodes).await.is_empty());
    let begun = nodes.council.entries(before).into_iter().find_map(|entry| match entry {
        Entry::StrategyDiscussion(step) => Some(step.what),
        _ => None,
    });
    assert_eq!(begun, Some(DiscussionWord::PlanBegins { register_entry: entry }));
}

#[tokio::test]
async fn a_plan_that_the_case_system_brings_is_offered_as_the_outcome_and_an_older_one_is_not() {
    let nodes = staged().await;
    let id = held(&nodes).await;
    set(&nodes, |entries| entries.push(entry("cpp-7", &iseult())));
    nodes.settle().await;
    assert_eq!(waiting(&nodes).await[0].stands, None, "that plan began long before");
    set(&nodes, |entries| entries[1].start = date(2026, 6, 1));
    nodes.settle().await;
    assert_eq!(waiting(&nodes).await[0].stands.as_ref().unwrap().as_str(), "cpp-7");
    desk(&nodes).end_discussion(&keeper(), id, &DiscussionEnd::PlanStands).await.unwrap();
    assert!(due(&nodes).await.is_empty());
}

#[tokio::test]
async fn a_discussion_in_the_future_or_about_nobody_in_particular_is_refused() {
    let nodes = staged().await;
    let tomorrow = NewDiscussion { day: date(2026, 6, 2), subject: iseult(), unborn: None };
    let refused = desk(&nodes).record_discussion(&keeper(), tomorrow).await;
    assert!(matches!(refused, Err(CustodyError::Change(ChangeError::Future))), "{refused:?}");
    let vague = Demographics { nhs_number: None, birth_date: None, ..iseult() };
    let vague = NewDiscussion { day: date(2026, 6, 1), subject: vague, unborn: None };
    let refused = desk(&nodes).record_discussion(&keeper(), vague).await;
    assert!(matches!(refused, Err(CustodyError::Change(ChangeError::TooLittle))), "{refused:?}");
    let new = NewDiscussion { day: date(2026, 6, 1), subject: iseult(), unborn: None };
    let refused = desk(&nodes).record_discussion(&social_worker(), new).await;
    assert!(matches!(refused, Err(CustodyError::Refused(_))), "{refused:?}");
}
