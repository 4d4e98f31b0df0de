//! Why somebody looks: the purposes that their role may state.

use kinfold_domain::Purpose;
use kinfold_service::agreements::NoAgreement;
use serde::Serialize;

use super::{clues::Problems, fields::Fields, session::Open, site::Site};

/// A purpose that may be chosen.
#[derive(Clone, Debug, Serialize)]
pub(super) struct PurposeLine {
    pub(super) id: String,
    pub(super) reads: String,
    pub(super) chosen: bool,
}

/// What a page asks of the ledgers or of the registers.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Kind {
    /// A check of the registers.
    Check,
    /// A pooled view.
    View,
    /// Who looked.
    Review,
}

/// The purposes of this employee for this kind of page. Where none is chosen, the one that was stated last in this session is.
pub(super) fn of(
    site: &Site,
    open: &Open,
    (kind, chosen): (Kind, &str),
) -> Result<Vec<PurposeLine>, NoAgreement> {
    let (agreements, employee) = (&site.services.agreements, open.caller.employee());
    let all = agreements.purposes_for(employee)?.into_iter();
    let fits = |purpose: &Purpose| match kind {
        Kind::View => true,
        Kind::Check => !agreements.may_review(employee, purpose),
        Kind::Review => agreements.may_review(employee, purpose),
    };
    let last = site.remembered.last_purpose(open.caller.session()).filter(|_| chosen.is_empty());
    let is_chosen = |purpose: &Purpose| match &last {
        Some(last) => purpose == last,
        None => purpose.as_str() == chosen,
    };
    Ok(all
        .filter(|(purpose, _)| fits(purpose))
        .map(|(purpose, reads)| PurposeLine {
            chosen: is_chosen(&purpose),
            id: purpose.to_string(),
            reads,
        })
        .collect())
}

/// The purpose that a form states. Whether it may be stated is the use case's to decide, and to record.
pub(super) fn read(fields: &Fields, problems: &mut Problems) -> Option<Purpose> {
    let purpose = fields.text("purpose").parse().ok();
    if purpose.is_none() {
        problems.add("purpose", "Choose why you are looking");
    }
    purpose
}

/// What a purpose means, in words.
pub(super) fn reading(site: &Site, purpose: &Purpose) -> String {
    let agreement = site.services.agreements.in_force(site.services.clock.now());
    let term = agreement.as_ref().ok().and_then(|agreement| {
        let terms = agreement.agreement().document().purposes();
        terms.iter().find(|term| term.id == *purpose).map(|term| term.reads.clone())
    });
    term.unwrap_or_else(|| purpose.to_string())
}
