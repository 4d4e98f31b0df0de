//! This ledger's lines about a child, for a partner's review.

use std::{collections::BTreeMap, sync::Arc};

use kinfold_agreement::{ReviewQuestion, Ruling};
use kinfold_domain::AgencyId;

use super::{Ledgers, LinesError, ledgers::MOST_LOOKS};
use crate::{
    agreements::{Agreements, Heard, RefusedPeer},
    exchange::{
        ANSWER_BYTES, ClosedAnswer, MessageKind, WhoAnswer, WhoLines, WhoMessage, bytes_of,
    },
    identity::NodeIdentity,
    permit::{Evidence, ReviewPermit},
    ports::Clock,
    records::{About, AskKind, Disclosure, Entry, Refusal},
    release::digest,
};

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
        let (now, due) = (self.clock.now(), self.ledgers.journal.ledger().size());
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
                let told = fitting(self.lines(&permit, &message, due).await?);
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
        due: u64,
    ) -> Result<WhoLines, RefusedPeer> {
        let asks = message.asks.get(..MOST_LOOKS as usize).unwrap_or(&message.asks);
        match self.ledgers.lines(permit, (&message.subject, asks), due).await {
            Ok(lines) => Ok(lines),
            Err(LinesError::Ledger(error)) => Err(error.into()),
            Err(LinesError::Store(error)) => Err(error.into()),
        }
    }
}

/// The newest lines that one message holds.
fn fitting(mut told: WhoLines) -> WhoLines {
    let mut room = ANSWER_BYTES;
    let fits = told.lines.iter().take_while(|line| {
        let left = room.checked_sub(bytes_of(line) + 1);
        room = left.unwrap_or(0);
        left.is_some()
    });
    let count = fits.count();
    told.more |= count < told.lines.len();
    told.lines.truncate(count);
    told
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
        notifies: false,
        glass: None,
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
