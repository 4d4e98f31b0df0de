//! From weights to an answer.

use std::hash::Hash;

use kinfold_domain::NumberAgreement;

use crate::{
    Candidate, Model, Outcome, PersonIndex, Reach,
    explanation::{Field, Level},
    weigh::{Scales, Weighed},
};

/// How many of the best records are asked whether they are records of one person.
const MERGED: usize = 24;

/// One person among the candidates: the record that fits best, and others of the same person.
struct Group {
    best: u32,
    same: Vec<u32>,
    weighed: Weighed,
    /// How likely the evidence is if this is the person meant, beside "unrelated".
    odds: f64,
    /// How likely it is if this is another person of the household, beside "unrelated".
    household: f64,
    number: NumberAgreement,
    probability: f64,
}

/// Decides between one, several and none.
pub(crate) fn outcome<K: Clone + Eq + Hash>(
    index: &PersonIndex<K>,
    weighed: Vec<(u32, Weighed)>,
    reach: Reach,
    shown: usize,
) -> Outcome<K> {
    let mut groups = group(index, ranked(index, weighed));
    weigh_against_each_other(&mut groups, index.model(), index.len());
    if is_certain(&groups, index.model(), reach) {
        groups.truncate(1);
        return match candidates(index, groups).pop() {
            Some(one) => Outcome::One(one),
            None => Outcome::None,
        };
    }
    let groups = possible(groups, index.model().possible, shown);
    if groups.is_empty() { Outcome::None } else { Outcome::Several(candidates(index, groups)) }
}

/// The candidates, each on its own, the likeliest first.
fn ranked<K>(index: &PersonIndex<K>, weighed: Vec<(u32, Weighed)>) -> Vec<Group> {
    let people = people(index.model(), index.len());
    let model = index.model();
    let mut groups: Vec<Group> = weighed
        .into_iter()
        .map(|(slot, weighed)| {
            let total = weighed.total();
            // A sibling of whoever is meant may be here too: then its likeness is no coincidence.
            let household = model.siblings / people * total.household;
            Group {
                best: slot,
                same: Vec::new(),
                weighed,
                odds: model.present / people * total.same / (1.0 + household),
                household,
                number: agreement(&weighed),
                probability: 0.0,
            }
        })
        .collect();
    groups.sort_by(|a, b| b.odds.total_cmp(&a.odds).then(a.best.cmp(&b.best)));
    groups
}

/// Whom the asks are about, as a number of people.
#[allow(clippy::cast_precision_loss)] // counts of people, far below 2⁵²
fn people(model: &Model, indexed: usize) -> f64 {
    model.people.max(indexed as f64).max(1.0)
}

/// Joins the records of one person, such as those of two source systems.
fn group<K: Clone + Eq + Hash>(index: &PersonIndex<K>, ranked: Vec<Group>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::with_capacity(ranked.len());
    for (rank, next) in ranked.into_iter().enumerate() {
        let joined = (rank < MERGED)
            .then(|| groups.iter_mut().find(|group| same_person(index, group, &next)))
            .flatten();
        match joined {
            Some(group) => group.same.push(next.best),
            None => groups.push(next),
        }
    }
    groups
}

/// The same number and no other name; or name, date and postcode the same and no number against it.
fn same_person<K>(index: &PersonIndex<K>, a: &Group, b: &Group) -> bool {
    let (Some(one), Some(other)) = (index.record(a.best), index.record(b.best)) else {
        return false;
    };
    if one.birth != other.birth && one.number != other.number {
        return false;
    }
    let features = one.features(index.dictionary());
    let scales = Scales::new(&features, index.dictionary(), index.postings(), index.len());
    let weighed = scales.weigh(other);
    match weighed.level(Field::NhsNumber) {
        Level::Exact => agreement(&weighed) == NumberAgreement::Agrees,
        Level::Different => false,
        _ => {
            [Field::FamilyName, Field::GivenName, Field::BirthDate, Field::Postcode]
                .iter()
                .all(|field| weighed.level(*field) == Level::Exact)
                && [Field::FurtherNames, Field::Sex]
                    .iter()
                    .all(|field| weighed.level(*field) != Level::Different)
        }
    }
}

