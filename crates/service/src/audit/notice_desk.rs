//! The way in for notices: each is durable here before it is acknowledged.

use std::sync::Arc;

use kinfold_domain::AgencyId;

use super::notices::{MOST_ENTRIES, notifies};
use crate::{
    agreements::{Agreements, Heard, RefusedPeer},
    attendances::{Attendances, ListError},
    corrections::Corrections,
    department::{AttendanceStep, OutcomeError, Outcomes},
    exchange::{HandOverNotice, MessageKind, Noticed, NoticesAnswer, NoticesMessage},
    identity::NodeIdentity,
    journal::{Journal, JournalError},
    ports::Clock,
    records::{Entry, ReplicaLook},
    register::{FeedError, HandOverError, HandOvers, Handed},
};

/// The most notices of one message: what a sender of this version can put into one, and room.
const MOST_NOTICES: usize = 1_000;
/// The longest name of an answer, and of a department.
const LONGEST_NAME: usize = 200;
/// The longest reason of a hand-over, in bytes: 500 characters.
const LONGEST_REASON: usize = 2_000;

/// Who takes over what is told here.
#[derive(Clone, Default)]
pub struct Hearers {
    /// Attendances at partners, where this agency keeps a register.
    pub attendances: Option<Arc<Attendances>>,
    /// Answers for attendances here, where this agency has a department.
    pub outcomes: Option<Arc<Outcomes>>,
    /// What is said to be wrong on this agency's register.
    pub corrections: Option<Arc<Corrections>>,
    /// What other councils hand over, where this agency keeps a register.
    pub hand_overs: Option<Arc<HandOvers>>,
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
        for notice in message.hand_overs {
            self.hand_over(peer, notice).await?;
        }
        Ok(())
    }

    /// A node that keeps no register answers no offer: the giver's ages there until somebody rings. That it was heard is recorded all the
    /// same.
    async fn hand_over(&self, peer: &AgencyId, notice: HandOverNotice) -> Result<(), NotKept> {
        if let Some(hand_overs) = &self.hearers.hand_overs {
            return Ok(hand_overs.hear(peer, notice).await?);
        }
        let (at, partner) = (self.clock.now(), peer.clone());
        let (step, about) = (Box::new(notice.step), Box::default());
        let heard = Entry::HandOverHeard { at, partner, step, about };
        self.journal.record(heard).await.map(drop).map_err(NotKept::Ledger)
    }
}

impl From<HandOverError> for NotKept {
    fn from(error: HandOverError) -> Self {
        match error {
            HandOverError::Ledger(error) | HandOverError::Feed(FeedError::Ledger(error)) => {
                Self::Ledger(error)
            }
            HandOverError::Feed(_) | HandOverError::Store(_) => Self::Otherwise,
        }
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
        + message.hand_overs.len()
}

fn is_too_much(message: &NoticesMessage) -> bool {
    let long_look =
        |look: &Noticed| look.entries.len() > MOST_ENTRIES || look.answer.len() > LONGEST_NAME;
    let long_step = |step: &AttendanceStep| {
        step.concerns.values().map(Vec::len).sum::<usize>() > MOST_ENTRIES
            || step.place.as_ref().is_some_and(|place| place.len() > LONGEST_NAME)
    };
    let long_word = |notice: &HandOverNotice| {
        let reason = notice.step.said.reason();
        reason.is_some_and(|reason| reason.expose().len() > LONGEST_REASON)
            || notice.handed.as_ref().is_some_and(Handed::is_too_much)
    };
    count(message) > MOST_NOTICES
        || message.hand_overs.iter().any(long_word)
        || message.looks.iter().any(long_look)
        || message.attendances.iter().any(long_step)
}
