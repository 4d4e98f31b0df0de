//! Notices: a partner learns what concerns it: who looked at its register's entries in the replica, who attended, who answered for an
//! attendance there, what is said to be wrong. The ledger itself is the outbox: what happened is in it before anybody saw it, so nothing
//! can be lost on the way, only late.

use std::sync::Arc;

use jiff::Timestamp;
use kinfold_agreement::{InForce, Question};
use kinfold_domain::{AgencyId, Categories, Category, EntryId};

use super::{FollowError, line::replica_kind};
use crate::{
    agreements::{Agreements, node_key_of},
    department::{Acknowledged, AttendanceStep},
    exchange::{
        HandOverNotice, MessageKind, Noticed, NoticesAnswer, NoticesMessage, bytes_of, open,
    },
    identity::NodeIdentity,
    journal::{Journal, JournalError},
    ports::{Clock, HandOverStore, PartnerError, PartnerLink, PortError, Route, TrailStore},
    records::{AskKind, Correction, Entry, HandOverStep, Said, Shown},
};

/// Ledger entries looked through for one message.
const BATCH: u64 = 400;

/// So many bytes of notices end a message: with the one that reaches it, whatever that is, it is well below the size of a note.
const MOST_BYTES: usize = 700 << 10;
/// Offers of one message: each tells of a whole entry.
const MOST_OFFERS: usize = 8;

/// The most entries of one look: a whole department's, on one register.
pub(super) const MOST_ENTRIES: usize = 300;

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
    /// What offers tell of a child, where this agency keeps a register: the ledger holds none of it.
    pub hand_overs: Option<Arc<dyn HandOverStore>>,
}

impl NoticeSender {
    /// Delivers whatever is new, oldest first, once: what comes meanwhile is gathered for the next time. Answers how many ledger entries
    /// are dealt with.
    pub async fn deliver(&self) -> Result<u64, NoticeError> {
        loop {
            let from = self.store.delivered(&self.partner).await?;
            let all = self.journal.ledger().size();
            let to = all.min(from + BATCH);
            if from == to {
                return Ok(from);
            }
            let (news, to) = self.news(from, to)?;
            if news.count() > 0 {
                self.send(news).await?;
            }
            self.store.set_delivered(&self.partner, to).await?;
            if to == all {
                return Ok(to);
            }
        }
    }

    /// What this stretch of the ledger holds for the partner, as much as fits one message; and where it ends.
    fn news(&self, from: u64, to: u64) -> Result<(News, u64), JournalError> {
        let mut news = News::default();
        for (index, entry) in self.journal.follow(from, to) {
            if news.bytes > MOST_BYTES || news.hand_overs.len() >= MOST_OFFERS {
                return Ok((news, index));
            }
            match entry {
                Ok(Some(entry)) => self.sort(&entry, &mut news),
                Ok(None) | Err(JournalError::Foreign) => {}
                Err(error) => return Err(error),
            }
        }
        Ok((news, to))
    }

    fn sort(&self, entry: &Entry, news: &mut News) {
        match entry {
            Entry::Receipt(shown) => {
                let look = self.noticed(shown);
                news.bytes += look.as_ref().map_or(0, bytes_of);
                news.looks.extend(look);
            }
            Entry::Attendance(step) => {
                let step = self.of_theirs(step);
                news.bytes += step.as_ref().map_or(0, bytes_of);
                news.attendances.extend(step);
            }
            Entry::AttendanceAcknowledged { partner, acknowledged } if *partner == self.partner => {
                news.bytes += bytes_of(acknowledged);
                news.acknowledged.push((**acknowledged).clone());
            }
            Entry::Correction(correction) if correction.owner == self.partner => {
                news.bytes += bytes_of(correction);
                news.corrections.push((**correction).clone());
            }
            Entry::HandOver { step, .. } if step.to == self.partner => {
                news.hand_overs.push((**step).clone());
            }
            _ => {}
        }
    }

    /// A step as the partner is told it: of its own entries alone.
    fn of_theirs(&self, step: &AttendanceStep) -> Option<AttendanceStep> {
        let mut step = step.concerns.contains_key(&self.partner).then(|| step.clone())?;
        step.concerns.retain(|owner, _| *owner == self.partner);
        Some(step)
    }

