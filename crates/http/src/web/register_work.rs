//! What the custodian's pages leave for the next one, so that nothing about a child stands in a hidden field.

use kinfold_domain::EntryId;
use kinfold_service::{
    ports::AmendmentKey,
    records::{DiscussionId, HandOverId},
    register::{Custodian, ToChange, ToHandOver},
};

use super::{failure::Failure, fields::Fields, session::Open, site::Site};

/// What a handle of the custodian's pages means.
#[derive(Clone)]
pub(super) enum RegisterWork {
    /// Entries, of which a form chooses one by its place.
    Entries(Vec<EntryId>),
    /// A change that waits to be confirmed.
    Change(Box<ToChange>),
    /// Differences, of which a form chooses one by its place.
    Differences(Vec<AmendmentKey>),
    /// An entry that waits to be handed over.
    HandOver(Box<ToHandOver>),
    /// Hand-overs, of which a form chooses one by its place.
    HandOvers(Vec<HandOverId>),
    /// Strategy discussions, of which a form chooses one by its place.
    Discussions(Vec<DiscussionId>),
}

/// The custodian's work, where this node keeps a register.
pub(super) fn custodian(site: &Site) -> Result<&Custodian, Failure> {
    let none = Failure::NotForRole("This node keeps no register: its partner does.");
    site.services.custodian.as_deref().ok_or(none)
}

/// Refuses whoever is no custodian, and on a node that keeps no register.
pub(super) fn for_custodians(site: &Site, open: &Open) -> Result<(), Failure> {
    custodian(site)?;
    if site.reach(open).register {
        return Ok(());
    }
    Err(Failure::NotForRole("The register is kept by its custodians alone."))
}

/// What a form's handle means.
pub(super) fn remembered(
    site: &Site,
    open: &Open,
    fields: &Fields,
) -> Result<RegisterWork, Failure> {
    let (session, now) = (open.caller.session(), site.services.clock.now());
    site.register_work.find(session, fields.text("handle"), now).ok_or(Failure::Forgotten)
}

/// The entry that a form chooses.
pub(super) fn chosen(site: &Site, open: &Open, fields: &Fields) -> Result<EntryId, Failure> {
    match remembered(site, open, fields)? {
        RegisterWork::Entries(entries) => {
            let at = place(fields)?;
            entries.into_iter().nth(at).ok_or(Failure::Forgotten)
        }
        _ => Err(Failure::Forgotten),
    }
}

/// The place of what a form chooses: the first where it names none.
pub(super) fn place(fields: &Fields) -> Result<usize, Failure> {
    match fields.text("choice") {
        "" => Ok(0),
        text => text.parse().map_err(|_| Failure::Garbled),
    }
}
