//! This agency answers a partner's ask: verified, decided by its own agreement, recorded before it is told.

use std::sync::Arc;

use jiff::Timestamp;
use kinfold_agreement::{Decision, InForce, Question};
use kinfold_domain::{AgencyId, Category};

use super::{
    bound::bound,
    broken, decided,
    gather::{Gathered, Holdings, Meant},
    parts::withheld,
};
use crate::{
    agreements::{Agreements, Heard, RefusedPeer},
    exchange::{AnswerMessage, AskMessage, ClosedAnswer, Known, MessageKind, Told},
    identity::NodeIdentity,
    journal::Journal,
    permit::{Evidence, Permit, ProvenIntent, granted},
    ports::Clock,
    records::{Disclosure, Entry, Refusal},
    release::digest,
};

/// Answers partners' asks.
pub struct AskDesk {
    identity: Arc<NodeIdentity>,
    agreements: Arc<Agreements>,
    holdings: Arc<Holdings>,
    journal: Journal,
    clock: Arc<dyn Clock>,
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
        Self { identity, agreements, holdings, journal, clock }
    }

    /// Answers one ask with a signed note. What is refused before it could be decided is recorded as well.
    #[tracing::instrument(skip_all)]
    pub async fn answer(&self, peer: &AgencyId, note: &[u8]) -> Result<String, RefusedPeer> {
        let now = self.clock.now();
        let heard: Heard<AskMessage> = self.agreements.hear(peer, note, now).await?;
        let intent = heard.intent()?;
        let Heard { agreement, message, .. } = heard;
        let decision = decide(&agreement, peer, self.agreements.own(), &message, now);
        let answer = match Permit::new(&decision, Evidence::Proven(intent.clone())) {
            None => self.refuse(message, &decision, now).await?,
            Some(permit) => self.tell(message, (&decision, &permit), intent, now).await?,
        };
        Ok(self.identity.seal(MessageKind::Answer, &answer)?)
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
            kind: message.kind(),
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

    /// Gathers, records what is about to be told, and only then tells. Sources are asked before the DISCLOSURE is recorded, because it
    /// names what they answered, to the digest; the requester's INTENT, proved durable, stands for the look until then, and nothing
    /// leaves this function but what was recorded.
    async fn tell(
        &self,
        message: AskMessage,
        (decision, permit): (&Decision, &Permit),
        intent: ProvenIntent,
        at: Timestamp,
    ) -> Result<AnswerMessage, RefusedPeer> {
        let Gathered { meant, facts, sources, about } =
            self.holdings.gather(permit, &message.subject, None).await;
        let told = bound(Told {
            known: known(meant, permit),
            facts,
            granted: granted(decision),
            withheld: withheld(decision),
            sources,
        });
        // Where nothing can be opened here, nothing was: it is an ask like any other.
        let glass = message.break_glass.as_ref().filter(|_| !decision.opened().is_empty());
        let glass = glass.map(|reason| broken(reason, std::slice::from_ref(decision)));
        let disclosure = Disclosure {
            ask: message.ask,
            at,
            kind: message.kind(),
            asker: message.asker,
            purpose: message.purpose,
            subject: message.subject,
            agreement: message.agreement,
            granted: told.granted.clone(),
            about,
            digest: digest(&told),
            sources: told.sources.clone(),
            intent: intent.0,
            notifies: decision.notifies(Category::Register).is_some(),
            glass,
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
    let question = Question {
        requester: peer,
        owner: own,
        role: &message.asker.role,
        purpose: &message.purpose,
        wanted: &message.wanted,
        now,
    };
    decided(agreement, &question, message.break_glass.as_ref())
}

fn known(meant: Meant, permit: &Permit) -> Known {
    if !permit.allows(Category::Existence) {
        return Known::NotSaid;
    }
    match meant {
        Meant::Nobody => Known::No,
        Meant::One => Known::Yes,
        Meant::Sealed(desk) => Known::Sealed { desk },
        Meant::Several { count, .. } => Known::Several { count },
        Meant::TooLittle => Known::Several { count: 0 },
    }
}