    fn noticed(&self, shown: &Shown) -> Option<Noticed> {
        let theirs = |(owner, _): &&(AgencyId, EntryId)| *owner == self.partner;
        let entries = || shown.about.entries.iter().filter(theirs);
        let read_replica = match shown.kind {
            // A register that was not granted was not searched, and has nothing to be told.
            AskKind::Check => shown.shown.contains_key(&self.partner),
            // While the owner can't be asked, the page shows what the replica holds.
            AskKind::PooledView | AskKind::BreakGlass | AskKind::Board => {
                entries().next().is_some()
            }
            AskKind::WhoLooked
            | AskKind::OwnLooks
            | AskKind::IdentityMatch
            | AskKind::Attendances
            | AskKind::Corrections
            | AskKind::RegisterWork
            | AskKind::History => false,
        };
        read_replica.then(|| Noticed {
            ask: shown.ask,
            at: shown.at,
            asker: shown.asker.clone(),
            purpose: shown.purpose.clone(),
            answer: shown.answer.clone(),
            entries: entries().take(MOST_ENTRIES).map(|(_, entry)| entry.clone()).collect(),
            notifies: false,
        })
    }

    async fn send(&self, mut news: News) -> Result<(), NoticeError> {
        let agreement = self.agreements.in_force(self.clock.now())?;
        // An attendance is told under a clause, as everything is; without one it stays here, and the board says that nobody was told.
        if !agreement.permits_any(&self.partner, self.agreements.own(), Category::Attendances) {
            news.attendances.clear();
        }
        let count = news.count();
        let News { mut looks, attendances, acknowledged, corrections, hand_overs, bytes: _ } = news;
        let hand_overs = self.with_content(hand_overs).await?;
        let (own, now) = (self.agreements.own(), self.clock.now());
        for look in &mut looks {
            look.notifies = notifies(&agreement, (own, &self.partner), look, now);
        }
        let message = NoticesMessage {
            sent_at: self.clock.now(),
            agreement: agreement.agreement().digest().to_string(),
            looks,
            attendances,
            acknowledged,
            corrections,
            hand_overs,
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

    /// Each word with what it tells of the child: an offer that was taken back tells nothing any more.
    async fn with_content(
        &self,
        steps: Vec<HandOverStep>,
    ) -> Result<Vec<HandOverNotice>, PortError> {
        let mut notices = Vec::with_capacity(steps.len());
        for step in steps {
            let handed = match (&step.said, &self.hand_overs) {
                (Said::Offered(_), Some(store)) => {
                    store.hand_over(step.hand_over).await?.and_then(|item| item.handed)
                }
                _ => None,
            };
            notices.push(HandOverNotice { step, handed });
        }
        Ok(notices)
    }
}

/// Whether the right under which somebody looked at an owner's register tells key workers of it. The board of a department shows who
/// attends, which they are told in any case.
pub(super) fn notifies(
    agreement: &InForce,
    (requester, owner): (&AgencyId, &AgencyId),
    look: &Noticed,
    now: Timestamp,
) -> bool {
    let wanted = Categories::from([Category::Register]);
    let decision = agreement.decide(&Question {
        requester,
        owner,
        role: &look.asker.role,
        purpose: &look.purpose,
        wanted: &wanted,
        now,
    });
    let is_list = replica_kind(&look.answer) == AskKind::Board;
    !is_list && decision.notifies(Category::Register).is_some()
}

/// What concerns one partner.
#[derive(Default)]
struct News {
    looks: Vec<Noticed>,
    attendances: Vec<AttendanceStep>,
    acknowledged: Vec<Acknowledged>,
    corrections: Vec<Correction>,
    hand_overs: Vec<HandOverStep>,
    /// What all that takes in a message.
    bytes: usize,
}

impl News {
    fn count(&self) -> usize {
        self.looks.len()
            + self.attendances.len()
            + self.acknowledged.len()
            + self.corrections.len()
            + self.hand_overs.len()
    }
}
