//! Notices: the register's owner learns who looked at its entries in a partner's replica. The ledger itself is the outbox: what was
//! shown is in it before anybody saw it, so nothing can be lost on the way, only late.

use std::sync::Arc;

use kinfold_domain::{AgencyId, EntryId};

use super::FollowError;
use crate::{
    agreements::{Agreements, RefusedPeer, node_key_of},
    exchange::{MessageKind, Noticed, NoticesAnswer, NoticesMessage, open},
    identity::NodeIdentity,
    journal::{Journal, JournalError},
    ports::{Clock, PartnerError, PartnerLink, PortError, Route, TrailStore},
    records::{AskKind, Entry, ReplicaLook, Shown},
};

/// Ledger entries looked through for one message.
const BATCH: u64 = 400;

/// The most looks of one message: what a sender of this version can put into one, and room.
const MOST_LOOKS: usize = 1_000;
/// The most entries of one look: one child's, on one register.
const MOST_ENTRIES: usize = 50;
/// The longest name of an answer.
const LONGEST_ANSWER: usize = 64;

/// Why notices were not delivered. They stay in the ledger and are tried again.
#[derive(Debug, thiserror::Error)]
pub enum NoticeError {
    /// The ledger or its tables.
    #[error(transparent)]
    Follow(#[from] FollowError),
    /// The partner.
    #[error(transparent)]
    Partner(#[from] PartnerError),
    /// There is no agreement under which to tell.
    #[error(transparent)]
    NoAgreement(#[from] crate::agreements::NoAgreement),
}

impl From<PortError> for NoticeError {
    fn from(error: PortError) -> Self {
        Self::Follow(error.into())
    }
}

impl From<JournalError> for NoticeError {
    fn from(error: JournalError) -> Self {
        Self::Follow(error.into())
    }
}

/// Sends notices to one partner.
pub struct NoticeSender {
    /// The register's owner.
    pub partner: AgencyId,
    /// This node's keys.
    pub identity: Arc<NodeIdentity>,
    /// The agreement.
    pub agreements: Arc<Agreements>,
    /// The way there.
    pub link: Arc<dyn PartnerLink>,
    /// The ledger: the outbox.
    pub journal: Journal,
    /// How far it was delivered.
    pub store: Arc<dyn TrailStore>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
}

impl NoticeSender {
    /// Delivers whatever is new, oldest first; answers how many ledger entries are dealt with.
    pub async fn deliver(&self) -> Result<u64, NoticeError> {
        loop {
            let from = self.store.delivered(&self.partner).await?;
            let to = self.journal.ledger().size().min(from + BATCH);
            if from == to {
                return Ok(from);
            }
            let looks = self.looks(from, to)?;
            if !looks.is_empty() {
                self.send(looks).await?;
            }
            self.store.set_delivered(&self.partner, to).await?;
        }
    }

    /// Checks shown in this stretch of the ledger.
    fn looks(&self, from: u64, to: u64) -> Result<Vec<Noticed>, JournalError> {
        let mut looks = Vec::new();
        for (_, entry) in self.journal.read_all(from, to) {
            match entry {
                Ok(Some(Entry::Receipt(shown))) => looks.extend(self.noticed(*shown)),
                Ok(_) | Err(JournalError::Foreign) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(looks)
    }

    fn noticed(&self, shown: Shown) -> Option<Noticed> {
        let theirs = |(owner, _): &(AgencyId, EntryId)| *owner == self.partner;
        let read_replica = match shown.kind {
            // A register that was not granted was not searched, and has nothing to be told.
            AskKind::Check => shown.shown.contains_key(&self.partner),
            // While the owner can't be asked, the page shows what the replica holds.
            AskKind::PooledView => shown.about.entries.iter().any(theirs),
            AskKind::WhoLooked | AskKind::OwnLooks | AskKind::RegisterWork => false,
        };
        if !read_replica {
            return None;
        }
        let entries = shown.about.entries.into_iter().filter(theirs).take(MOST_ENTRIES);
        Some(Noticed {
            ask: shown.ask,
            at: shown.at,
            asker: shown.asker,
            purpose: shown.purpose,
            answer: shown.answer,
            entries: entries.map(|(_, entry)| entry).collect(),
        })
    }

    async fn send(&self, looks: Vec<Noticed>) -> Result<(), NoticeError> {
        let agreement = self.agreements.in_force(self.clock.now())?;
        let count = looks.len();
        let message = NoticesMessage {
            sent_at: self.clock.now(),
            agreement: agreement.agreement().digest().to_string(),
            looks,
        };
        let untrusted =
            |error: crate::exchange::SealError| PartnerError::Untrusted(error.to_string());
        let note = self.identity.seal(MessageKind::Notices, &message).map_err(untrusted)?;
        let answer = self.link.send(&self.partner, Route::Notices, note).await?;
        let key = node_key_of(&agreement, &self.partner)?;
        let answer: NoticesAnswer =
            open(MessageKind::NoticesAnswer, answer.as_bytes(), &key).map_err(untrusted)?;
        if answer.recorded as usize == count {
            Ok(())
        } else {
            Err(PartnerError::Untrusted("it did not record every notice".to_owned()).into())
        }
    }
}

fn is_too_long(look: &Noticed) -> bool {
    look.entries.len() > MOST_ENTRIES || look.answer.len() > LONGEST_ANSWER
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
}

impl NoticeDesk {
    /// Records notices, and acknowledges them once they are durable.
    pub async fn answer(&self, peer: &AgencyId, note: &[u8]) -> Result<String, RefusedPeer> {
        let now = self.clock.now();
        let message = self.agreements.hear::<NoticesMessage>(peer, note, now).await?.message;
        if message.looks.len() > MOST_LOOKS || message.looks.iter().any(is_too_long) {
            let refused =
                RefusedPeer::NotAllowed("that is more than one message of notices may hold");
            return Err(self.agreements.refused(peer, MessageKind::Notices, refused, now).await);
        }
        let recorded = u32::try_from(message.looks.len()).unwrap_or(u32::MAX);
        let entries = message.looks.into_iter().map(|look| {
            Entry::ReplicaLook(Box::new(ReplicaLook {
                ask: look.ask,
                at: look.at,
                asker: look.asker,
                purpose: look.purpose,
                answer: look.answer,
                entries: look.entries,
            }))
        });
        self.journal.record_all(entries.collect()).await?;
        Ok(self.identity.seal(MessageKind::NoticesAnswer, &NoticesAnswer { recorded })?)
    }
}
