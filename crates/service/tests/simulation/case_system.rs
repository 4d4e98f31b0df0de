//! The council's case system as it was at every moment: what a register may and must say of a child. Knows nothing of Kinfold's register.

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use kinfold_domain::RegisterEntry;
use kinfold_service::testing::{entry, start};

use crate::children::{child_of, entry_of};

/// Every state there was, with when it began. Each child has at most one plan.
pub(crate) struct CaseSystem(Vec<(Timestamp, Vec<RegisterEntry>)>);

/// What is to be answered.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Standing {
    Current,
    Ended(Date),
    None,
}

impl CaseSystem {
    /// The plans of these children.
    pub(crate) fn of(children: &[usize]) -> Self {
        let plan = |n: &usize| entry(entry_of(*n).as_str(), &child_of(*n));
        Self(vec![(start(), children.iter().map(plan).collect())])
    }

    pub(crate) fn now(&self) -> &[RegisterEntry] {
        &self.0.last().unwrap().1
    }

    /// Begins, ends or corrects a child's plan.
    pub(crate) fn change(&mut self, n: usize, at: Timestamp, ended: Option<Date>) {
        let mut state = self.now().to_vec();
        match state.iter_mut().find(|plan| plan.id == entry_of(n)) {
            Some(plan) => {
                plan.end = ended;
                plan.previous_plans += 1;
            }
            None => state.push(entry(entry_of(n).as_str(), &child_of(n))),
        }
        self.0.push((at, state));
    }

    /// How a child stood on the register at a moment.
    pub(crate) fn standing(&self, n: usize, at: Timestamp) -> Standing {
        let state = self.0.iter().rev().find(|(since, _)| *since <= at);
        state.map_or(Standing::None, |(_, state)| standing(state, n, at))
    }

    /// Whether a child stood on the register, ended or not, all the time from one moment to another.
    pub(crate) fn stood(&self, n: usize, from: Timestamp, to: Timestamp) -> bool {
        let meanwhile = self.0.iter().filter(|(since, _)| *since > from && *since <= to);
        meanwhile.map(|(at, state)| standing(state, n, *at)).all(|s| s != Standing::None)
            && self.standing(n, from) != Standing::None
    }
}

fn standing(state: &[RegisterEntry], n: usize, at: Timestamp) -> Standing {
    let Some(plan) = state.iter().find(|plan| plan.id == entry_of(n)) else {
        return Standing::None;
    };
    let today = at.to_zoned(TimeZone::get("Europe/London").unwrap()).date();
    match plan.end {
        Some(end) if end.checked_add(364.days()).unwrap() < today => Standing::None,
        Some(end) => Standing::Ended(end),
        None => Standing::Current,
    }
}
