//! One ledger's lines about a child: for this agency's own review, and for a partner's.

use std::{collections::BTreeMap, sync::Arc};

use kinfold_agreement::{ReviewQuestion, Ruling};
use kinfold_domain::{AgencyId, AskId, Subject};

use super::{TrailKey, line::line};
use crate::{
    agreements::{Agreements, Heard, RefusedPeer},
    exchange::{ClosedAnswer, MessageKind, WhoAnswer, WhoLine, WhoLines, WhoMessage},
    identity::NodeIdentity,
    journal::{Journal, JournalError},
    permit::{Evidence, ReviewPermit},
    ports::{Clock, PortError, TrailStore},
    records::{About, AskKind, Disclosure, Entry, Refusal},
    release::digest,
};

/// The most lines of one answer.
const MOST_LINES: u32 = 500;

/// This agency's ledger with its search tables.
pub struct Ledgers {
    /// The ledger.
    pub journal: Journal,
    /// The search tables.
    pub store: Arc<dyn TrailStore>,
    /// Their key.
    pub keys: Arc<TrailKey>,
}

impl Ledgers {
    /// Lines about a child, or of these asks, the newest first.
    pub(super) async fn lines(
        &self,
        _permit: &ReviewPermit,
        subject: &Subject,
        asks: &[AskId],
    ) -> Result<Vec<WhoLine>, LinesError> {
        // What the child's records are called here follows from looks that carried the number: their keys are found with them.
        let keys = self.keys.of_subject(subject);
        let mut looks = self.store.by_keys(&keys, MOST_LINES).await?;
        if !asks.is_empty() {
            looks.extend(self.store.by_asks(asks, MOST_LINES).await?);
        }
        looks.sort_by_key(|look| std::cmp::Reverse(look.index));
        looks.dedup_by_key(|look| look.index);
        let mut lines = Vec::new();
        for look in looks {
            if let Some(entry) = self.journal.read(look.index)? {
                lines.extend(line(&look, entry));
            }
        }
        Ok(lines)
    }
}

/// Why lines can't be read.
#[derive(Debug, thiserror::Error)]
pub enum LinesError {
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] JournalError),
    /// The search tables.
    #[error(transparent)]
    Store(#[from] PortError),
}

/// Answers partners who review who looked.
pub struct WhoDesk {
    /// This node's keys.
    pub identity: Arc<NodeIdentity>,
    /// The agreement.
    pub agreements: Arc<Agreements>,
    /// The ledger with its search tables.
    pub ledgers: Arc<Ledgers>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
}

impl WhoDesk {
    /// Answers with a signed note; what is told is recorded before it leaves.
    pub async fn answer(&self, peer: &AgencyId, note: &[u8]) -> Result<String, RefusedPeer> {
        let now = self.clock.now();
        let heard: Heard<WhoMessage> = self.agreements.hear(peer, note, now).await?;
        let intent = heard.intent()?;
        let Heard { agreement, message, .. } = heard;
        let decision = agreement.decide_review(&ReviewQuestion {
            requester: peer,
            owner: self.agreements.own(),
            role: &message.asker.role,
            purpose: &message.purpose,
            now,
        });
        let (ask, evidence) = (message.ask, Evidence::Proven(intent.clone()));
        let (outcome, entry) = match (decision.ruling(), ReviewPermit::new(&decision, evidence)) {
            (Ruling::Permitted { .. }, Some(permit)) => {
                let lines = self.lines(&permit, &message).await?;
                let told = WhoLines { lines };
                let entry = disclosure(message, digest(&told), (intent.0, now));
                (ClosedAnswer::Told(told), entry)
            }
            (ruling, _) => {
                let reason = match ruling {
                    Ruling::Refused { why } => why.to_string(),
                    Ruling::Permitted { .. } => String::new(),
                };
                (ClosedAnswer::Refused { reason: reason.clone() }, refusal(message, reason, now))
            }
        };
        let receipt = self.ledgers.journal.record(entry).await?;
        let recorded = Some(self.ledgers.journal.place(&receipt)?);
        let answer = WhoAnswer { ask, sent_at: self.clock.now(), outcome, recorded };
        Ok(self.identity.seal(MessageKind::WhoAnswer, &answer)?)
    }

    async fn lines(
        &self,
        permit: &ReviewPermit,
        message: &WhoMessage,
    ) -> Result<Vec<WhoLine>, RefusedPeer> {
        let asks = message.asks.get(..MOST_LINES as usize).unwrap_or(&message.asks);
        match self.ledgers.lines(permit, &message.subject, asks).await {
            Ok(lines) => Ok(lines),
            Err(LinesError::Ledger(error)) => Err(error.into()),
            Err(LinesError::Store(error)) => Err(error.into()),
        }
    }
}

fn disclosure(
    message: WhoMessage,
    digest: String,
    (intent, at): (crate::records::ProvenPlace, jiff::Timestamp),
) -> Entry {
    let nhs_numbers = message.subject.nhs_number.into_iter().collect();
    Entry::Disclosure(Box::new(Disclosure {
        ask: message.ask,
        at,
        kind: AskKind::WhoLooked,
        asker: message.asker,
        purpose: message.purpose,
        subject: message.subject,
        agreement: message.agreement,
        granted: BTreeMap::new(),
        about: About { nhs_numbers, ..About::default() },
        digest,
        sources: Vec::new(),
        intent,
    }))
}

fn refusal(message: WhoMessage, reason: String, at: jiff::Timestamp) -> Entry {
    Entry::Refusal(Box::new(Refusal {
        ask: message.ask,
        at,
        kind: AskKind::WhoLooked,
        agency: message.asker.agency.clone(),
        asker: Some(message.asker),
        purpose: Some(message.purpose),
        subject: Some(message.subject),
        reason,
    }))
}
