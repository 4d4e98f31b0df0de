//! This node's part of a child's history, for a partner's employee.

use std::sync::Arc;

use jiff::Timestamp;
use kinfold_agreement::{HistoryDecision, ReviewQuestion, Ruling};
use kinfold_domain::AgencyId;

use super::{
    entries::granted,
    own::{Histories, Whose},
    told::HistoryTold,
};
use crate::{
    agreements::{Agreements, Heard, RefusedPeer},
    audit::LinesError,
    exchange::{ClosedAnswer, HistoryAnswer, HistoryMessage, MessageKind},
    identity::NodeIdentity,
    journal::Journal,
    permit::{Evidence, HistoryPermit},
    ports::Clock,
    records::{About, AskKind, Disclosure, Entry, ProvenPlace, Refusal},
    release::digest,
};

/// The most entries that one child's message names: what an answer can be about, and room.
const MOST_ENTRIES: usize = 50;

/// Answers partners who show a child's history.
pub struct HistoryDesk {
    /// This node's keys.
    pub identity: Arc<NodeIdentity>,
    /// The agreement.
    pub agreements: Arc<Agreements>,
    /// This node's own records.
    pub own: Arc<Histories>,
    /// The ledger.
    pub journal: Journal,
    /// The clock.
    pub clock: Arc<dyn Clock>,
}

impl HistoryDesk {
    /// Answers with a signed note; what is told is recorded before it leaves.
    pub async fn answer(&self, peer: &AgencyId, note: &[u8]) -> Result<String, RefusedPeer> {
        let (now, due) = (self.clock.now(), self.journal.ledger().size());
        let heard: Heard<HistoryMessage> = self.agreements.hear(peer, note, now).await?;
        let intent = heard.intent()?;
        let Heard { agreement, message, .. } = heard;
        let decision = agreement.decide_history(&ReviewQuestion {
            requester: peer,
            owner: self.agreements.own(),
            role: &message.asker.role,
            purpose: &message.purpose,
            now,
        });
        let (ask, evidence) = (message.ask, Evidence::Proven(intent.clone()));
        let (outcome, entry) = if let Some(permit) = HistoryPermit::new(&decision, evidence) {
            let told = self.tell(&permit, &message, (peer, due)).await?;
            let entry = disclosure(message, (&decision, digest(&told)), (intent.0, now));
            (ClosedAnswer::Told(told), entry)
        } else {
            let reason = match decision.ruling() {
                Ruling::Refused { why } => why.to_string(),
                Ruling::Permitted { .. } => String::new(),
            };
            (ClosedAnswer::Refused { reason: reason.clone() }, refusal(message, reason, now))
        };
        let receipt = self.journal.record(entry).await?;
        let recorded = Some(self.journal.place(&receipt)?);
        let answer = HistoryAnswer { ask, sent_at: self.clock.now(), outcome, recorded };
        Ok(self.identity.seal(MessageKind::HistoryAnswer, &answer)?)
    }

    async fn tell(
        &self,
        permit: &HistoryPermit,
        message: &HistoryMessage,
        (peer, due): (&AgencyId, u64),
    ) -> Result<HistoryTold, RefusedPeer> {
        let entries = message.entries.get(..MOST_ENTRIES).unwrap_or(&message.entries);
        let whose = Whose { subject: &message.subject, entries };
        match self.own.tell(permit, whose, (peer, due)).await {
            Ok(told) => Ok(told),
            Err(LinesError::Ledger(error)) => Err(error.into()),
            Err(LinesError::Store(error)) => Err(error.into()),
        }
    }
}

fn disclosure(
    message: HistoryMessage,
    (decision, digest): (&HistoryDecision, String),
    (intent, at): (ProvenPlace, Timestamp),
) -> Entry {
    let nhs_numbers = message.subject.nhs_number.into_iter().collect();
    Entry::Disclosure(Box::new(Disclosure {
        ask: message.ask,
        at,
        kind: AskKind::History,
        asker: message.asker,
        purpose: message.purpose,
        subject: message.subject,
        agreement: message.agreement,
        granted: granted(decision),
        about: About { nhs_numbers, entries: message.entries, ..About::default() },
        digest,
        sources: Vec::new(),
        intent,
        notifies: false,
        glass: None,
    }))
}

fn refusal(message: HistoryMessage, reason: String, at: Timestamp) -> Entry {
    Entry::Refusal(Box::new(Refusal {
        ask: message.ask,
        at,
        kind: AskKind::History,
        agency: message.asker.agency.clone(),
        asker: Some(message.asker),
        purpose: Some(message.purpose),
        subject: Some(message.subject),
        reason,
    }))
}
