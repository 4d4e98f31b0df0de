use std::collections::BTreeSet;

use kinfold_domain::{Address, PersonName, Sex};
use proptest::prelude::*;

use super::*;
use crate::Outcome;

/// People drawn from few values, so that they share keys, names and households.
fn anybody() -> impl Strategy<Value = Demographics> {
    let family =
        prop::sample::select(vec!["Smith", "Smyth", "Jones-Khan", "Khan", "Łoś", "خان", ""]);
    let given = prop::sample::select(vec![
        "Ada",
        "Adah Mary",
        "William",
        "Bill",
        "Baby of Jones",
        "Unborn",
        "علي",
        "Smith",
    ]);
    let number =
        prop::option::of(prop::sample::select(vec!["9990000018", "9990000026", "9990000034"]));
    let birth = prop::option::of((1i8..=12, 1i8..=3, 2018i16..=2019));
    let postcode = prop::option::of(prop::sample::select(vec!["S60 1AA", "S60 1AB", "S61 2ZZ"]));
    let former = prop::option::of(prop::sample::select(vec!["Smith", "Brown"]));
    (family, given, number, birth, postcode, former).prop_map(
        |(family, given, number, birth, postcode, former)| {
            let mut person = Demographics::named(PersonName::new(family, given).unwrap());
            person.nhs_number = number.map(|number| number.parse().unwrap());
            person.birth_date = birth.map(|(day, month, year)| {
                kinfold_domain::BirthDate::new(day, month, year).unwrap()
            });
            person.address =
                Some(Address { lines: vec![], postcode: postcode.map(|p| p.parse().unwrap()) });
            person.other_names =
                former.map(|family| PersonName::new(family, "").unwrap()).into_iter().collect();
            person.former_postcodes = vec!["S62 3BB".parse().unwrap()];
            person.sex = Sex::Female;
            person
        },
    )
}

fn is_bare(index: &PersonIndex<u32>) -> bool {
    index.is_empty() && index.postings.is_empty() && index.dictionary.is_empty()
}

proptest! {
    #[test]
    fn what_is_removed_leaves_nothing_behind(people in prop::collection::vec((0u32..8, anybody()), 0..30)) {
        let mut index = PersonIndex::default();
        for (key, person) in &people {
            index.insert(*key, person);
            prop_assert!(index.contains(key));
        }
        let keys: BTreeSet<u32> = people.iter().map(|(key, _)| *key).collect();
        prop_assert_eq!(index.len(), keys.len());
        for key in keys {
            prop_assert!(index.remove(&key) && !index.remove(&key) && !index.contains(&key));
        }
        prop_assert!(is_bare(&index));
    }

    #[test]
    fn the_last_insert_of_a_key_is_the_one_that_counts(people in prop::collection::vec((0u32..6, anybody()), 1..20), asked in anybody()) {
        let mut index = PersonIndex::default();
        for (key, person) in &people {
            index.insert(*key, person);
        }
        let mut fresh = PersonIndex::default();
        for key in 0..6 {
            if let Some((_, person)) = people.iter().rev().find(|(other, _)| *other == key) {
                fresh.insert(key, person);
            }
        }
        let asked = Features::from(&Subject::from(&asked));
        let told = |index: &PersonIndex<u32>| {
            let (slots, _) = index.candidates(&keys::of_subject(&asked), 1_000);
            let scales = Scales::new(&asked, &index.dictionary, &index.postings, index.len());
            slots.iter().map(|slot| {
                let record = index.record(*slot).unwrap();
                (record.key, scales.weigh(record).total().same.to_bits())
            }).collect::<std::collections::BTreeMap<_, _>>()
        };
        prop_assert_eq!(told(&index), told(&fresh));
    }

    #[test]
    fn a_search_weighs_exactly_the_records_that_share_a_key(people in prop::collection::vec(anybody(), 0..40), asked in anybody()) {
        let mut index = PersonIndex::default();
        for (key, person) in (0u32..).zip(&people) {
            index.insert(key, person);
        }
        let wanted: BTreeSet<u32> = keys::of_subject(&Features::from(&Subject::from(&asked))).into_iter().collect();
        let brute: BTreeSet<u32> = (0u32..).zip(&people).filter(|(_, person)| {
            keys::of_record(&Features::from(*person)).iter().any(|key| wanted.contains(key))
        }).map(|(key, _)| key).collect();
        let keys: Vec<u32> = wanted.into_iter().collect();
        let (slots, cut) = index.candidates(&keys, 10_000);
        let weighed: BTreeSet<u32> = slots.iter().map(|slot| index.record(*slot).unwrap().key).collect();
        prop_assert!(!cut && weighed.len() == slots.len());
        prop_assert_eq!(weighed, brute);
    }

    #[test]
    fn no_name_in_any_script_makes_the_index_panic(family in "\\PC{0,30}", given in "\\PC{0,30}", asked in "\\PC{1,30}") {
        let mut index = PersonIndex::default();
        if let Ok(name) = PersonName::new(&family, &given) {
            index.insert(1u32, &Demographics::named(name));
        }
        if let Ok(name) = PersonName::new(&asked, &given) {
            let _ = index.search(&Subject { name: Some(name), ..Subject::default() }, Limits::default());
        }
        index.remove(&1);
        prop_assert!(is_bare(&index));
    }
}

#[test]
fn a_block_larger_than_the_limit_is_told_as_cut_and_never_certain() {
    let mut index = PersonIndex::default();
    let mut person = Demographics::named(PersonName::new("Smith", "Ada").unwrap());
    person.birth_date = Some("31 3 2019".parse().unwrap());
    for key in 0..50u32 {
        index.insert(key, &person);
    }
    let search = index.search(&(&person).into(), Limits { shown: 3, scored: 20 });
    assert_eq!((search.reach, search.scored), (Reach::Cut, 0));
    assert_eq!(search.outcome, Outcome::None);
}

#[test]
fn of_many_who_bear_one_name_the_first_are_shown_and_the_answer_says_there_are_more() {
    let mut index = PersonIndex::default();
    for key in 0..300u32 {
        let mut person = Demographics::named(PersonName::new("Khan", "Muhammad").unwrap());
        person.birth_date =
            kinfold_domain::BirthDate::new(1, 1, 1900 + i16::try_from(key).unwrap()).ok();
        index.insert(key, &person);
    }
    let name = PersonName::new("Khan", "Mohammed").ok();
    let search = index.search(&Subject { name, ..Subject::default() }, Limits::default());
    assert_eq!((search.reach, search.candidates().len()), (Reach::Cut, 8));
    assert!(matches!(search.outcome, Outcome::Several(_)));
}
