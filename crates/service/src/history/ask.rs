//! A child's history for one employee: decided, recorded, gathered here and at the partners, recorded as shown.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use jiff::Timestamp;
use kinfold_agreement::{HistoryDecision, InForce, Party, ReviewQuestion, Ruling};
use kinfold_domain::{AgencyId, AskId, EntryId, Purpose};
use parking_lot::Mutex;

use super::{
    asked::{ChildHistory, HistoryError, HistoryQuestion},
    entries::{grants, shown},
    join::{HistoryPart, join},
    own::{Histories, Whose},
    told::HistoryTold,
};
use crate::{
    agreements::Agreements,
    caller::Caller,
    exchange::{ClosedAnswer, HistoryAnswer, HistoryMessage, MessageKind, Place, open},
    identity::NodeIdentity,
    journal::{Journal, JournalError},
    permit::{Evidence, HistoryPermit},
    ports::{Clock, Entropy, PartnerError, PartnerLink, Route},
    records::{AskKind, Asker, Entry, Grants, Intent, ProvenPlace, Refusal},
    release::Release,
};

/// However long the way to a partner takes its time, the page does not wait longer.
const DEADLINE: Duration = Duration::from_secs(4);

/// What histories are made with.
pub struct HistoryParts {
    /// This node's keys.
    pub identity: Arc<NodeIdentity>,
    /// The agreement.
    pub agreements: Arc<Agreements>,
    /// This node's own records.
    pub own: Arc<Histories>,
    /// The way to partners.
    pub link: Arc<dyn PartnerLink>,
    /// The ledger.
    pub journal: Journal,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub entropy: Arc<dyn Entropy>,
}

/// Lists what stands beside an answer.
pub struct History {
    parts: HistoryParts,
    /// When each partner last answered.
    answered: Mutex<BTreeMap<AgencyId, Timestamp>>,
}

type Theirs = Result<(HistoryTold, ProvenPlace), String>;

pub(super) struct Asked<'a> {
    pub(super) ask: AskId,
    pub(super) at: Timestamp,
    pub(super) caller: &'a Caller,
    pub(super) question: &'a HistoryQuestion,
}

impl History {
    /// Over these parts.
    pub const fn new(parts: HistoryParts) -> Self {
        Self { parts, answered: Mutex::new(BTreeMap::new()) }
    }

    /// Whether this employee may be shown it at all: a look-up in memory, for the page of the answer.
    pub fn is_for(&self, caller: &Caller, purpose: &Purpose) -> bool {
        let now = self.parts.clock.now();
        let agreement = self.parts.agreements.in_force(now);
        let own = self.parts.agreements.own();
        agreement.is_ok_and(|agreement| {
            decide(&agreement, (own, own), (caller, purpose), now).is_permitted()
        })
    }

    /// Lists a child's attendances and the last looks at it.
    #[tracing::instrument(skip_all)]
    pub async fn list(
        &self,
        caller: &Caller,
        question: HistoryQuestion,
    ) -> Result<Release<ChildHistory>, HistoryError> {
        let at = self.parts.clock.now();
        let ask = AskId(self.parts.entropy.uuid(at));
        let asked = Asked { ask, at, caller, question: &question };
        let agreement = match self.parts.agreements.in_force(at) {
            Ok(agreement) => agreement,
            Err(error) => {
                self.refuse(&asked, error.0.clone()).await?;
                return Err(error.into());
            }
        };
        let own = self.decide(&asked, &agreement, self.parts.agreements.own());
        if let Ruling::Refused { why } = own.ruling() {
            self.refuse(&asked, why.to_string()).await?;
            return Err(HistoryError::Refused(why.to_string()));
        }
        let theirs: Vec<(&Party, HistoryDecision)> = agreement
            .partners()
            .map(|party| (party, self.decide(&asked, &agreement, &party.agency)))
            .collect();
        let due = self.parts.journal.ledger().size();
        let granted = grants(std::iter::once(&own).chain(theirs.iter().map(|(_, d)| d)));
        let receipt = Arc::new(self.record_intent(&asked, &agreement, granted).await?);
        let place = self.parts.journal.place(&receipt)?;
        let Some(permit) = HistoryPermit::new(&own, Evidence::Recorded(receipt)) else {
            return Err(HistoryError::Refused("the agreement does not permit it".to_owned()));
        };
        let partners = theirs.iter().map(|theirs| self.partner(&asked, &agreement, theirs, &place));
        let whose = Whose { subject: &question.subject, entries: &question.entries };
        let reader = self.parts.agreements.own();
        let mine = self.parts.own.tell(&permit, whose, (reader, due));
        let (mine, theirs) = futures::join!(mine, futures::future::join_all(partners));
        self.release(&asked, mine?, theirs).await
    }

    fn decide(&self, asked: &Asked<'_>, agreement: &InForce, owner: &AgencyId) -> HistoryDecision {
        let own = self.parts.agreements.own();
        decide(agreement, (own, owner), (asked.caller, &asked.question.purpose), asked.at)
    }

