//! A register that its case system writes out once a day.

use jiff::{SignedDuration, civil::date};
use kinfold_domain::{Agency, AgencyKind, AsAt, RegisterEntry, Silent};
use kinfold_service::{
    ports::{ExtractMark, SourceError},
    register::{Register, RegisterFeed},
    testing::{Answering, start},
};

use crate::*;

fn feed(nodes: &TwoNodes) -> &RegisterFeed {
    nodes.council.feed.as_ref().unwrap()
}

/// From now on the case system gives an extract, written so many minutes after the start.
fn extract(nodes: &TwoNodes, minutes: i64, nameless: bool, entries: Vec<RegisterEntry>) {
    let source = &nodes.council.ground.source;
    let as_at = AsAt(start() + SignedDuration::from_mins(minutes));
    *source.extract.lock() = Some(ExtractMark { as_at, nameless });
    *source.register.lock() = Some(entries);
}

fn standing(nodes: &TwoNodes) -> (usize, usize) {
    nodes.council.register.standing(date(2026, 6, 1))
}

#[tokio::test]
async fn an_extract_is_as_old_as_it_was_written_however_often_it_is_read() {
    let nodes = staged().await;
    extract(&nodes, 3, false, vec![entry("cpp-1", &child(1, "Garrowby", "Iseult"))]);
    for _ in 0..3 {
        nodes.advance(300);
        feed(&nodes).poll().await.unwrap();
    }
    let confirmed = nodes.council.register.confirmed(start() + SignedDuration::from_mins(15));
    assert_eq!(confirmed.as_at.unwrap().0, start() + SignedDuration::from_mins(3));
    assert!(confirmed.stale);
    assert_eq!(confirmed.silent, Some(Silent::CaseSystem), "its folder is read all the while");
}

#[tokio::test]
async fn nothing_that_is_missing_ends_while_a_row_does_not_say_which_plan_it_is_about() {
    let nodes = staged().await;
    let new = || vec![entry("cpp-2", &child(2, "Nunnington", "Ralph"))];
    extract(&nodes, 1, true, new());
    assert_eq!(feed(&nodes).poll().await.unwrap(), 1, "what can be read is taken");
    assert_eq!(standing(&nodes), (2, 0));
    extract(&nodes, 2, false, new());
    feed(&nodes).poll().await.unwrap();
    assert_eq!(standing(&nodes), (1, 1), "once every row can be read");
}

#[tokio::test]
async fn a_plan_whose_number_was_corrected_is_corrected_and_neither_ends_nor_begins() {
    let nodes = staged().await;
    let before = nodes.council.register.size();
    let known = nodes.council.ground.source.register.lock().clone().unwrap();
    let mut corrected = RegisterEntry { id: "file-other".parse().unwrap(), ..known[0].clone() };
    corrected.subject.nhs_number = Some(nhs_number(9));
    extract(&nodes, 1, false, vec![corrected]);
    for _ in 0..2 {
        feed(&nodes).poll().await.unwrap();
        assert_eq!((standing(&nodes), nodes.council.register.size()), ((1, 0), before + 1));
    }
}

#[tokio::test]
async fn a_register_that_can_not_be_read_is_told_long_before_it_is_too_old() {
    let nodes = staged().await;
    let council = &nodes.council;
    let alarms = feed_alarms::alarms(council, ("nobody.here", "")).await;
    let garbled = SourceError::Garbled("the file is not whole".to_owned());
    let mut raised = Vec::new();
    for answering in [Answering::Right, Answering::Wrong(garbled), Answering::Right] {
        council.ground.source.answer(answering);
        for _ in 0..6 {
            nodes.advance(10);
            let _ = council.people_feed.poll(&|_| {}).await;
            let _ = feed(&nodes).poll().await;
            raised.push(alarms.watch().await.unwrap());
        }
    }
    let expected = [[0; 6], [0, 0, 0, 0, 1, 0], [1, 0, 0, 0, 0, 0]].concat();
    assert_eq!(raised, expected, "raised after half a minute, over once it can be read");
}

#[test]
fn an_extract_may_be_a_day_old_and_a_node_that_is_silent_may_not() {
    let (id, name) = (COUNCIL.parse().unwrap(), "Ashmoor Council".to_owned());
    let owner = Agency { id, name, kind: AgencyKind::Council };
    let register = Register::new(owner, 600).with_source_age(90_000);
    let at = |hours: i64| start() + SignedDuration::from_hours(hours);
    register.confirm(Some(AsAt(start())), None);
    assert_eq!(register.confirmed(start()).silent, Some(Silent::Owner), "never heard");
    register.heard(at(20));
    assert!(!register.confirmed(at(20)).stale);
    assert_eq!(register.last(), (Some(at(20)), 600));
    assert_eq!(register.confirmed(at(21)).silent, Some(Silent::Owner));
    register.heard(at(26));
    assert_eq!(register.confirmed(at(26)).silent, Some(Silent::CaseSystem));
    assert_eq!(register.last(), (Some(start()), 90_000));
}
