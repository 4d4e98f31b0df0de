//! The way in for notices: each is durable here before it is acknowledged.

use std::sync::Arc;

use kinfold_domain::AgencyId;

use super::notices::{MOST_ENTRIES, notifies};
use crate::{
    agreements::{Agreements, Heard, RefusedPeer},
    attendances::{Attendances, ListError},
    corrections::Corrections,
    department::{AttendanceStep, OutcomeError, Outcomes},
    exchange::{MessageKind, Noticed, NoticesAnswer, NoticesMessage},
    identity::NodeIdentity,
    journal::{Journal, JournalError},
    ports::Clock,
    records::{Entry, ReplicaLook},
};

/// The most notices of one message: what a sender of this version can put into one, and room.
const MOST_NOTICES: usize = 1_000;
/// The longest name of an answer, and of a department.
const LONGEST_NAME: usize = 200;

/// Who takes over what is told here.
#[derive(Clone, Default)]
pub struct Hearers {
    /// Attendances at partners, where this agency keeps a register.
    pub attendances: Option<Arc<Attendances>>,
    /// Answers for attendances here, where this agency has a department.
    pub outcomes: Option<Arc<Outcomes>>,
    /// What is said to be wrong on this agency's register.
    pub corrections: Option<Arc<Corrections>>,
}

/// Receives notices from partners.
pub struct NoticeDesk {
    /// This node's keys.
    pub identity: Arc<NodeIdentity>,
    /// The agreement.
    pub agreements: Arc<Agreements>,
    /// The ledger.
    pub journal: Journal,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Who takes over what is told.
    pub hearers: Hearers,
}

/// Why something that was told is not kept: the partner tells it again.
enum NotKept {
    Ledger(JournalError),
    Otherwise,
}

impl NoticeDesk {
    /// Records notices, and acknowledges them once they are durable.
    pub async fn answer(&self, peer: &AgencyId, note: &[u8]) -> Result<String, RefusedPeer> {
        let now = self.clock.now();
        let heard = self.agreements.hear::<NoticesMessage>(peer, note, now).await?;
        let Heard { agreement, mut message, .. } = heard;
        if is_too_much(&message) {
            let refused =
                RefusedPeer::NotAllowed("that is more than one message of notices may hold");
            return Err(self.agreements.refused(peer, MessageKind::Notices, refused, now).await);
        }
        // Both say so: the right as the partner names it, and the agreement as it is held here.
        for look in &mut message.looks {
            look.notifies &= notifies(&agreement, (peer, self.agreements.own()), look, now);
        }
        let recorded = u32::try_from(count(&message)).unwrap_or(u32::MAX);
        match self.take_over(peer, message).await {
            Ok(()) => {
                Ok(self.identity.seal(MessageKind::NoticesAnswer, &NoticesAnswer { recorded })?)
            }
            Err(NotKept::Ledger(error)) => Err(error.into()),
            Err(NotKept::Otherwise) => {
                Err(RefusedPeer::NotAllowed("it can't be kept now: tell it again"))
            }
        }
    }

    async fn take_over(&self, peer: &AgencyId, message: NoticesMessage) -> Result<(), NotKept> {
        let looks = message.looks.into_iter().map(look).collect();
        self.journal.record_all(looks).await.map_err(NotKept::Ledger)?;
        if let Some(attendances) = &self.hearers.attendances {
            for step in message.attendances {
                attendances.hear(peer, step).await?;
            }
        }
        if let Some(outcomes) = &self.hearers.outcomes {
            for acknowledged in message.acknowledged {
                outcomes.acknowledged(peer, acknowledged).await?;
            }
        }
        if let Some(corrections) = &self.hearers.corrections {
            for correction in message.corrections {
                corrections.hear(correction).await?;
            }
        }
        Ok(())
    }
}

impl From<ListError> for NotKept {
    fn from(error: ListError) -> Self {
        match error {
            ListError::Ledger(error) => Self::Ledger(error),
            _ => Self::Otherwise,
        }
    }
}

impl From<OutcomeError> for NotKept {
    fn from(error: OutcomeError) -> Self {
        match error {
            OutcomeError::Ledger(error) => Self::Ledger(error),
            _ => Self::Otherwise,
        }
    }
}

fn look(look: Noticed) -> Entry {
    Entry::ReplicaLook(Box::new(ReplicaLook {
        ask: look.ask,
        at: look.at,
        asker: look.asker,
        purpose: look.purpose,
        answer: look.answer,
        entries: look.entries,
        notifies: look.notifies,
    }))
}

fn count(message: &NoticesMessage) -> usize {
    message.looks.len()
        + message.attendances.len()
        + message.acknowledged.len()
        + message.corrections.len()
}

fn is_too_much(message: &NoticesMessage) -> bool {
    let long_look =
        |look: &Noticed| look.entries.len() > MOST_ENTRIES || look.answer.len() > LONGEST_NAME;
    let long_step = |step: &AttendanceStep| {
        step.concerns.values().map(Vec::len).sum::<usize>() > MOST_ENTRIES
            || step.place.as_ref().is_some_and(|place| place.len() > LONGEST_NAME)
    };
    count(message) > MOST_NOTICES
        || message.looks.iter().any(long_look)
        || message.attendances.iter().any(long_step)
}
