//! Both councils' registers as they are at rest, whoever is up: who stands on which.

use std::collections::BTreeMap;

use kinfold_domain::{EntryId, RegisterEntry};

use crate::{
    children::{CHILDREN, who},
    host::Host,
    world::World,
};

/// A council's entries as they stand.
pub(super) fn entries(council: &Host) -> BTreeMap<EntryId, RegisterEntry> {
    let ground = council.ground();
    let mut entries = BTreeMap::new();
    ground.registers.tamper(&ground.agency.id, |changes| {
        for stored in changes {
            entries.insert(stored.change.entry.id.clone(), stored.change.entry.clone());
        }
    });
    entries
}

/// A child's entries that are in force at a council.
pub(super) fn in_force(council: &Host, n: usize) -> Vec<RegisterEntry> {
    let all = entries(council).into_values();
    all.filter(|entry| of_child(entry, n) && entry.end.is_none()).collect()
}

/// Whether an entry is this child's.
pub(super) fn of_child(entry: &RegisterEntry, n: usize) -> bool {
    who(&kinfold_domain::Subject::from(&entry.subject)) == Some(n)
}

/// No child whose plan goes on is ever on neither register.
pub(crate) fn somebody_stands_for_each(world: &World) {
    if world.councils().len() < 2 {
        return;
    }
    let sizes = world.councils().iter().map(|council| {
        let ground = council.ground();
        ground.registers.len(&ground.agency.id)
    });
    let sizes: Vec<usize> = sizes.collect();
    // Only what has changed is looked at; and both must have been read once.
    let known = std::mem::replace(&mut world.happened.lock().sizes, sizes.clone());
    if known == sizes || sizes.contains(&0) {
        return;
    }
    let all: Vec<_> = world.councils().iter().map(|council| entries(council)).collect();
    for n in (0..CHILDREN).filter(|n| !world.happened.lock().closed.contains(n)) {
        let stands = all.iter().flat_map(BTreeMap::values);
        let mut stands = stands.filter(|entry| of_child(entry, n) && entry.end.is_none());
        assert!(stands.next().is_some(), "child {n} is on neither register");
    }
}
