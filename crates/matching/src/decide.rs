//! From weights to an answer.

use std::hash::Hash;

use kinfold_domain::NumberAgreement;

use crate::{
    Candidate, Model, Outcome, PersonIndex, Reach,
    explanation::{Field, Level},
    group::{self, Group},
    model::Ratio,
    weigh::{Scales, Weighed},
};

/// A record that was weighed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ranked {
    pub(crate) slot: u32,
    /// It carries the typed number.
    pub(crate) has_number: bool,
    /// How likely the evidence is if this is the person meant, beside "unrelated", times how likely that is beforehand.
    odds: f64,
    /// The same for "another person of the household".
    household: f64,
    /// Another record of a person who ranks higher.
    pub(crate) is_repeated: bool,
}

impl Ranked {
    pub(crate) fn new(slot: u32, weighed: &Weighed, model: &Model, indexed: usize) -> Self {
        let Ratio { same, household } = weighed.total();
        let people = people(model, indexed);
        // A sibling of whoever is meant may be here too: then its likeness is no coincidence.
        let household = model.siblings / people * household;
        Self {
            slot,
            has_number: weighed.level(Field::NhsNumber) == Level::Exact,
            odds: model.present / people * same / (1.0 + household),
            household,
            is_repeated: false,
        }
    }
}

/// Decides between one, several and none; and says when more persons are possible than it shows.
pub(crate) fn outcome<K: Clone + Eq + Hash>(
    index: &PersonIndex<K>,
    scales: &Scales<'_>,
    mut ranked: Vec<Ranked>,
    (reach, shown): (Reach, usize),
) -> (Outcome<K>, Reach) {
    ranked.sort_unstable_by(|a, b| b.odds.total_cmp(&a.odds).then(a.slot.cmp(&b.slot)));
    let groups = group::persons(index, &mut ranked, shown);
    let (somebody, nobody) = odds_of_all(&ranked, index.model(), index.len());
    let share = |odds: f64| if odds > 0.0 { odds / (somebody + nobody) } else { 0.0 };
    let mut found: Vec<Found> = groups
        .into_iter()
        .filter_map(|group| {
            let weighed = scales.weigh(index.record(group.best.slot)?);
            let (probability, number) = (share(group.best.odds), agreement(&weighed));
            Some(Found { group, weighed, probability, number })
        })
        .collect();
    let candidate = |found: Found| found.candidate(index);
    if is_certain(&found, index.model(), reach) {
        let one = found.drain(..1).find_map(candidate);
        return (one.map_or(Outcome::None, Outcome::One), reach);
    }
    let (several, cut) = possible(found, index.model().possible, shown);
    let several: Vec<_> = several.into_iter().filter_map(candidate).collect();
    let outcome = if several.is_empty() { Outcome::None } else { Outcome::Several(several) };
    (outcome, if cut { Reach::Cut } else { reach })
}

/// A person found, with what is told of them.
struct Found {
    group: Group,
    weighed: Weighed,
    probability: f64,
    number: NumberAgreement,
}

impl Found {
    fn candidate<K: Clone>(self, index: &PersonIndex<K>) -> Option<Candidate<K>> {
        let key = |slot: u32| index.record(slot).map(|record| record.key.clone());
        let explanation = self.weighed.explanation();
        Some(Candidate {
            key: key(self.group.best.slot)?,
            same: self.group.same.into_iter().filter_map(key).collect(),
            weight: explanation.fields.iter().map(|field| field.weight).sum(),
            probability: self.probability,
            number: self.number,
            explanation,
        })
    }
}

/// Whom the asks are about, as a number of people.
#[allow(clippy::cast_precision_loss)] // counts of people, far below 2⁵²
fn people(model: &Model, indexed: usize) -> f64 {
    model.people.max(indexed as f64).max(1.0)
}

/// "It is this one", summed over everybody weighed, and "it is nobody here": each probability is a share of their sum.
fn odds_of_all(ranked: &[Ranked], model: &Model, indexed: usize) -> (f64, f64) {
    #[allow(clippy::cast_precision_loss)] // counts of people, far below 2⁵²
    let coverage = (indexed as f64 / people(model, indexed)).min(1.0);
    let (mut somebody, mut coincidence, mut household) = (0.0, 1.0, 0.0);
    for person in ranked.iter().filter(|person| !person.is_repeated) {
        somebody += person.odds;
        coincidence /= 1.0 + person.household;
        household += person.household / (1.0 + person.household);
    }
    // An absent child's brothers and sisters may be here, which would explain the likeness just as well.
    let absent = 1.0 - model.present * coverage;
    (somebody, absent * (coincidence + household * coverage))
}

/// Whether the record that carries the typed number also carries the typed name and date.
///
/// "Another name" when the given names differ, or when names and date together speak against it: then somebody has typed a sibling's
/// number, or the number has been given to the wrong person.
pub(crate) fn agreement(weighed: &Weighed) -> NumberAgreement {
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

/// Certain is who is likely enough, leads far enough, and has nothing against them that a number or a name must never have.
fn is_certain(found: &[Found], model: &Model, reach: Reach) -> bool {
    let [first, rest @ ..] = found else { return false };
    let ratio = |second: &Found| first.group.best.odds / second.group.best.odds;
    let lead = rest.first().map_or(f64::INFINITY, ratio).log2();
    // A number settles it even where others who share a name were too many to weigh.
    let is_seen = reach == Reach::Whole || first.number == NumberAgreement::Agrees;
    is_seen
        && first.probability >= model.certain
        && lead >= model.lead
        && found.iter().all(|person| person.number != NumberAgreement::AnotherName)
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

/// Whole name, or name and date or postcode: what was typed agrees, and nothing of it differs. "Muhammad Khan" alone makes no register entry of
/// that name likely, but to say that there is none would be wrong.
fn is_unopposed(weighed: &Weighed) -> bool {
    let levels = || {
        Field::ALL
            .into_iter()
            .filter(|field| *field != Field::Sex)
            .map(|field| weighed.level(field))
    };
    levels().all(|level| level != Level::Different)
        && levels().filter(|level| *level != Level::Missing).count() >= 2
        && weighed.total().same > 1.0
}

/// Who is shown: the likely ones, whoever carries the typed number, and whoever nothing typed speaks against, however common the name; and
/// whether more would have been.
fn possible(found: Vec<Found>, floor: f64, shown: usize) -> (Vec<Found>, bool) {
    let mut possible = found;
    possible.retain(|person| {
        let likely = person.probability >= floor;
        likely || person.group.best.has_number || is_unopposed(&person.weighed)
    });
    let cut = possible.len() > shown;
    if cut {
        // Stable, so that within both the likeliest stay first.
        possible.sort_by_key(|person| !person.group.best.has_number);
        possible.truncate(shown);
        possible.sort_by(|a, b| b.probability.total_cmp(&a.probability));
    }
    (possible, cut)
}
