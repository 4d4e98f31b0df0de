//! The pooled view: everything that the agencies may tell this employee for this purpose about this child, in one page.

mod answer;
mod ask;
mod bound;
mod cut;
mod entry_facts;
mod gather;
mod glass;
mod parts;
mod unread;

pub use answer::AskDesk;
pub use gather::{Holdings, SealedDeskTerms};
use parts::keep_sealed;
pub use parts::{AgencyPart, Candidate, PartState};

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use kinfold_agreement::{Decision, InForce, Question};
use kinfold_domain::{AgencyId, AskId, Categories, FactContent, PersonId, Purpose, Subject};
use serde::Serialize;

use crate::{
    agreements::{Agreements, NoAgreement},
    caller::Caller,
    identity::NodeIdentity,
    journal::{Journal, JournalError},
    permit::{Evidence, Permit, granted},
    ports::{Clock, Entropy, PartnerLink},
    records::{
        About, AskKind, Asker, BrokenGlass, Entry, Grants, Intent, ProvenPlace, Refusal, Shown,
        Statement,
    },
    register::Registers,
    release::Release,
};

/// What is asked.
#[derive(Clone, Debug)]
pub struct ViewQuestion {
    /// About whom.
    pub subject: Subject,
    /// Why.
    pub purpose: Purpose,
    /// What is wanted.
    pub wanted: Categories,
    /// One of several of this agency's own people, chosen by the asker.
    pub person: Option<PersonId>,
}

/// A pooled view.
#[derive(Clone, Debug, Serialize)]
pub struct PooledView {
    /// The ask, as both ledgers know it.
    pub ask: AskId,
    /// When it was gathered.
    pub at: Timestamp,
    /// About whom.
    pub subject: Subject,
    /// Why.
    pub purpose: Purpose,
    /// What each agency told, this one first.
    pub agencies: Vec<AgencyPart>,
}

/// Why there is no view.
#[derive(Debug, thiserror::Error)]
pub enum ViewError {
    /// Nothing flows at all.
    #[error(transparent)]
    NoAgreement(#[from] NoAgreement),
    /// This employee may see nothing for this purpose, or open nothing; recorded.
    #[error("{0}")]
    Refused(String),
    /// The ledger can't be written.
    #[error(transparent)]
    Ledger(#[from] JournalError),
}

/// The pooled view.
pub struct Pool {
    parts: PoolParts,
}

/// What the pooled view works with.
pub struct PoolParts {
    /// This node's keys.
    pub identity: Arc<NodeIdentity>,
    /// The agreement.
    pub agreements: Arc<Agreements>,
    /// This agency's own holdings.
    pub holdings: Arc<Holdings>,
    /// Registers, for the day when a partner can't be reached.
    pub registers: Registers,
    /// The way to partners.
    pub link: Arc<dyn PartnerLink>,
    /// The ledger.
    pub journal: Journal,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub entropy: Arc<dyn Entropy>,
}

/// One ask on its way.
struct Asked<'a> {
    ask: AskId,
    at: Timestamp,
    caller: &'a Caller,
    question: &'a ViewQuestion,
    /// Why the glass is broken, where it is.
    glass: Option<&'a Statement>,
}

impl Asked<'_> {
    const fn kind(&self) -> AskKind {
        if self.glass.is_some() { AskKind::BreakGlass } else { AskKind::PooledView }
    }
}

impl Pool {
    /// Over these parts.
    pub const fn new(parts: PoolParts) -> Self {
        Self { parts }
    }

    /// Gathers a view: decided, recorded, gathered side by side, recorded again as shown.
    #[tracing::instrument(skip_all)]
    pub async fn view(
        &self,
        caller: &Caller,
        question: ViewQuestion,
    ) -> Result<Release<PooledView>, ViewError> {
        self.gather(&self.asked(caller, (&question, None))).await
    }

