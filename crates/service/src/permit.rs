//! Proof that one request was allowed *and* durably logged.

use std::{collections::BTreeMap, sync::Arc};

use kinfold_agreement::{Decision, HistoryDecision, ReviewDecision};
use kinfold_domain::{AgencyId, Categories, Category};
use kinfold_ledger::Receipt;

use crate::records::ProvenPlace;

/// Evidence that a look is durably recorded: in this node's ledger, or, at the partner that answers, in the requester's.
#[derive(Clone, Debug)]
#[expect(dead_code, reason = "evidence is held, never read: that it exists is the proof")]
pub(crate) enum Evidence {
    /// This node's own intent.
    Recorded(Arc<Receipt>),
    /// The requester's intent, its proof verified here.
    Proven(ProvenIntent),
    /// None: for the tests of other crates.
    #[cfg(feature = "testing")]
    Assumed,
}

/// A requester's intent whose place in the requester's ledger was verified. Made by `exchange::place` alone.
#[derive(Clone, Debug)]
pub(crate) struct ProvenIntent(pub(crate) ProvenPlace);

/// Proof that one request was allowed and durably logged, for these categories of one owner's data, each with the clauses that
/// allow it. Nothing outside this crate makes one.
#[derive(Debug)]
pub struct Permit {
    owner: AgencyId,
    categories: BTreeMap<Category, Vec<String>>,
    evidence: Evidence,
}

impl Permit {
    /// `None` when the decision permits nothing.
    pub(crate) fn new(decision: &Decision, evidence: Evidence) -> Option<Self> {
        let categories = granted(decision);
        let owner = decision.owner().clone();
        (!categories.is_empty()).then_some(Self { owner, categories, evidence })
    }

    /// Whose data.
    pub const fn owner(&self) -> &AgencyId {
        &self.owner
    }

    /// The categories that may be asked for and shown.
    pub fn categories(&self) -> Categories {
        self.categories.keys().copied().collect()
    }

    /// Whether a category may be asked for and shown.
    pub fn allows(&self, category: Category) -> bool {
        self.categories.contains_key(&category)
    }

    /// The same without these categories.
    pub(crate) fn without(&self, closed: &Categories) -> Self {
        let mut categories = self.categories.clone();
        categories.retain(|category, _| !closed.contains(category));
        Self { owner: self.owner.clone(), categories, evidence: self.evidence.clone() }
    }

    /// The clauses that allow each category.
    pub const fn granted(&self) -> &BTreeMap<Category, Vec<String>> {
        &self.categories
    }

    /// A permit without decision and receipt, for the tests of what takes one.
    #[cfg(feature = "testing")]
    pub fn for_tests(categories: impl IntoIterator<Item = Category>) -> Self {
        let categories = categories.into_iter().map(|c| (c, vec!["test".to_owned()])).collect();
        #[allow(clippy::expect_used, reason = "a constant label")]
        let owner = "test".parse().expect("a label");
        Self { owner, categories, evidence: Evidence::Assumed }
    }
}

/// Proof that a review of one owner's ledger was allowed and durably logged.
#[derive(Debug)]
pub(crate) struct ReviewPermit {
    _evidence: Evidence,
}

impl ReviewPermit {
    /// `None` when the decision refuses.
    pub(crate) fn new(decision: &ReviewDecision, evidence: Evidence) -> Option<Self> {
        decision.is_permitted().then_some(Self { _evidence: evidence })
    }
}

/// Proof that showing a child's history, as one owner's node knows it, was allowed and durably logged. It opens no review of who looked.
#[derive(Debug)]
pub(crate) struct HistoryPermit {
    _evidence: Evidence,
}

impl HistoryPermit {
    /// `None` when the decision refuses.
    pub(crate) fn new(decision: &HistoryDecision, evidence: Evidence) -> Option<Self> {
        decision.is_permitted().then_some(Self { _evidence: evidence })
    }
}

/// What a decision grants: categories with the numbers of their clauses.
pub(crate) fn granted(decision: &Decision) -> BTreeMap<Category, Vec<String>> {
    let permitted = decision.permitted();
    permitted.into_iter().map(|c| (c, numbers(decision.clauses(c)))).collect()
}

fn numbers(clauses: &[Arc<kinfold_agreement::Clause>]) -> Vec<String> {
    clauses.iter().map(|clause| clause.id().to_string()).collect()
}
