//! The agreement under which a node decides.

use std::sync::Arc;

use jiff::Timestamp;
use kinfold_domain::{AgencyId, Category};

use crate::{
    Agreement, Approval, Decision, Effect, HistoryDecision, Lapse, Origin, Party, PolicyError,
    Question, Reading, Refusal, ReviewDecision, ReviewQuestion, Revocation, RevocationError,
    Ruling, guard, matrix,
    policy::{Policies, Rare},
    reading,
    table::{Row, Table},
};

/// An activated agreement, perhaps narrowed by the node's own rules. Cheap to clone.
#[derive(Clone, Debug)]
pub struct InForce {
    agreement: Arc<Agreement>,
    approvals: Arc<[Approval]>,
    own: AgencyId,
    table: Arc<Table>,
    revocation: Option<Arc<Revocation>>,
}

impl InForce {
    pub(crate) fn new(agreement: Arc<Agreement>, approvals: Vec<Approval>, own: AgencyId) -> Self {
        let table = Arc::clone(agreement.table());
        Self { agreement, approvals: approvals.into(), own, table, revocation: None }
    }

    /// What the parties agreed; without the node's own rules.
    pub fn agreement(&self) -> &Agreement {
        &self.agreement
    }

    /// Who signed it.
    pub fn approvals(&self) -> &[Approval] {
        &self.approvals
    }

    /// This node's agency.
    pub const fn own(&self) -> &AgencyId {
        &self.own
    }

    /// The other parties.
    pub fn partners(&self) -> impl Iterator<Item = &Party> {
        self.agreement.document().parties().iter().filter(|party| party.agency != self.own)
    }

    /// Narrows what is permitted by the node's own rules: a Cedar text with `forbid` only, annotated as clauses are. A
    /// `permit` is an error, and so is a name that the agreement does not have.
    ///
    /// The rules take the place of any that were set before.
    pub fn narrowed_by(self, rules: &str) -> Result<Self, PolicyError> {
        let document = self.agreement.document();
        let agreed = &self.agreement.table().policies;
        let table = guard::with_room(|| {
            let rules = Policies::parse(rules, Origin::Local, document)?;
            let permits = rules.clauses.iter().find(|rule| rule.effect() == Effect::Permit);
            if let Some(rule) = permits {
                return Err(PolicyError::LocalPermit { clause: rule.id().clone() });
            }
            Table::compute(document, agreed.with(&rules)?)
        })?;
        let table = Arc::new(table);
        Ok(Self { table, ..self })
    }

    /// Takes note of a revocation: from now on everything is refused, whatever moment it names.
    pub fn with_revocation(self, revocation: Revocation) -> Result<Self, RevocationError> {
        if revocation.digest() != self.agreement.digest() {
            return Err(RevocationError::AnotherAgreement);
        }
        Ok(Self { revocation: Some(Arc::new(revocation)), ..self })
    }

    /// The revocation, once there is one.
    pub fn revocation(&self) -> Option<&Revocation> {
        self.revocation.as_deref()
    }

    /// Whether anything may flow at that moment; the error is a sentence for the screen.
    pub fn standing(&self, now: Timestamp) -> Result<(), Lapse> {
        if let Some(revocation) = &self.revocation {
            return Err(Lapse::Revoked { at: revocation.at() });
        }
        self.agreement.document().term().at(now)
    }

    /// Decides for each wanted category. Never fails: what cannot be permitted is refused with its reason.
    pub fn decide(&self, question: &Question<'_>) -> Decision {
        let row = self.row(question);
        Decision::new(self.agreement.shared_reference(), question, |category| match &row {
            Ok(row) => row.see(category).clone(),
            Err(why) => Ruling::Refused { why: why.clone() },
        })
    }

    /// Decides what an employee of the requester may be handed of a child whom an employee of the owner hands over or tells of. Nobody
    /// can ask for it: it says nothing of what may be seen otherwise.
    pub fn decide_receiving(&self, question: &Question<'_>) -> Decision {
        let row = self.row(question);
        Decision::new(self.agreement.shared_reference(), question, |category| match &row {
            Ok(row) => row.rare(Rare::Receive, category),
            Err(why) => Ruling::Refused { why: why.clone() },
        })
    }

    /// Decides for somebody who breaks the glass: what they may see, and what the clauses let them open for a reason given in words.
    /// Whoever asks for it has proved themselves again, and is reviewed.
    pub fn decide_breaking_glass(&self, question: &Question<'_>) -> Decision {
        let row = self.row(question);
        let opens = |category| row.as_ref().ok().and_then(|row| row.opens(category));
        let opened = question.wanted.iter().copied().filter(|category| opens(*category).is_some());
        let ruling = |category| match &row {
            Ok(row) => opens(category).unwrap_or_else(|| row.see(category).clone()),
            Err(why) => Ruling::Refused { why: why.clone() },
        };
        Decision::new(self.agreement.shared_reference(), question, ruling).opening(opened.collect())
    }

    fn row(&self, question: &Question<'_>) -> Result<&Row, Refusal> {
        let Question { requester, owner, role, purpose, now, .. } = *question;
        self.standing(now).map_err(Refusal::NotInForce)?;
        self.table.row(requester, role, purpose, owner)
    }

    /// Decides whether somebody may be shown who looked at a child.
    pub fn decide_review(&self, question: &ReviewQuestion<'_>) -> ReviewDecision {
        let ruling = self.rule(question, |row| &row.review);
        ReviewDecision::new(self.agreement.shared_reference(), question, ruling)
    }

    /// Decides whether somebody may be shown, beside an answer, a child's attendances and the last looks at it, as `owner`'s node
    /// has them.
    pub fn decide_history(&self, question: &ReviewQuestion<'_>) -> HistoryDecision {
        let ruling = self.rule(question, |row| &row.history);
        HistoryDecision::new(self.agreement.shared_reference(), question, ruling)
    }

    fn rule(&self, question: &ReviewQuestion<'_>, of: impl Fn(&Row) -> &Ruling) -> Ruling {
        let ReviewQuestion { requester, owner, role, purpose, now } = *question;
        let row = self
            .standing(now)
            .map_err(Refusal::NotInForce)
            .and_then(|()| self.table.row(requester, role, purpose, owner));
        match row {
            Ok(row) => of(row).clone(),
            Err(why) => Ruling::Refused { why },
        }
    }

    /// Whether some role of the requester may see that category of the owner's data for some purpose, the node's own rules
    /// counted: what a replica at the requester may hold. Says nothing of dates: see [`InForce::standing`].
    pub fn permits_any(&self, requester: &AgencyId, owner: &AgencyId, category: Category) -> bool {
        self.table.permits_any(requester, owner, category)
    }

    /// The agreement for people to read, the node's own rules counted.
    pub fn plain_language(&self) -> Reading {
        let reference = self.agreement.reference();
        reading::read(self.agreement.document(), &self.table, reference)
    }

    /// The matrix, the node's own rules counted.
    pub fn matrix(&self) -> String {
        matrix::render(self.agreement.document(), &self.table)
    }
}

#[cfg(test)]
#[path = "in_force_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "narrowing_tests.rs"]
mod narrowing_tests;
