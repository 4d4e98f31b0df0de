//! Entries made by hand that the case system has by now: they end, and what they say beyond it stays.

use std::collections::{BTreeMap, HashMap};

use jiff::{Timestamp, civil::Date};
use kinfold_domain::{
    Detail, DetailKind, EntryId, NhsNumber, NumberAgreement, RegisterEntry, Subject,
};
use kinfold_matching::{Limits, Model, Outcome, PersonIndex};

use super::{
    hand::{Standing, rows_of},
    overlay::amended,
};
use crate::{ports::Amendment, today};

/// Of two entries about one child, how many children could be meant: those of a large district.
const DISTRICT_CHILDREN: f64 = 60_000.0;

/// What of an entry made by hand outlives it, where the case system says otherwise: a seal above all.
const CARRIED: [DetailKind; 4] =
    [DetailKind::End, DetailKind::Category, DetailKind::NextReview, DetailKind::Sealed];

/// An entry made by hand whose place the case system's has taken.
pub(super) struct Replaced {
    /// As it ends.
    pub(super) ended: RegisterEntry,
    /// What now stands over the case system's entry.
    pub(super) carried: Vec<Amendment>,
}

pub(super) fn replaced(
    standing: &Standing,
    read: &BTreeMap<EntryId, RegisterEntry>,
    at: Timestamp,
) -> Vec<Replaced> {
    let made: Vec<&Amendment> =
        standing.values().filter(|row| matches!(row.detail, Detail::Entry(_))).collect();
    if made.is_empty() {
        return Vec::new();
    }
    let known = ByIdentity::of(read);
    let replaced = made.into_iter().filter_map(|row| {
        let rows = rows_of(standing, &row.entry);
        let entry = amended(None, &rows)?;
        // What somebody ended by hand, or handed over, is an older plan, though the case system still has it in force.
        let ended = |case: &RegisterEntry| is_ended_by_hand(standing, &case.id);
        let case = known.of_child(&entry).find(|case| !ended(case) && is_same(&entry, case))?;
        let carried = carried(&entry, case, &rows);
        let carried =
            carried.into_iter().filter(|row| !standing.contains_key(&row.key())).collect();
        let end = Some(entry.end.unwrap_or_else(|| today(at)));
        let ended = RegisterEntry { end, successor: Some(case.id.clone()), ..entry };
        Some(Replaced { ended, carried })
    });
    replaced.collect()
}

/// A reading's entries by what two entries about one child have in common.
struct ByIdentity<'a> {
    numbers: HashMap<NhsNumber, Vec<&'a RegisterEntry>>,
    births: HashMap<Date, Vec<&'a RegisterEntry>>,
}

impl<'a> ByIdentity<'a> {
    fn of(read: &'a BTreeMap<EntryId, RegisterEntry>) -> Self {
        let mut this = Self { numbers: HashMap::new(), births: HashMap::new() };
        for entry in read.values() {
            if let Some(number) = entry.subject.nhs_number {
                this.numbers.entry(number).or_default().push(entry);
            }
            if let Some(born) = entry.subject.birth_date {
                this.births.entry(born.expose()).or_default().push(entry);
            }
        }
        this
    }

    /// Whoever has the number, then whoever was born on the same day.
    fn of_child(&self, made: &RegisterEntry) -> impl Iterator<Item = &'a RegisterEntry> {
        let number = made.subject.nhs_number.and_then(|number| self.numbers.get(&number));
        let born = made.subject.birth_date.and_then(|born| self.births.get(&born.expose()));
        number.into_iter().chain(born).flatten().copied()
    }
}

fn is_ended_by_hand(standing: &Standing, entry: &EntryId) -> bool {
    let end = standing.get(&(entry.clone(), DetailKind::End));
    end.is_some_and(|row| matches!(row.detail, Detail::End(Some(_))))
}

/// Whether the case system's entry is about the same child and the same plan.
fn is_same(made: &RegisterEntry, case: &RegisterEntry) -> bool {
    if made.id == case.id || made.status != case.status {
        return false;
    }
    // An older plan of the child, long ended, is another one.
    if case.end.is_some() && case.start != made.start {
        return false;
    }
    is_same_child(made, case)
}

fn is_same_child(made: &RegisterEntry, case: &RegisterEntry) -> bool {
    let mut index = PersonIndex::new(Model::for_people(DISTRICT_CHILDREN));
    index.insert(case.id.clone(), &case.subject);
    let search = index.search(&Subject::from(&made.subject), Limits::default());
    match &search.outcome {
        Outcome::One(found) => found.number != NumberAgreement::AnotherName,
        _ => false,
    }
}

fn carried(made: &RegisterEntry, case: &RegisterEntry, rows: &[Amendment]) -> Vec<Amendment> {
    let carry = |kind: DetailKind| {
        let detail = kind.of(made)?;
        if detail.is_blank() || detail.agrees(case) {
            return None;
        }
        let said = rows.iter().find(|row| row.detail.kind() == kind).or_else(|| rows.first())?;
        Some(Amendment {
            entry: case.id.clone(),
            over: kind.of(case),
            differs: None,
            look_again: None,
            detail,
            ..said.clone()
        })
    };
    CARRIED.into_iter().filter_map(carry).collect()
}
