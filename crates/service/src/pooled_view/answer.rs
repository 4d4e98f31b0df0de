//! This agency answers a partner's ask: verified, decided by its own agreement, recorded before it is told.

use std::{collections::HashMap, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use kinfold_agreement::{Decision, InForce, Question};
use kinfold_domain::{AgencyId, AskId, Category};
use parking_lot::Mutex;

use super::{
    gather::{Gathered, Holdings, Meant},
    parts::withheld,
};
use crate::{
    agreements::{Agreements, RefusedPeer},
    exchange::{AnswerMessage, AskMessage, ClosedAnswer, Known, MessageKind, Told},
    identity::NodeIdentity,
    journal::Journal,
    permit::{Evidence, Permit, ProvenIntent, granted},
    ports::Clock,
    records::{AskKind, Disclosure, Entry, Refusal},
    release::digest,
};

/// How long an answered ask is remembered: longer than its time stamp could be fresh.
const REMEMBERED: SignedDuration = SignedDuration::from_mins(2);

/// Answers partners' asks.
pub struct AskDesk {
    identity: Arc<NodeIdentity>,
    agreements: Arc<Agreements>,
    holdings: Arc<Holdings>,
    journal: Journal,
    clock: Arc<dyn Clock>,
    answered: Mutex<HashMap<AskId, Timestamp>>,
}

impl AskDesk {
    /// A desk over this agency's holdings.
    pub fn new(
        identity: Arc<NodeIdentity>,
        agreements: Arc<Agreements>,
        holdings: Arc<Holdings>,
        journal: Journal,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { identity, agreements, holdings, journal, clock, answered: Mutex::default() }
    }

    /// Answers one ask with a signed note. What is refused before it could be decided is recorded as well.
    #[tracing::instrument(skip_all)]
    pub async fn answer(&self, peer: &AgencyId, note: &[u8]) -> Result<String, RefusedPeer> {
        let now = self.clock.now();
        let opened = self.open(peer, note, now);
        let (agreement, message, intent) = match opened {
            Ok(opened) => opened,
            Err(refused) => {
                self.record_unheard(peer, now, &refused).await?;
                return Err(refused);
            }
        };
        let decision = decide(&agreement, peer, self.agreements.own(), &message, now);
        let answer = match Permit::new(&decision, Evidence::Proven(intent.clone())) {
            None => self.refuse(message, &decision, now).await?,
            Some(permit) => self.tell(message, (&decision, &permit), intent, now).await?,
        };
        Ok(self.identity.seal(MessageKind::Answer, &answer)?)
    }

    fn open(
        &self,
        peer: &AgencyId,
        note: &[u8],
        now: Timestamp,
    ) -> Result<(Arc<InForce>, AskMessage, ProvenIntent), RefusedPeer> {
        let (agreement, message): (_, AskMessage) =
            self.agreements.open(peer, MessageKind::Ask, note, now)?;
        self.agreements.same_agreement(&agreement, &message.agreement)?;
        self.agreements.in_time(message.sent_at, now)?;
        if message.asker.agency != *peer {
            return Err(RefusedPeer::Impostor);
        }
        let ledger = self.agreements.ledger_key_of(&agreement, peer)?;
        let intent = message.intent.verify_intent(&ledger)?;
        let mut answered = self.answered.lock();
        answered.retain(|_, at| now.duration_since(*at) < REMEMBERED);
        if answered.insert(message.ask, now).is_some() {
            return Err(RefusedPeer::Replayed);
        }
        drop(answered);
        Ok((agreement, message, intent))
    }

    async fn record_unheard(
        &self,
        peer: &AgencyId,
        at: Timestamp,
        refused: &RefusedPeer,
    ) -> Result<(), RefusedPeer> {
        let refusal = Refusal {
            ask: AskId(uuid::Uuid::nil()),
            at,
            kind: AskKind::PooledView,
            asker: None,
            agency: peer.clone(),
            purpose: None,
            subject: None,
            reason: refused.to_string(),
        };
        self.journal.record(Entry::Refusal(Box::new(refusal))).await?;
        Ok(())
    }

    async fn refuse(
        &self,
        message: AskMessage,
        decision: &Decision,
        at: Timestamp,
    ) -> Result<AnswerMessage, RefusedPeer> {
        let first = decision.refused().next();
        let reason = first.map_or_else(|| "nothing was asked for".to_owned(), |r| r.1.to_string());
        let refusal = Refusal {
            ask: message.ask,
            at,
            kind: AskKind::PooledView,
            agency: message.asker.agency.clone(),
            asker: Some(message.asker),
            purpose: Some(message.purpose),
            subject: Some(message.subject),
            reason: reason.clone(),
        };
        let receipt = self.journal.record(Entry::Refusal(Box::new(refusal))).await?;
        let recorded = Some(self.journal.place(&receipt)?);
        let outcome = ClosedAnswer::Refused { reason };
        Ok(AnswerMessage { ask: message.ask, sent_at: self.clock.now(), outcome, recorded })
    }

    /// Gathers, records what is about to be told, and only then tells.
    async fn tell(
        &self,
        message: AskMessage,
        (decision, permit): (&Decision, &Permit),
        intent: ProvenIntent,
        at: Timestamp,
    ) -> Result<AnswerMessage, RefusedPeer> {
        let Gathered { meant, facts, sources, about } =
            self.holdings.gather(permit, &message.subject, None).await;
        let told = Told {
            known: known(meant, permit),
            facts,
            granted: granted(decision),
            withheld: withheld(decision),
            sources,
        };
        let disclosure = Disclosure {
            ask: message.ask,
            at,
            kind: AskKind::PooledView,
            asker: message.asker,
            purpose: message.purpose,
            subject: message.subject,
            agreement: message.agreement,
            granted: told.granted.clone(),
            about,
            digest: digest(&told),
            sources: told.sources.clone(),
            intent: intent.0,
        };
        let receipt = self.journal.record(Entry::Disclosure(Box::new(disclosure))).await?;
        let recorded = Some(self.journal.place(&receipt)?);
        let outcome = ClosedAnswer::Told(told);
        Ok(AnswerMessage { ask: message.ask, sent_at: self.clock.now(), outcome, recorded })
    }
}

fn decide(
    agreement: &InForce,
    peer: &AgencyId,
    own: &AgencyId,
    message: &AskMessage,
    now: Timestamp,
) -> Decision {
    agreement.decide(&Question {
        requester: peer,
        owner: own,
        role: &message.asker.role,
        purpose: &message.purpose,
        wanted: &message.wanted,
        now,
    })
}

fn known(meant: Meant, permit: &Permit) -> Known {
    if !permit.allows(Category::Existence) {
        return Known::NotSaid;
    }
    match meant {
        Meant::Nobody => Known::No,
        Meant::One => Known::Yes,
        Meant::Sealed(desk) => Known::Sealed { desk },
        Meant::Several(candidates) => {
            Known::Several { count: u32::try_from(candidates.len()).unwrap_or(u32::MAX) }
        }
    }
}
