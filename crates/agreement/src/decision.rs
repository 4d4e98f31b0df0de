//! What the agreement answers: permitted by which clauses, or refused for which reason.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use kinfold_domain::{AgencyId, Categories, Category, Purpose, Role};
use serde::{Serialize, Serializer, ser::SerializeMap as _};

use crate::{
    AgreementRef, Clause, Notified, Question, Refusal, ReviewQuestion, clause::Clauses,
    ids::SharedRef,
};

/// The answer for one category, or for a review.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Ruling {
    /// Permitted, by these clauses.
    Permitted {
        /// Those that permit it: never empty.
        clauses: Arc<[Arc<Clause>]>,
    },
    /// Refused.
    Refused {
        /// Why.
        why: Refusal,
    },
}

impl Ruling {
    /// Whether it is permitted.
    pub const fn is_permitted(&self) -> bool {
        matches!(self, Self::Permitted { .. })
    }

    /// The clauses that permit it; none when it is refused.
    pub fn permitting(&self) -> &[Arc<Clause>] {
        match self {
            Self::Permitted { clauses } => clauses,
            Self::Refused { .. } => &[],
        }
    }
}

/// Clauses as a ledger keeps them: their numbers.
pub(crate) struct Numbers<'a>(pub(crate) &'a Clauses);

impl Serialize for Numbers<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|clause| clause.id()))
    }
}

/// What was asked, as a ledger keeps it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
struct Asked {
    requester: AgencyId,
    owner: AgencyId,
    role: Role,
    purpose: Purpose,
    at: Timestamp,
}

/// What one question about data came to: for each wanted category permitted by clauses, or refused for a reason.
///
/// Only [`InForce::decide`](crate::InForce::decide) makes one. It serialises for the ledger: the agreement with its
/// digest, the question (not the child), permitted and refused categories with the clauses' numbers.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Decision {
    agreement: SharedRef,
    asked: Asked,
    rulings: BTreeMap<Category, Ruling>,
    /// Permitted only because the glass is broken.
    opened: Categories,
}

impl Decision {
    pub(crate) fn new(
        agreement: SharedRef,
        question: &Question<'_>,
        ruling: impl Fn(Category) -> Ruling,
    ) -> Self {
        let Question { requester, owner, role, purpose, wanted, now } = *question;
        let asked = Asked {
            requester: requester.clone(),
            owner: owner.clone(),
            role: role.clone(),
            purpose: purpose.clone(),
            at: now,
        };
        let rulings = wanted.iter().map(|category| (*category, ruling(*category))).collect();
        Self { agreement, asked, rulings, opened: Categories::new() }
    }

    pub(crate) fn opening(self, opened: Categories) -> Self {
        Self { opened, ..self }
    }

    /// The permitted categories that are permitted only because the glass is broken.
    pub const fn opened(&self) -> &Categories {
        &self.opened
    }

    /// Under which agreement.
    pub fn agreement(&self) -> &AgreementRef {
        &self.agreement
    }

    /// Whose employee asked.
    pub const fn requester(&self) -> &AgencyId {
        &self.asked.requester
    }

    /// Whose data was asked for.
    pub const fn owner(&self) -> &AgencyId {
        &self.asked.owner
    }

    /// In which role.
    pub const fn role(&self) -> &Role {
        &self.asked.role
    }

    /// For which purpose.
    pub const fn purpose(&self) -> &Purpose {
        &self.asked.purpose
    }

    /// When it was decided.
    pub const fn at(&self) -> Timestamp {
        self.asked.at
    }

    /// Whether this category is permitted; one that was not asked for is not.
    pub fn permits(&self, category: Category) -> bool {
        self.ruling(category).is_some_and(Ruling::is_permitted)
    }

    /// The permitted categories.
    pub fn permitted(&self) -> Categories {
        self.rulings.iter().filter(|(_, ruling)| ruling.is_permitted()).map(|(c, _)| *c).collect()
    }

    /// The refused categories with their reasons.
    pub fn refused(&self) -> impl Iterator<Item = (Category, &Refusal)> {
        self.rulings.iter().filter_map(|(category, ruling)| match ruling {
            Ruling::Permitted { .. } => None,
            Ruling::Refused { why } => Some((*category, why)),
        })
    }

