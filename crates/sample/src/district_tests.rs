use std::collections::{BTreeMap, HashSet};

use jiff::civil::date;
use kinfold_domain::{NhsNumber, RegisterStatus};

use super::*;
use crate::{Fault, Part, StoryAnswer};

const TODAY: Date = date(2026, 11, 1);

fn district() -> District {
    District::generate(Seed(7), Size { people_per_agency: 3_000 }, TODAY)
}

#[test]
fn the_same_seed_gives_the_same_district_and_another_seed_another() {
    let (one, two) = (district(), district());
    assert!(one == two);
    let other = District::generate(Seed(8), Size::SMALL, TODAY);
    assert!(one.residents[40..60] != other.residents[40..60]);
    let numbers = |d: &District| d.stories().iter().map(|s| s.ask.nhs_number).collect::<Vec<_>>();
    assert_eq!(numbers(&one), numbers(&other), "story children keep their numbers");
}

#[test]
fn every_nhs_number_is_valid_begins_with_999_and_belongs_to_one_person() {
    let district = district();
    let mut seen = HashSet::new();
    for resident in &district.residents {
        let digits = resident.nhs_number.digits();
        assert!(digits.starts_with("999") && digits.parse::<NhsNumber>().is_ok());
        assert!(seen.insert(digits));
    }
    for copy in district.clients.iter().chain(&district.patients) {
        assert!(copy.nhs_number.iter().all(|n| n.expose().starts_with("999")));
    }
}

#[test]
fn the_agencies_overlap_as_real_ones_do() {
    let district = district();
    assert!(district.clients.len() >= 3_000 && district.patients.len() >= 3_000);
    let both = district.links.both().count();
    let share = both * 100 / district.clients.len();
    assert!((35..=75).contains(&share), "{share}% of clients are patients too");
    for (client, patient) in district.links.both() {
        assert_eq!(district.clients[client].resident, district.patients[patient].resident);
    }
    let numberless = district.clients.iter().filter(|c| c.nhs_number.is_none() || !c.nhs_verified);
    let share = numberless.count() * 100 / district.clients.len();
    assert!((40..=65).contains(&share), "{share}% of clients carry no verified number");
}

#[test]
fn mistakes_lie_in_the_copies_and_the_truth_is_kept() {
    let district = district();
    let mut counts: BTreeMap<Fault, usize> = BTreeMap::new();
    for copy in district.clients.iter().chain(&district.patients) {
        let truth = district.resident(copy.resident);
        copy.faults.iter().for_each(|fault| *counts.entry(*fault).or_default() += 1);
        if copy.faults.is_empty() {
            assert!(copy.carries(truth.nhs_number));
            assert_eq!(copy.name, truth.name);
            assert_eq!((copy.born, copy.sex), (Some(truth.born), truth.sex));
        }
        if copy.faults.contains(&Fault::NumberMistyped) {
            assert!(!copy.carries(truth.nhs_number));
        }
    }
    for fault in [Fault::Nickname, Fault::Spelling, Fault::DayMonthExchanged, Fault::Placeholder] {
        assert!(counts.get(&fault).is_some_and(|n| *n >= 3), "{fault:?}");
    }
    assert!(counts.len() >= 18, "{counts:?}");
}

#[test]
fn a_few_of_every_hundred_are_on_the_register_and_its_dates_agree() {
    let district = district();
    let of = |status, ended| {
        let all = district.placements.iter();
        all.filter(|p| p.status == status && p.end.is_some() == ended).count()
    };
    assert!((24..=45).contains(&of(RegisterStatus::ChildProtectionPlan, false)));
    assert!((20..=35).contains(&of(RegisterStatus::LookedAfter, false)));
    assert!((2..=6).contains(&of(RegisterStatus::UnbornPlan, false)));
    assert!(of(RegisterStatus::ChildProtectionPlan, true) >= 10);
    let mut placed = HashSet::new();
    for placement in &district.placements {
        assert!(placed.insert(placement.resident), "one entry a person");
        assert!(district.links.client(placement.resident).is_some());
        assert!(placement.start <= TODAY);
        assert!(placement.end.is_none_or(|end| end >= placement.start && end <= TODAY));
        assert_eq!(placement.next_review.is_some(), placement.end.is_none());
        assert!(placement.next_review.is_none_or(|review| review > TODAY));
        let resident = district.resident(placement.resident);
        if placement.status == RegisterStatus::UnbornPlan {
            assert_eq!(resident.part, Part::Mother);
            assert!(placement.expected.is_some());
        } else {
            assert!(resident.is_child() && placement.start >= resident.born.expose());
        }
    }
    assert!(district.placements.iter().filter(|p| p.sealed.is_some()).count() >= 3);
}

#[test]
fn sealed_children_are_sealed_in_both_agencies() {
    let district = district();
    for placement in district.placements.iter().filter(|p| p.sealed.is_some()) {
        let client = district.links.client(placement.resident).unwrap();
        assert!(district.clients[client].sealed);
        let patient = district.links.patient(placement.resident);
        assert!(patient.is_none_or(|patient| district.patients[patient].sealed));
    }
}

#[test]
fn every_story_child_is_on_the_register_as_the_story_tells() {
    let district = district();
    assert_eq!(district.stories().len(), 12);
    for story in district.stories() {
        let placement = district.placements.iter().find(|p| p.resident == story.resident);
        match story.answer {
            StoryAnswer::NotOnRegister => assert!(placement.is_none()),
            StoryAnswer::RecentlyEnded => assert!(placement.unwrap().end.is_some()),
            StoryAnswer::Sealed => assert!(placement.unwrap().sealed.is_some()),
            _ => assert!(placement.unwrap().end.is_none()),
        }
        assert!(district.links.patient(story.resident).is_some());
        assert!(story.ask.nhs_number.is_some() || story.key == StoryKey::Several);
    }
    let spelled = district.story(StoryKey::AnotherSpelling).unwrap();
    let client = &district.clients[district.links.client(spelled.resident).unwrap()];
    assert!(client.nhs_number.is_none());
    assert_ne!(client.born, spelled.ask.birth_date);
}

#[test]
fn some_families_have_twins_newborns_without_a_name_and_names_in_two_scripts() {
    let district = district();
    let twins = district.households.iter().filter(|home| {
        let born: Vec<_> = home.members.iter().map(|id| district.resident(*id).born).collect();
        born.iter().collect::<HashSet<_>>().len() < born.len()
    });
    assert!(twins.count() >= 5);
    assert!(district.residents.iter().filter(|r| r.unnamed).count() >= 3);
    assert!(district.residents.iter().filter(|r| r.script_name.is_some()).count() >= 20);
    assert!(district.households.iter().filter(|home| home.expecting.is_some()).count() >= 5);
}

#[test]
fn no_telephone_could_ring_at_anybodys() {
    let district = district();
    let workers = district.social_workers.iter().chain(&district.clinicians);
    let desks = crate::agencies().map(|agency| [agency.office, agency.out_of_hours]).concat();
    let numbers = workers.map(|w| w.telephone.as_str()).chain(desks);
    for number in numbers {
        assert!(number.starts_with("01632 960") || number.starts_with("07700 900"), "{number}");
    }
}
