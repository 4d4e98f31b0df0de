//! What one agency contributes to a view.

use std::collections::BTreeMap;

use kinfold_agreement::{Decision, Party, PhoneLine};
use kinfold_domain::{
    Agency, AsAt, Category, Demographics, Fact, NumberAgreement, PersonId, SealedDesk,
};
use serde::Serialize;

use crate::records::SourceOutcome;

/// Why facts about a sealed child are withheld.
const SEALED: &str = "the child is sealed by one of the agencies: ring the desk that is named";

/// One of several of this agency's own people who may be meant.
#[derive(Clone, Debug, Serialize)]
pub struct Candidate {
    /// The record.
    pub person: PersonId,
    /// Who it is, as this agency holds it.
    pub demographics: Demographics,
    /// How well a typed number fits.
    pub number: NumberAgreement,
    /// The match's probability in thousandths.
    pub permille: u16,
}

/// How an agency stands to the child and to the ask.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum PartState {
    /// It knows the child.
    Known,
    /// It does not know the child.
    Unknown,
    /// It may not say whether it knows the child.
    NotSaid,
    /// Several of this agency's people may be meant: choose. Nobody is named when too little was asked to search by (of a partner's
    /// people, too), or when all of them are sealed: more detail is needed, and it is not said that the child is unknown.
    Choose {
        /// Who they are.
        candidates: Vec<Candidate>,
        /// Not all who fit are among them: ask for more to go by.
        more: bool,
    },
    /// Several of a partner's people may be meant: more detail is needed.
    Several {
        /// How many.
        count: u32,
    },
    /// Sealed: whom to ring.
    Sealed {
        /// The desk and the reference.
        desk: SealedDesk,
    },
    /// It refused, or this agency's own rules did.
    Refused {
        /// Why.
        reason: String,
    },
    /// It could not be reached or believed; what is shown is what this node holds.
    Unreachable {
        /// Why.
        reason: String,
        /// How old what is shown is, where anything is.
        as_at: Option<AsAt>,
    },
}

/// What one agency told.
#[derive(Clone, Debug, Serialize)]
pub struct AgencyPart {
    /// Which agency.
    pub agency: Agency,
    /// How it stands.
    pub state: PartState,
    /// Its facts.
    pub facts: Vec<Fact>,
    /// The clauses that allow each category.
    pub granted: BTreeMap<Category, Vec<String>>,
    /// Categories that are withheld, with the reason.
    pub withheld: BTreeMap<Category, String>,
    /// How each of its sources answered.
    pub sources: Vec<SourceOutcome>,
    /// Whom to ring there.
    pub phones: Vec<PhoneLine>,
}

impl AgencyPart {
    /// A party's part without facts.
    pub(super) fn empty(party: &Party, state: PartState) -> Self {
        let agency =
            Agency { id: party.agency.clone(), name: party.name.clone(), kind: party.kind };
        Self {
            agency,
            state,
            facts: Vec::new(),
            granted: BTreeMap::new(),
            withheld: BTreeMap::new(),
            sources: Vec::new(),
            phones: party.telephones.clone(),
        }
    }
}

/// Of a child whom one agency has sealed, no agency's facts are shown: they could say where the child is.
pub(super) fn keep_sealed<'a>(parts: impl Iterator<Item = &'a mut AgencyPart>) {
    for part in parts {
        for fact in std::mem::take(&mut part.facts) {
            part.withheld.insert(fact.category(), SEALED.to_owned());
        }
        part.sources.iter_mut().for_each(|source| source.unread.clear());
        if let PartState::Choose { candidates, .. } = &mut part.state {
            for candidate in candidates {
                candidate.demographics.address = None;
                candidate.demographics.former_postcodes.clear();
            }
        }
    }
}

/// The categories that a decision refuses, with its reasons.
pub(super) fn withheld(decision: &Decision) -> BTreeMap<Category, String> {
    decision.refused().map(|(category, why)| (category, why.to_string())).collect()
}
