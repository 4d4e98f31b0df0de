//! An entry of a register as facts.

use kinfold_domain::{AgencyId, AsAt, Fact, FactContent, Source};

use crate::{
    Permit,
    register::{RegisterMatch, release},
};

/// An entry as facts by category, each under its own clause.
pub(super) fn register_facts(
    permit: &Permit,
    owner: &AgencyId,
    hit: &RegisterMatch,
    as_at: AsAt,
) -> Vec<Fact> {
    let source = Source {
        agency: owner.clone(),
        system: "register".to_owned(),
        record: hit.entry.id.to_string(),
    };
    let mut entry = release(&hit.entry, |category| permit.allows(category));
    let contacts = std::mem::take(&mut entry.professionals).into_iter().map(FactContent::Contact);
    let household = std::mem::take(&mut entry.household).into_iter().map(FactContent::Household);
    let contents = contacts.chain(household).chain([FactContent::Register(Box::new(entry))]);
    contents
        .filter(|content| permit.allows(content.category()))
        .map(|content| Fact { content, source: source.clone(), as_at })
        .collect()
}