    /// Whether nothing at all is permitted.
    pub fn is_refusal(&self) -> bool {
        !self.rulings.values().any(Ruling::is_permitted)
    }

    /// The answer for one category; `None` when it was not asked for.
    pub fn ruling(&self, category: Category) -> Option<&Ruling> {
        self.rulings.get(&category)
    }

    /// Who is to be told of a look-up of this category, though the child did not attend: as soon as one of the clauses that permit it
    /// says so.
    pub fn notifies(&self, category: Category) -> Option<Notified> {
        self.clauses(category).iter().find_map(|clause| clause.notifies())
    }

    /// The clauses that permit a category; none when it is refused.
    pub fn clauses(&self, category: Category) -> &[Arc<Clause>] {
        self.ruling(category).map_or(&[], Ruling::permitting)
    }
}

impl Serialize for Decision {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let permitted: BTreeMap<_, _> = self
            .rulings
            .iter()
            .filter_map(|(category, ruling)| match ruling {
                Ruling::Permitted { clauses } => Some((*category, Numbers(clauses))),
                Ruling::Refused { .. } => None,
            })
            .collect();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("agreement", &*self.agreement)?;
        map.serialize_entry("asked", &self.asked)?;
        map.serialize_entry("permitted", &permitted)?;
        map.serialize_entry("refused", &self.refused().collect::<BTreeMap<_, _>>())?;
        map.end()
    }
}

/// What one question about who looked came to. Only [`InForce::decide_review`](crate::InForce::decide_review) makes one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ReviewDecision {
    agreement: SharedRef,
    asked: Asked,
    ruling: Ruling,
}

impl ReviewDecision {
    pub(crate) fn new(agreement: SharedRef, question: &ReviewQuestion<'_>, ruling: Ruling) -> Self {
        let ReviewQuestion { requester, owner, role, purpose, now } = *question;
        let asked = Asked {
            requester: requester.clone(),
            owner: owner.clone(),
            role: role.clone(),
            purpose: purpose.clone(),
            at: now,
        };
        Self { agreement, asked, ruling }
    }

    /// Under which agreement.
    pub fn agreement(&self) -> &AgreementRef {
        &self.agreement
    }

    /// Whose employee asked.
    pub const fn requester(&self) -> &AgencyId {
        &self.asked.requester
    }

    /// Whose ledger was asked for.
    pub const fn owner(&self) -> &AgencyId {
        &self.asked.owner
    }

    /// When it was decided.
    pub const fn at(&self) -> Timestamp {
        self.asked.at
    }

    /// Permitted by clauses, or refused for a reason.
    pub const fn ruling(&self) -> &Ruling {
        &self.ruling
    }

    /// Whether it is permitted.
    pub const fn is_permitted(&self) -> bool {
        self.ruling.is_permitted()
    }
}

impl Serialize for ReviewDecision {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("agreement", &*self.agreement)?;
        map.serialize_entry("asked", &self.asked)?;
        match &self.ruling {
            Ruling::Permitted { clauses } => map.serialize_entry("permitted", &Numbers(clauses))?,
            Ruling::Refused { why } => map.serialize_entry("refused", why)?,
        }
        map.end()
    }
}

/// What one question about a child's history beside an answer came to. Only [`InForce::decide_history`](crate::InForce::decide_history)
/// makes one; it opens no review of who looked.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct HistoryDecision(ReviewDecision);

impl HistoryDecision {
    pub(crate) fn new(agreement: SharedRef, question: &ReviewQuestion<'_>, ruling: Ruling) -> Self {
        Self(ReviewDecision::new(agreement, question, ruling))
    }

    /// Whose ledger was asked for.
    pub const fn owner(&self) -> &AgencyId {
        self.0.owner()
    }

    /// Permitted by clauses, or refused for a reason.
    pub const fn ruling(&self) -> &Ruling {
        self.0.ruling()
    }

    /// Whether it is permitted.
    pub const fn is_permitted(&self) -> bool {
        self.0.is_permitted()
    }
}
