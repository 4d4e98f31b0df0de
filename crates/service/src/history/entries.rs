//! What the ledger says of a history: what was decided, and what was shown.

use std::collections::BTreeMap;

use kinfold_agreement::HistoryDecision;
use kinfold_domain::{AgencyId, Categories, Category};

use super::{ask::Asked, asked::ChildHistory};
use crate::records::{
    About, AskKind, Asker, Grants, ProvenPlace, Shown, SourceOutcome, Unreadable,
};

/// What was decided, by agency: attendances and looks come under the same clauses.
pub(super) fn grants<'a>(decisions: impl Iterator<Item = &'a HistoryDecision>) -> Grants {
    decisions
        .filter(|decision| decision.is_permitted())
        .map(|decision| (decision.owner().clone(), granted(decision)))
        .collect()
}

/// The clauses that a decision rests on, as ledgers keep them.
pub(super) fn granted(decision: &HistoryDecision) -> BTreeMap<Category, Vec<String>> {
    let clauses = decision.ruling().permitting().iter().map(|clause| clause.id().to_string());
    BTreeMap::from([(Category::Attendances, clauses.collect())])
}

/// What the ledger takes before the page is sent.
pub(super) fn shown(
    asked: &Asked<'_>,
    history: &ChildHistory,
    partner_proofs: BTreeMap<AgencyId, ProvenPlace>,
) -> Shown {
    let who_told = history.parts.iter().filter(|part| part.told.is_some());
    let sources = history.parts.iter().map(|part| SourceOutcome {
        agency: part.agency.clone(),
        system: "history".to_owned(),
        facts: part.told.and_then(|told| u32::try_from(told).ok()),
        failure: part.failure.clone(),
        took_us: None,
        unread: Unreadable::default(),
    });
    Shown {
        ask: asked.ask,
        at: asked.at,
        kind: AskKind::History,
        asker: Asker::from(asked.caller.employee()),
        purpose: asked.question.purpose.clone(),
        answer: "history".to_owned(),
        about: About {
            nhs_numbers: asked.question.subject.nhs_number.into_iter().collect(),
            entries: asked.question.entries.clone(),
            ..About::default()
        },
        shown: who_told
            .map(|part| (part.agency.clone(), Categories::from([Category::Attendances])))
            .collect(),
        digest: String::new(),
        sources: sources.collect(),
        partner_proofs,
    }
}
