//! A feed that stops is told to a named employee without anybody asking, until somebody sees to it or it is heard again.

use std::sync::{Arc, OnceLock};

use jiff::SignedDuration;
use kinfold_service::{
    feeds::{AlarmParts, AlarmStep, AlarmTerms, FeedAlarms, FeedId, Feeds, NobodyToTell},
    register::Registers,
};

use crate::*;

pub(crate) async fn alarms(node: &TestNode, (first, then): (&str, &str)) -> FeedAlarms {
    let replicas = node.replica.iter().map(Arc::clone).collect();
    let feeds = Feeds {
        people: Arc::clone(&node.people),
        sources: vec![Arc::clone(&node.people_feed)],
        register: node.feed.clone(),
        replicas,
        registers: Registers::new([Arc::clone(&node.register)]),
        store: node.ground.people.clone(),
        department: None,
        senders: OnceLock::new(),
        vpn: OnceLock::new(),
        module: OnceLock::new(),
        own_clock: Arc::clone(&node.own_clock),
        agreements: Arc::clone(&node.agreements),
        journal: node.journal.clone(),
        clock: node.ground.clock.clone(),
    };
    let terms = AlarmTerms {
        first: first.parse().ok(),
        then: then.parse().ok(),
        then_after: SignedDuration::from_mins(30),
        sender_silent: SignedDuration::from_mins(60),
    };
    let parts = AlarmParts {
        terms,
        feeds: Arc::new(feeds),
        store: node.ground.work.clone(),
        staff: node.ground.staff.clone(),
        journal: node.journal.clone(),
        clock: node.ground.clock.clone(),
        entropy: node.ground.entropy.clone(),
    };
    FeedAlarms::load(parts).await.unwrap()
}

/// What the ledger says of alarms: the step, of which feed, and how many are told.
fn steps(node: &TestNode, from: u64) -> Vec<(AlarmStep, String, usize)> {
    let step = |entry| match entry {
        Entry::FeedAlarm(step) => Some((step.what, step.feed.name().to_owned(), step.told.len())),
        _ => None,
    };
    node.entries(from).into_iter().filter_map(step).collect()
}

/// Nothing is heard of the council at the trust; both name two employees.
async fn silent() -> (TwoNodes, FeedAlarms) {
    let nodes = staged().await;
    for (name, role) in [("first", "operator"), ("second", "information-governance")] {
        notifications::employ(&nodes.trust, name, (name, role)).await;
    }
    let alarms = alarms(&nodes.trust, ("first", "second")).await;
    assert_eq!(alarms.watch().await.unwrap(), 0);
    (nodes, alarms)
}

async fn pass(nodes: &TwoNodes, minutes: i64) {
    for _ in 0..minutes {
        nodes.advance(60);
        // The trust's own source answers; the council doesn't.
        let _ = nodes.trust.people_feed.poll(&|_| {}).await;
    }
}

const REGISTER: &str = "Ashmoor Council";

#[tokio::test]
async fn a_replica_past_its_limit_is_told_to_the_first_then_to_the_second_and_ends_by_itself() {
    let (nodes, alarms) = silent().await;
    let (trust, from) = (&nodes.trust, nodes.trust.size());
    pass(&nodes, 3).await;
    assert_eq!(alarms.watch().await.unwrap(), 1);
    assert_eq!(alarms.watch().await.unwrap(), 0, "once");
    let known = alarms.known();
    assert_eq!(known[0].feed, FeedId::Register(REGISTER.to_owned()));
    assert_eq!(known[0].told[0].who.user_name.as_str(), "first");
    let told = trust.staff.list().await.unwrap();
    let named = |name: &str| told.iter().find(|e| e.user_name.as_str() == name).unwrap();
    assert_eq!(alarms.told_to(named("first")).len(), 1);
    assert!(alarms.told_to(named("second")).is_empty(), "not yet");
    pass(&nodes, 30).await;
    assert_eq!(alarms.watch().await.unwrap(), 1);
    assert_eq!(alarms.told_to(named("second")).len(), 1);
    nodes.settle().await;
    assert_eq!(alarms.watch().await.unwrap(), 1);
    assert!(alarms.known()[0].over.is_some() && alarms.told_to(named("first")).is_empty());
    let register = || REGISTER.to_owned();
    let expected = [
        (AlarmStep::Raised, register(), 1),
        (AlarmStep::Escalated, register(), 1),
        (AlarmStep::Over, register(), 2),
    ];
    assert_eq!(steps(trust, from), expected);
}

#[tokio::test]
async fn who_sees_to_it_stands_there_by_name_and_nobody_else_is_told() {
    let (nodes, alarms) = silent().await;
    pass(&nodes, 3).await;
    alarms.watch().await.unwrap();
    let id = alarms.known()[0].id;
    alarms.take(&caller(TRUST, "first", "operator"), id).await.unwrap();
    alarms.take(&caller(TRUST, "second", "information-governance"), id).await.unwrap();
    let taken = alarms.known()[0].taken.clone().unwrap();
    assert_eq!(taken.who.user_name.as_str(), "first", "the first one counts");
    pass(&nodes, 40).await;
    assert_eq!(alarms.watch().await.unwrap(), 0);
}

#[tokio::test]
async fn an_alarm_outlives_the_process_and_is_raised_once() {
    let (nodes, raised) = silent().await;
    pass(&nodes, 3).await;
    raised.watch().await.unwrap();
    let again = alarms(&nodes.trust, ("first", "second")).await;
    assert_eq!(again.known(), raised.known());
    pass(&nodes, 3).await;
    assert_eq!(again.watch().await.unwrap(), 0);
}

#[tokio::test]
async fn a_case_system_whose_register_stops_is_one_feed_and_is_told_at_the_council() {
    let nodes = staged().await;
    let council = &nodes.council;
    let alarms = alarms(council, ("nobody.here", "")).await;
    for _ in 0..11 {
        nodes.advance(60);
        // It still tells people, and no register.
        let _ = council.people_feed.poll(&|_| {}).await;
    }
    assert_eq!(alarms.watch().await.unwrap(), 1);
    let known = alarms.known();
    assert_eq!(known[0].feed, FeedId::Source("case-system".to_owned()));
    assert!(known[0].told.is_empty(), "who is named has no account: it stands under Feeds");
}

#[tokio::test]
async fn a_named_employee_who_can_t_be_told_is_said_before_the_node_serves() {
    let nodes = staged().await;
    let trust = &nodes.trust;
    let unknown = alarms(trust, ("nobody.here", "")).await.check_named().await.unwrap();
    let nobody = "nobody.here".parse().unwrap();
    assert_eq!(unknown, Err(NobodyToTell::Unknown(nobody)));
    notifications::employ(trust, "first", ("First Testperson", "operator")).await;
    let named = alarms(trust, ("first", "")).await;
    assert_eq!(named.check_named().await.unwrap(), Ok(vec![]));
    trust.staff.set_email(&"first".parse().unwrap(), None).await.unwrap();
    assert_eq!(named.check_named().await.unwrap().unwrap().len(), 1, "no address");
    let first = trust.staff.list().await.unwrap()[0].id;
    trust.ground.staff.disable(first);
    assert!(matches!(named.check_named().await.unwrap(), Err(NobodyToTell::Inactive(_))));
}