    async fn refuse(&self, asked: &Asked<'_>, reason: String) -> Result<(), JournalError> {
        let refusal = Refusal {
            ask: asked.ask,
            at: asked.at,
            kind: AskKind::History,
            asker: Some(Asker::from(asked.caller.employee())),
            agency: self.parts.agreements.own().clone(),
            purpose: Some(asked.question.purpose.clone()),
            subject: Some(asked.question.subject.clone()),
            reason,
        };
        self.parts.journal.record(Entry::Refusal(Box::new(refusal))).await.map(drop)
    }

    async fn record_intent(
        &self,
        asked: &Asked<'_>,
        agreement: &InForce,
        granted: Grants,
    ) -> Result<kinfold_ledger::Receipt, JournalError> {
        let intent = Intent {
            ask: asked.ask,
            at: asked.at,
            kind: AskKind::History,
            asker: Asker::from(asked.caller.employee()),
            purpose: asked.question.purpose.clone(),
            subject: asked.question.subject.clone(),
            agreement: agreement.agreement().digest().to_string(),
            granted,
            glass: None,
        };
        self.parts.journal.record(Entry::Intent(Box::new(intent))).await
    }

    async fn partner(
        &self,
        asked: &Asked<'_>,
        agreement: &InForce,
        (party, decision): &(&Party, HistoryDecision),
        place: &Place,
    ) -> (AgencyId, Theirs) {
        let answer = match decision.ruling() {
            Ruling::Refused { why } => Err(why.to_string()),
            Ruling::Permitted { .. } => {
                let asking =
                    tokio::time::timeout(DEADLINE, self.ask(asked, agreement, party, place));
                let answer = asking.await.unwrap_or(Err(PartnerError::TimedOut));
                answer.map_err(|error| error.to_string())
            }
        };
        if answer.is_ok() {
            self.answered.lock().insert(party.agency.clone(), asked.at);
        }
        (party.agency.clone(), answer)
    }

    async fn ask(
        &self,
        asked: &Asked<'_>,
        agreement: &InForce,
        party: &Party,
        place: &Place,
    ) -> Result<(HistoryTold, ProvenPlace), PartnerError> {
        let own = self.parts.agreements.own();
        // A third agency's entries are no business of this one's.
        let concerns = |(owner, _): &&(AgencyId, EntryId)| owner == own || *owner == party.agency;
        let message = HistoryMessage {
            ask: asked.ask,
            sent_at: self.parts.clock.now(),
            agreement: agreement.agreement().digest().to_string(),
            asker: Asker::from(asked.caller.employee()),
            purpose: asked.question.purpose.clone(),
            subject: asked.question.subject.clone(),
            entries: asked.question.entries.iter().filter(concerns).cloned().collect(),
            intent: place.clone(),
        };
        let untrusted = |error: &dyn std::fmt::Display| PartnerError::Untrusted(error.to_string());
        let sealed = self.parts.identity.seal(MessageKind::History, &message);
        let note = sealed.map_err(|error| untrusted(&error))?;
        let answer = self.parts.link.send(&party.agency, Route::History, note).await?;
        let answer: HistoryAnswer =
            open(MessageKind::HistoryAnswer, answer.as_bytes(), &party.node_key)
                .map_err(|e| untrusted(&e))?;
        let place = answer.recorded.filter(|_| answer.ask == asked.ask);
        let place =
            place.ok_or_else(|| untrusted(&"it answers another ask, or without a record"))?;
        let proved = place.verify(&party.ledger_key).map_err(|error| untrusted(&error))?;
        match answer.outcome {
            ClosedAnswer::Told(told) => Ok((told, proved)),
            ClosedAnswer::Refused { reason } => Err(PartnerError::Refused(reason)),
        }
    }

    /// When a partner last told or confirmed anything here.
    fn last_heard(&self, partner: &AgencyId, now: Timestamp) -> Option<Timestamp> {
        let register = self.parts.own.registers.of(partner);
        let confirmed = register.and_then(|register| register.confirmed(now).as_at);
        let answered = self.answered.lock().get(partner).copied();
        confirmed.map(|as_at| as_at.0).max(answered)
    }

    async fn release(
        &self,
        asked: &Asked<'_>,
        mine: HistoryTold,
        theirs: Vec<(AgencyId, Theirs)>,
    ) -> Result<Release<ChildHistory>, HistoryError> {
        let own = self.parts.agreements.own();
        let (mut parts, mut proofs) = (vec![HistoryPart::of(own, &mine)], BTreeMap::new());
        let mut told = vec![(own.clone(), mine)];
        for (agency, answer) in theirs {
            match answer {
                Ok((theirs, proved)) => {
                    parts.push(HistoryPart::of(&agency, &theirs));
                    proofs.insert(agency.clone(), proved);
                    told.push((agency, theirs));
                }
                Err(failure) => {
                    let as_at = self.last_heard(&agency, asked.at);
                    parts.push(HistoryPart::failed(&agency, failure, as_at));
                }
            }
        }
        let history = ChildHistory { parts, ..join((asked.ask, asked.at), own, told) };
        let shown = shown(asked, &history, proofs);
        Ok(Release::record(&self.parts.journal, history, shown).await?)
    }
}

fn decide(
    agreement: &InForce,
    (requester, owner): (&AgencyId, &AgencyId),
    (caller, purpose): (&Caller, &Purpose),
    now: Timestamp,
) -> HistoryDecision {
    let role = &caller.employee().role;
    agreement.decide_history(&ReviewQuestion { requester, owner, role, purpose, now })
}
