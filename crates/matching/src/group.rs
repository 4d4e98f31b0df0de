//! Records of one person, such as those of two source systems, count as one candidate.

use crate::{
    PersonIndex,
    decide::{Ranked, agreement},
    explanation::{Field, Level},
    features::Features,
    record::Record,
    weigh::Scales,
};
use kinfold_domain::NumberAgreement;

/// How many of the best records are looked at one by one, at least; beyond them only those that carry the typed number.
const LOOKED_AT: usize = 24;

/// One person among the candidates: the record that fits best, and others of the same person.
pub(crate) struct Group {
    pub(crate) best: Ranked,
    pub(crate) same: Vec<u32>,
}

/// Joins records of one person. Those that joined another are marked as repeated.
pub(crate) fn persons<K>(
    index: &PersonIndex<K>,
    ranked: &mut [Ranked],
    shown: usize,
) -> Vec<Group> {
    // One more than is shown tells that there are more.
    let looked_at = LOOKED_AT.max(shown.saturating_add(1));
    let mut groups: Vec<Group> = Vec::new();
    let best = ranked
        .iter_mut()
        .enumerate()
        .filter(|(rank, person)| *rank < looked_at || person.has_number);
    for (_, next) in best {
        match groups.iter_mut().find(|group| same_person(index, group.best.slot, next.slot)) {
            Some(group) => {
                next.is_repeated = true;
                group.same.push(next.slot);
            }
            None => groups.push(Group { best: *next, same: Vec::new() }),
        }
    }
    groups
}

/// The same number and no other name; or name, date and postcode the same and no number against it.
fn same_person<K>(index: &PersonIndex<K>, a: u32, b: u32) -> bool {
    let (Some(one), Some(other)) = (index.record(a), index.record(b)) else { return false };
    if !may_be_same(one, other) {
        return false;
    }
    let features: Features = one.features(index.dictionary());
    let scales = Scales::new(&features, index.dictionary(), index.postings(), index.len());
    let weighed = scales.weigh(other);
    let exact = [Field::FamilyName, Field::GivenName, Field::BirthDate, Field::Postcode];
    let unopposed = [Field::FurtherNames, Field::Sex];
    match weighed.level(Field::NhsNumber) {
        Level::Exact => agreement(&weighed) == NumberAgreement::Agrees,
        Level::Different => false,
        _ => {
            exact.iter().all(|field| weighed.level(*field) == Level::Exact)
                && unopposed.iter().all(|field| weighed.level(*field) != Level::Different)
        }
    }
}

/// What two records of one person have at least, told without weighing them.
fn may_be_same<K>(one: &Record<K>, other: &Record<K>) -> bool {
    if one.number != 0 && other.number != 0 {
        return one.number == other.number;
    }
    !one.birth.is_none()
        && one.birth == other.birth
        && one.postcodes().any(|code| other.postcodes().any(|another| another == code))
}
