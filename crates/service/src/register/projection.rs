//! What of an entry may stand in a reader's copy.

use kinfold_domain::{Category, RegisterEntry};

/// The entry without what the categories don't allow. Identity stays, since the copy must be searchable; of a sealed child nothing stays
/// but identity to be found by and the desk to ring.
pub fn project(entry: &RegisterEntry, allows: impl Fn(Category) -> bool) -> RegisterEntry {
    let mut entry = entry.clone();
    let sealed = entry.sealed.is_some();
    if sealed || !allows(Category::Contact) {
        entry.professionals.clear();
    }
    if sealed || !allows(Category::Household) {
        entry.household.clear();
    }
    // Which council takes over tells where a child moves to, and whom to ring: it goes with the entry, and not with a sealed child's.
    if sealed || !allows(Category::Register) {
        entry.handing_over = None;
    }
    if sealed || !allows(Category::Involvement) {
        entry.school = None;
    }
    if sealed {
        entry.subject.address = None;
        entry.subject.former_postcodes.clear();
    } else if !allows(Category::Address)
        && let Some(address) = &mut entry.subject.address
    {
        // The postcode stays to match by; the page shows no address without its category.
        address.lines.clear();
    }
    entry
}

/// The entry as it is shown: projected, and without the postcode, which a copy keeps to match by, unless addresses may be shown.
pub(crate) fn release(entry: &RegisterEntry, allows: impl Fn(Category) -> bool) -> RegisterEntry {
    let mut shown = project(entry, &allows);
    if !allows(Category::Address) {
        shown.subject.address = None;
        shown.subject.former_postcodes.clear();
    }
    shown
}
