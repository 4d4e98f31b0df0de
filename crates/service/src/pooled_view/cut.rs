//! A fact, cut down to what is permitted: whoever sends it, a source here or a partner.

use kinfold_domain::{AgencyId, Category, Demographics, Fact, FactContent};

use crate::{Permit, register::release};

/// What of a fact may go on: nothing of a category that is not permitted, and nothing within it that belongs to another such category. A
/// fact that claims to come from somebody else than its owner is none.
pub(super) fn cut(permit: &Permit, owner: &AgencyId, mut fact: Fact) -> Option<Fact> {
    if fact.source.agency != *owner || !permit.allows(fact.category()) {
        return None;
    }
    match &mut fact.content {
        FactContent::Demographics(known) => hide_address(permit, known),
        FactContent::Register(entry) => **entry = release(entry, |c| permit.allows(c)),
        FactContent::Involvement(involved) if !permit.allows(Category::Contact) => {
            involved.professional = None;
        }
        _ => {}
    }
    Some(fact)
}

/// Identity without whereabouts, unless addresses may be seen.
pub(super) fn hide_address(permit: &Permit, known: &mut Demographics) {
    if !permit.allows(Category::Address) {
        known.address = None;
        known.former_postcodes.clear();
    }
}
