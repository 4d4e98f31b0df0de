//! The clauses that let something through, with what they say.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::site::Site;

/// A clause on a page.
#[derive(Clone, Debug, Serialize)]
pub(super) struct ClauseLine {
    pub(super) id: String,
    pub(super) reads: String,
}

/// The readings of the agreement in force.
pub(super) struct Readings(BTreeMap<String, String>);

impl Readings {
    pub(super) fn of(site: &Site) -> Self {
        let agreement = site.services.agreements.in_force(site.services.clock.now());
        // One that ended this very second still reads: its numbers alone are shown.
        let Ok(agreement) = agreement else { return Self(BTreeMap::new()) };
        let clauses = agreement.agreement().clauses().iter();
        Self(clauses.map(|c| (c.id().to_string(), c.reads().to_owned())).collect())
    }

    /// Each of these clauses once.
    pub(super) fn lines<'a>(&self, ids: impl IntoIterator<Item = &'a String>) -> Vec<ClauseLine> {
        let ids: BTreeSet<&String> = ids.into_iter().collect();
        let reads = |id: &String| self.0.get(id).cloned().unwrap_or_default();
        ids.into_iter().map(|id| ClauseLine { id: id.clone(), reads: reads(id) }).collect()
    }
}
