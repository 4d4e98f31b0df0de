//! Proof that one request was allowed *and* durably logged.

use std::collections::BTreeMap;

use kinfold_domain::{Categories, Category};

/// Proof that one request was allowed and durably logged, for these categories, each with the clauses that allow it.
/// Nothing outside this crate makes one; it is spent on one request.
#[derive(Debug)]
pub struct Permit {
    categories: BTreeMap<Category, Vec<String>>,
}

impl Permit {
    /// The categories that may be asked for and shown.
    pub fn categories(&self) -> Categories {
        self.categories.keys().copied().collect()
    }

    /// Whether a category may be asked for and shown.
    pub fn allows(&self, category: Category) -> bool {
        self.categories.contains_key(&category)
    }

    /// A permit without decision and receipt, for the tests of what takes one.
    #[cfg(feature = "testing")]
    pub fn for_tests(categories: impl IntoIterator<Item = Category>) -> Self {
        Self { categories: categories.into_iter().map(|c| (c, vec!["test".to_owned()])).collect() }
    }
}