    fn asked<'a>(
        &self,
        caller: &'a Caller,
        (question, glass): (&'a ViewQuestion, Option<&'a Statement>),
    ) -> Asked<'a> {
        let at = self.parts.clock.now();
        Asked { ask: AskId(self.parts.entropy.uuid(at)), at, caller, question, glass }
    }

    async fn gather(&self, asked: &Asked<'_>) -> Result<Release<PooledView>, ViewError> {
        let agreement = match self.parts.agreements.in_force(asked.at) {
            Ok(agreement) => agreement,
            Err(error) => {
                self.refuse(asked, error.0.clone()).await?;
                return Err(error.into());
            }
        };
        let decisions = self.decide(asked, &agreement);
        if let Some(reason) = refused(asked, &decisions) {
            self.refuse(asked, reason.clone()).await?;
            return Err(ViewError::Refused(reason));
        }
        let intent = intent(asked, &agreement, &decisions);
        let receipt = Arc::new(self.parts.journal.record(Entry::Intent(intent)).await?);
        let place = self.parts.journal.place(&receipt)?;
        let gathering = decisions.iter().map(|decision| {
            let permit = Permit::new(decision, Evidence::Recorded(Arc::clone(&receipt)));
            self.part(asked, &agreement, (decision, permit), &place)
        });
        let gathered = futures::future::join_all(gathering).await;
        self.release(asked, gathered).await
    }

    /// This agency first, then its partners in the agreement's order.
    fn decide(&self, asked: &Asked<'_>, agreement: &InForce) -> Vec<Decision> {
        let own = self.parts.agreements.own();
        let partners = agreement.partners().map(|party| &party.agency);
        let employee = asked.caller.employee();
        std::iter::once(own)
            .chain(partners)
            .map(|owner| {
                let question = Question {
                    requester: own,
                    owner,
                    role: &employee.role,
                    purpose: &asked.question.purpose,
                    wanted: &asked.question.wanted,
                    now: asked.at,
                };
                decided(agreement, &question, asked.glass)
            })
            .collect()
    }

    async fn refuse(&self, asked: &Asked<'_>, reason: String) -> Result<(), JournalError> {
        let refusal = Refusal {
            ask: asked.ask,
            at: asked.at,
            kind: asked.kind(),
            asker: Some(Asker::from(asked.caller.employee())),
            agency: self.parts.agreements.own().clone(),
            purpose: Some(asked.question.purpose.clone()),
            subject: Some(asked.question.subject.clone()),
            reason,
        };
        self.parts.journal.record(Entry::Refusal(Box::new(refusal))).await.map(drop)
    }

    async fn release(
        &self,
        asked: &Asked<'_>,
        gathered: Vec<Part>,
    ) -> Result<Release<PooledView>, ViewError> {
        let mut about = About::default();
        let mut proofs = BTreeMap::new();
        let mut agencies = Vec::new();
        for part in gathered {
            about.people.extend(part.about.people);
            about.nhs_numbers.extend(part.about.nhs_numbers);
            about.entries.extend(part.about.entries);
            if let Some(place) = part.place {
                proofs.insert(part.told.agency.id.clone(), place);
            }
            agencies.push(part.told);
        }
        if agencies.iter().any(|part| matches!(part.state, PartState::Sealed { .. })) {
            keep_sealed(agencies.iter_mut());
        }
        identify(&mut about, &agencies);
        let view = PooledView {
            ask: asked.ask,
            at: asked.at,
            subject: asked.question.subject.clone(),
            purpose: asked.question.purpose.clone(),
            agencies,
        };
        let shown = shown(asked, &view, about, proofs);
        Ok(Release::record(&self.parts.journal, view, shown).await?)
    }
}

/// Whoever breaks the glass asks for what may be opened beside what may be seen.
fn decided(agreement: &InForce, question: &Question<'_>, glass: Option<&Statement>) -> Decision {
    match glass {
        Some(_) => agreement.decide_breaking_glass(question),
        None => agreement.decide(question),
    }
}

fn intent(asked: &Asked<'_>, agreement: &InForce, decisions: &[Decision]) -> Box<Intent> {
    let granted: Grants = decisions.iter().map(|d| (d.owner().clone(), granted(d))).collect();
    Box::new(Intent {
        ask: asked.ask,
        at: asked.at,
        kind: asked.kind(),
        asker: Asker::from(asked.caller.employee()),
        purpose: asked.question.purpose.clone(),
        subject: asked.question.subject.clone(),
        agreement: agreement.agreement().digest().to_string(),
        granted,
        glass: asked.glass.map(|reason| broken(reason, decisions)),
    })
}

/// What these decisions let be opened, and why it is.
fn broken(reason: &Statement, decisions: &[Decision]) -> BrokenGlass {
    let opened = decisions.iter().map(|d| (d.owner().clone(), d.opened().clone()));
    let opened = opened.filter(|(_, categories)| !categories.is_empty()).collect();
    BrokenGlass { reason: reason.clone(), opened }
}

/// What one agency contributed, with what only the ledger needs.
struct Part {
    told: AgencyPart,
    about: About,
    place: Option<ProvenPlace>,
}

/// The NHS numbers among the facts that are shown identify the child, too.
fn identify(about: &mut About, agencies: &[AgencyPart]) {
    let facts = agencies.iter().flat_map(|part| &part.facts);
    about.nhs_numbers.extend(facts.filter_map(|fact| match &fact.content {
        FactContent::Demographics(known) => known.nhs_number,
        FactContent::Register(entry) => entry.subject.nhs_number,
        _ => None,
    }));
    about.nhs_numbers.sort_unstable();
    about.nhs_numbers.dedup();
}

fn shown(
    asked: &Asked<'_>,
    view: &PooledView,
    about: About,
    partner_proofs: BTreeMap<AgencyId, ProvenPlace>,
) -> Shown {
    let categories = view.agencies.iter().map(|part| {
        (part.agency.id.clone(), part.facts.iter().map(kinfold_domain::Fact::category).collect())
    });
    Shown {
        ask: asked.ask,
        at: asked.at,
        kind: asked.kind(),
        asker: Asker::from(asked.caller.employee()),
        purpose: asked.question.purpose.clone(),
        answer: if asked.glass.is_some() { "break-glass" } else { "pooled-view" }.to_owned(),
        about,
        shown: categories.collect(),
        digest: String::new(),
        sources: view.agencies.iter().flat_map(|part| part.sources.clone()).collect(),
        partner_proofs,
    }
}

/// Why nothing is gathered at all.
fn refused(asked: &Asked<'_>, decisions: &[Decision]) -> Option<String> {
    if decisions.iter().all(Decision::is_refusal) {
        let refusal = decisions.iter().flat_map(Decision::refused).next();
        let nothing = || "nothing was asked for".to_owned();
        return Some(refusal.map_or_else(nothing, |(_, why)| why.to_string()));
    }
    let opens = decisions.iter().any(|decision| !decision.opened().is_empty());
    (asked.glass.is_some() && !opens).then(|| glass::OPENS_NOTHING.to_owned())
}
