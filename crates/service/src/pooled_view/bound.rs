//! An answer within the size of a note. What does not fit is left out before anything is recorded, and said: what the ledger says was
//! told is what the asker can open.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use jiff::{civil::Date, tz::TimeZone};
use kinfold_domain::{Category, Fact, FactContent};

use crate::exchange::{ANSWER_BYTES, Told, bytes_of};

/// Room for what is said of facts that are left out.
const SAYING_BYTES: usize = 8 << 10;

/// Leaves out what an answer has no room for: the last categories of the page first, and within each the oldest facts.
pub(super) fn bound(mut told: Told) -> Told {
    if bytes_of(&told) <= ANSWER_BYTES {
        return told;
    }
    let facts = std::mem::take(&mut told.facts);
    let room = ANSWER_BYTES.saturating_sub(bytes_of(&told) + SAYING_BYTES);
    let fitting = fitting(&facts, room);
    let mut left_out = LeftOut::default();
    for (place, fact) in facts.into_iter().enumerate() {
        if fitting.contains(&place) {
            told.facts.push(fact);
        } else {
            left_out.add(&fact);
        }
    }
    left_out.say(&mut told);
    told
}

/// The places of the facts that fit.
fn fitting(facts: &[Fact], room: usize) -> BTreeSet<usize> {
    let mut order: Vec<usize> = (0..facts.len()).collect();
    order.sort_by_key(|place| (facts[*place].category(), Reverse(day(&facts[*place]))));
    let mut left = room;
    let fits = |place: &usize| {
        let bytes = bytes_of(&facts[*place]) + 1;
        let fits = bytes <= left;
        left -= if fits { bytes } else { 0 };
        fits
    };
    order.into_iter().filter(fits).collect()
}

/// The day that a fact carries.
fn day(fact: &Fact) -> Option<Date> {
    match &fact.content {
        FactContent::Attendances(visit) => Some(visit.arrived.to_zoned(TimeZone::UTC).date()),
        FactContent::Involvement(service) => service.since,
        FactContent::HealthSummary(item)
        | FactContent::SocialCareSummary(item)
        | FactContent::Sensitive(item) => item.on,
        _ => None,
    }
}

/// How many facts were left out.
#[derive(Default)]
struct LeftOut {
    of_category: BTreeMap<Category, u32>,
    of_system: BTreeMap<String, u32>,
}

impl LeftOut {
    fn add(&mut self, fact: &Fact) {
        *self.of_category.entry(fact.category()).or_default() += 1;
        *self.of_system.entry(fact.source.system.clone()).or_default() += 1;
    }

    fn say(mut self, told: &mut Told) {
        for (category, count) in self.of_category {
            told.withheld.insert(category, sentence(count));
        }
        // Two records of one child in the same system are two lines of the same name.
        for source in &mut told.sources {
            let left = self.of_system.get_mut(&source.system).filter(|left| **left > 0);
            let (Some(left), Some(facts)) = (left, &mut source.facts) else { continue };
            let count = (*left).min(*facts);
            (*left, *facts) = (*left - count, *facts - count);
        }
    }
}

fn sentence(count: u32) -> String {
    let (facts, are) = if count == 1 { ("fact", "is") } else { ("facts", "are") };
    format!("{count} {facts} {are} left out, more than can be shown: ask the agency")
}

#[cfg(test)]
#[path = "bound_tests.rs"]
mod tests;
