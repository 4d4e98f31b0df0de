use jiff::civil::date;
use kinfold_domain::{AbuseCategory, ChangeKind};

use super::*;
use crate::testing::{child, entry, start};

fn by_hand(entry: &str, detail: Detail) -> Amendment {
    Amendment {
        entry: entry.parse().unwrap(),
        detail,
        kind: ChangeKind::Corrected,
        by: "custodian".to_owned(),
        at: start(),
        reason: "a test".into(),
        over: None,
        differs: None,
        owner: None,
        look_again: None,
    }
}

fn standing(rows: impl IntoIterator<Item = Amendment>) -> Standing {
    rows.into_iter().map(|row| (row.key(), row)).collect()
}

fn reading(entries: Vec<RegisterEntry>) -> Reading {
    Reading {
        is_empty: entries.is_empty(),
        entries,
        unread: HashSet::new(),
        at: start(),
        extract: None,
    }
}

fn known(entries: &[RegisterEntry]) -> HashMap<EntryId, Arc<RegisterEntry>> {
    entries.iter().map(|entry| (entry.id.clone(), Arc::new(entry.clone()))).collect()
}

#[test]
fn what_was_changed_by_hand_stands_over_a_reading_that_says_otherwise() {
    let case = entry("cpp-1", &child(1, "Garrowby", "Iseult"));
    let ended = by_hand("cpp-1", Detail::End(Some(date(2026, 5, 20))));
    let laid = overlay(reading(vec![case.clone()]), &HashMap::new(), &standing([ended]));
    assert_eq!(laid.entries[0].end, Some(date(2026, 5, 20)));
    let differs = laid.put[0].differs.clone().unwrap();
    assert_eq!((differs.since, differs.says), (start(), Some(Detail::End(None))));
    assert!(laid.gone.is_empty());
}

#[test]
fn an_amendment_goes_once_the_case_system_says_the_same() {
    let case = entry("cpp-1", &child(1, "Garrowby", "Iseult"));
    let ended = RegisterEntry { end: Some(date(2026, 5, 20)), ..case };
    let row = by_hand("cpp-1", Detail::End(Some(date(2026, 5, 20))));
    let laid = overlay(reading(vec![ended.clone()]), &HashMap::new(), &standing([row.clone()]));
    assert_eq!((laid.entries, laid.gone), (vec![ended], vec![row.key()]));
}

#[test]
fn a_difference_that_was_put_off_comes_back_when_the_case_system_says_something_new() {
    let mut case = entry("cpp-1", &child(1, "Garrowby", "Iseult"));
    let row = by_hand("cpp-1", Detail::Category(Some(AbuseCategory::Physical)));
    let mut laid = overlay(reading(vec![case.clone()]), &HashMap::new(), &standing([row]));
    let mut row = laid.put.remove(0);
    row.look_again = Some(date(2026, 12, 1));
    let laid = overlay(reading(vec![case.clone()]), &HashMap::new(), &standing([row.clone()]));
    assert!(laid.put.is_empty(), "nothing new was said");
    case.category = Some(AbuseCategory::Emotional);
    let laid = overlay(reading(vec![case]), &HashMap::new(), &standing([row.clone()]));
    assert_eq!(laid.put[0].look_again, None);
    assert_eq!(laid.put[0].differs.as_ref().unwrap().since, row.differs.unwrap().since);
}

#[test]
fn an_entry_made_by_hand_stands_until_the_case_system_has_the_child() {
    let made = entry("hand-1", &child(1, "Garrowby", "Iseult"));
    let row = by_hand("hand-1", Detail::Entry(Box::new(made.clone())));
    let laid = overlay(reading(vec![]), &HashMap::new(), &standing([row.clone()]));
    assert_eq!(laid.entries, std::slice::from_ref(&made));
    assert!(laid.put[0].differs.is_some());

    let case = entry("cpp-9", &child(1, "Garrowby", "Iseult"));
    let laid = overlay(reading(vec![case.clone()]), &HashMap::new(), &standing([row.clone()]));
    assert_eq!((laid.entries, laid.gone), (vec![case.clone()], vec![row.key()]));
    assert_eq!(laid.superseded[0].successor, Some(case.id));
    assert_eq!(laid.superseded[0].id, made.id);

    let another = entry("cpp-9", &child(2, "Garrowby", "Isolde"));
    let laid = overlay(reading(vec![another]), &HashMap::new(), &standing([row]));
    assert_eq!(laid.entries.len(), 2, "another child is another child");
}

#[test]
fn a_seal_outlives_the_entry_that_it_was_put_on_by_hand() {
    let made = entry("hand-1", &child(1, "Garrowby", "Iseult"));
    let desk = kinfold_domain::SealedDesk {
        desk: "Sealed records desk".to_owned(),
        telephone: "01632 960900".parse().unwrap(),
        reference: "S-1".to_owned(),
    };
    let rows = [
        by_hand("hand-1", Detail::Entry(Box::new(made))),
        by_hand("hand-1", Detail::Sealed(Some(desk.clone()))),
    ];
    let case = entry("cpp-9", &child(1, "Garrowby", "Iseult"));
    let laid = overlay(reading(vec![case]), &HashMap::new(), &standing(rows));
    assert_eq!(laid.entries[0].sealed, Some(desk), "the case system does not know of the seal");
    assert_eq!(laid.put[0].key().0.as_str(), "cpp-9");
    assert_eq!(laid.gone.len(), 2);
}

#[test]
fn an_entry_reopened_by_hand_stands_though_the_case_system_has_dropped_it() {
    let case = entry("cpp-1", &child(1, "Garrowby", "Iseult"));
    let row = by_hand("cpp-1", Detail::End(None));
    let laid = overlay(reading(vec![]), &known(std::slice::from_ref(&case)), &standing([row]));
    assert_eq!(laid.entries, [case]);
    assert!(laid.put[0].differs.is_some());
}

#[test]
fn a_row_that_can_not_be_read_says_nothing_of_what_was_changed_by_hand() {
    let row = by_hand("cpp-1", Detail::End(None));
    let unread = HashSet::from(["cpp-1".parse().unwrap()]);
    let reading = Reading { unread, ..reading(vec![]) };
    let laid = overlay(reading, &HashMap::new(), &standing([row]));
    assert!(laid.put.is_empty() && laid.gone.is_empty());
}