/// Whether the record that carries the typed number also carries the typed name and date.
///
/// "Another name" when the given names differ, or when names and date together speak against it: then somebody has typed a sibling's
/// number, or the number has been given to the wrong person.
fn agreement(weighed: &Weighed) -> NumberAgreement {
    if weighed.level(Field::NhsNumber) != Level::Exact {
        return NumberAgreement::NotCompared;
    }
    let identity = [Field::FamilyName, Field::GivenName, Field::FurtherNames, Field::BirthDate];
    let weight: f64 = identity.iter().map(|field| weighed.weight(*field)).sum();
    if weighed.level(Field::GivenName) == Level::Different || weight < 0.0 {
        NumberAgreement::AnotherName
    } else {
        NumberAgreement::Agrees
    }
}

/// Bayes over "it is this one", for each of them, and "it is nobody here".
fn weigh_against_each_other(groups: &mut [Group], model: &Model, indexed: usize) {
    #[allow(clippy::cast_precision_loss)] // counts of people, far below 2⁵²
    let coverage = (indexed as f64 / people(model, indexed)).min(1.0);
    let absent = 1.0 - model.present * coverage;
    // An absent child's brothers and sisters may be here, which would explain the likeness just as well.
    let coincidence: f64 = groups.iter().map(|group| 1.0 / (1.0 + group.household)).product();
    let household: f64 = groups.iter().map(|group| group.household / (1.0 + group.household)).sum();
    let nobody = absent * (coincidence + household * coverage);
    let all: f64 = groups.iter().map(|group| group.odds).sum::<f64>() + nobody;
    for group in groups {
        group.probability = if all > 0.0 { group.odds / all } else { 0.0 };
    }
}

/// Certain is who is likely enough, leads far enough, and has nothing against them that a number or a name must never have.
fn is_certain(groups: &[Group], model: &Model, reach: Reach) -> bool {
    let [first, rest @ ..] = groups else { return false };
    let lead = rest.first().map_or(f64::INFINITY, |second| (first.odds / second.odds).log2());
    let other_number = groups.iter().any(|group| group.number == NumberAgreement::AnotherName);
    // A number settles it even where others who share a name were too many to weigh.
    let seen = reach == Reach::Whole || first.number == NumberAgreement::Agrees;
    seen && first.probability >= model.certain
        && lead >= model.lead
        && !other_number
        && is_supported(&first.weighed)
}

/// A number that agrees; or a name with a date or a postcode, the given name not another and no number against it.
fn is_supported(weighed: &Weighed) -> bool {
    let agrees = |field| !matches!(weighed.level(field), Level::Missing | Level::Different);
    match weighed.level(Field::NhsNumber) {
        Level::Exact => true,
        Level::Different => false,
        _ => {
            weighed.level(Field::GivenName) != Level::Different
                && (agrees(Field::GivenName) || agrees(Field::FamilyName))
                && (agrees(Field::BirthDate) || agrees(Field::Postcode))
        }
    }
}

/// Who is shown: the likeliest, and whoever carries the typed number.
fn possible(groups: Vec<Group>, floor: f64, shown: usize) -> Vec<Group> {
    let carries = |group: &Group| group.weighed.level(Field::NhsNumber) == Level::Exact;
    let with_number = groups.iter().filter(|group| carries(group)).count().min(shown);
    let (mut others, mut carrying) = (shown - with_number, with_number);
    groups
        .into_iter()
        .filter(|group| {
            let room = if carries(group) { &mut carrying } else { &mut others };
            let fits = *room > 0 && (carries(group) || group.probability >= floor);
            *room -= usize::from(fits);
            fits
        })
        .collect()
}

fn candidates<K: Clone>(index: &PersonIndex<K>, groups: Vec<Group>) -> Vec<Candidate<K>> {
    let key = |slot: u32| index.record(slot).map(|record| record.key.clone());
    groups
        .into_iter()
        .filter_map(|group| {
            let explanation = group.weighed.explanation();
            Some(Candidate {
                key: key(group.best)?,
                same: group.same.into_iter().filter_map(key).collect(),
                weight: explanation.fields.iter().map(|field| field.weight).sum(),
                probability: group.probability,
                number: group.number,
                explanation,
            })
        })
        .collect()
}
