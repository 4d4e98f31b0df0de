//! What a source could not hand on, in numbers: a fact that is missing must not look like nothing being there.

use kinfold_domain::Category;

use crate::{Permit, ports::Rejected, records::Unreadable};

/// Counts rejected records, one row for each, by category; no more than the permit allows.
pub(super) fn unread(permit: &Permit, rejected: &[Rejected]) -> Unreadable {
    let mut counted = Unreadable::new();
    for row in rejected {
        let Some(category) = category(permit, row) else { continue };
        let of_category = counted.entry(category).or_default();
        let count = if row.loaded { &mut of_category.incomplete } else { &mut of_category.missing };
        *count = count.saturating_add(1);
    }
    counted
}

/// The row that says who somebody is tells names and the address: it is counted where the first of them is permitted.
fn category(permit: &Permit, row: &Rejected) -> Option<Category> {
    let categories = row
        .category
        .map_or_else(|| vec![Category::Demographics, Category::Address], |category| vec![category]);
    categories.into_iter().find(|category| permit.allows(*category))
}
