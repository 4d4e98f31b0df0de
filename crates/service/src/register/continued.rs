//! Entries of an extract that go on under the reference they had.
//!
//! Where a file names no reference, one is made of the number, the plan and its start. Once the number is corrected, or lost, it is another
//! one: the same child's plan must not end for that.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use jiff::civil::Date;
use kinfold_domain::{Detail, DetailKind, EntryId, RegisterEntry};

use super::hand::Standing;

/// What two rows about one child's plan have in common, whatever the number.
type Plan = (Date, Date);

/// Gives entries that are new the reference of the same child's same plan, where an extract lacks that one.
pub(super) fn continued(
    mut entries: Vec<RegisterEntry>,
    unread: &HashSet<EntryId>,
    known: &HashMap<EntryId, Arc<RegisterEntry>>,
    standing: &Standing,
) -> Vec<RegisterEntry> {
    let read: HashSet<EntryId> = entries.iter().map(|entry| entry.id.clone()).collect();
    let is_lacking = |id: &EntryId| {
        let by_hand = standing.get(&(id.clone(), DetailKind::Entry));
        let by_hand = by_hand.is_some_and(|row| matches!(row.detail, Detail::Entry(_)));
        !read.contains(id) && !unread.contains(id) && !by_hand
    };
    if !entries.iter().any(|entry| !known.contains_key(&entry.id)) {
        return entries;
    }
    let mut lacking: HashMap<Plan, Vec<&Arc<RegisterEntry>>> = HashMap::new();
    for entry in known.values().filter(|entry| is_lacking(&entry.id)) {
        if let Some(plan) = plan(entry) {
            lacking.entry(plan).or_default().push(entry);
        }
    }
    for entry in entries.iter_mut().filter(|entry| !known.contains_key(&entry.id)) {
        let candidates = plan(entry).and_then(|plan| lacking.get_mut(&plan));
        let Some(candidates) = candidates else { continue };
        if let Some(place) = same(entry, candidates) {
            entry.id = candidates.swap_remove(place).id.clone();
        }
    }
    entries
}

fn plan(entry: &RegisterEntry) -> Option<Plan> {
    Some((entry.subject.birth_date?.into(), entry.start))
}

/// The one whose name is the same; otherwise the only one of whose name a part is. Twins share all but the given name.
fn same(entry: &RegisterEntry, candidates: &[&Arc<RegisterEntry>]) -> Option<usize> {
    let alike = |other: &RegisterEntry| {
        let (one, other) = (&entry.subject.name, &other.subject.name);
        let same = |a: &str, b: &str| a.to_lowercase() == b.to_lowercase();
        usize::from(same(one.family(), other.family()))
            + usize::from(same(one.given(), other.given()))
    };
    let is_like =
        |other: &RegisterEntry, least| other.status == entry.status && alike(other) >= least;
    let only = |least: usize| {
        let mut places = (0..candidates.len())
            .filter(|place| candidates.get(*place).is_some_and(|other| is_like(other, least)));
        places.next().filter(|_| places.next().is_none())
    };
    only(2).or_else(|| only(1))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::civil::date;
    use kinfold_domain::{Demographics, NhsNumber, PersonName, RegisterPhones, RegisterStatus};

    use super::*;

    const NUMBERS: [&str; 2] = ["9990000018", "9990000026"];

    fn entry(id: &str, given: &str, number: Option<&str>) -> RegisterEntry {
        let subject = Demographics {
            nhs_number: number.map(|number| number.parse::<NhsNumber>().unwrap()),
            birth_date: Some("2019-03-02".parse().unwrap()),
            ..Demographics::named(PersonName::new("Garrowby", given).unwrap())
        };
        let ring: kinfold_domain::Telephone = "01632 960001".parse().unwrap();
        RegisterEntry {
            id: id.parse().unwrap(),
            status: RegisterStatus::ChildProtectionPlan,
            subject,
            expected: None,
            initial_category: None,
            category: None,
            legal_basis: None,
            start: date(2026, 5, 1),
            end: None,
            handing_over: None,
            previous_plans: 0,
            next_review: None,
            professionals: Vec::new(),
            phones: RegisterPhones { office: ring.clone(), emergency_duty_team: ring },
            household: Vec::new(),
            school: None,
            sealed: None,
            successor: None,
        }
    }

    fn ids(read: Vec<RegisterEntry>, known: Vec<RegisterEntry>) -> Vec<String> {
        let known = known.into_iter().map(|entry| (entry.id.clone(), Arc::new(entry))).collect();
        let entries = continued(read, &HashSet::new(), &known, &BTreeMap::new());
        entries.into_iter().map(|entry| entry.id.to_string()).collect()
    }

    #[test]
    fn a_plan_goes_on_under_its_reference_when_its_number_is_corrected_or_lost() {
        let known = || vec![entry("one", "Iseult", Some(NUMBERS[0]))];
        assert_eq!(ids(vec![entry("other", "Iseult", Some(NUMBERS[1]))], known()), ["one"]);
        assert_eq!(ids(vec![entry("other", "Iseult", None)], known()), ["one"]);
        assert_eq!(ids(vec![entry("other", "Isolde", None)], known()), ["one"], "one name is kept");
        let later = RegisterEntry { start: date(2026, 6, 1), ..entry("other", "Iseult", None) };
        assert_eq!(ids(vec![later], known()), ["other"], "another plan");
    }

    #[test]
    fn a_twin_never_takes_the_others_place() {
        let known =
            || vec![entry("one", "Iseult", Some(NUMBERS[0])), entry("two", "Tristan", None)];
        let both = vec![entry("a", "Tristan", Some(NUMBERS[1])), entry("b", "Iseult", None)];
        assert_eq!(ids(both, known()), ["two", "one"]);
        let one_is_there = vec![entry("one", "Iseult", None), entry("new", "Ysonde", None)];
        let mut told = ids(one_is_there, vec![entry("one", "Iseult", None)]);
        told.sort();
        assert_eq!(told, ["new", "one"], "whoever is in the extract keeps the reference");
        assert_eq!(ids(vec![entry("new", "Ysonde", None)], known()), ["new"], "it could be either");
    }
}
