//! Who ended the agreement, and why.

use serde::Serialize;

use super::{failure::sentence, site::Site};

/// A revocation.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Revoked {
    /// `Test Guardian, Caldicott Guardian of Ashmoor Council`
    by: String,
    /// `today at 14:02:07`
    at: String,
    reason: String,
}

/// The revocation of the agreement held here, once there is one.
pub(super) fn of(site: &Site) -> Option<Revoked> {
    let agreements = &site.services.agreements;
    let revocation = agreements.revocation()?;
    let by = revocation.by();
    let agency = agreements.agency(&by.agency).name;
    Some(Revoked {
        by: format!("{}, {} of {agency}", by.approver.name, by.approver.office),
        at: site.spoken().moment(revocation.at()).words,
        reason: sentence(revocation.reason()),
    })
}
