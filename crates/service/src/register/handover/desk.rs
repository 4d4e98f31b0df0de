//! Hand-overs as a node keeps them: its own words said through the ledger, the other council's heard.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use kinfold_agreement::Question;
use kinfold_domain::{
    AgencyId, Categories, Category, Demographics, EntryId, Purpose, Role, Subject,
};
use tokio::sync::{Mutex, MutexGuard};

use super::{HandOver, Handed, Side, State, state::speaker};
use crate::{
    System,
    agreements::Agreements,
    exchange::HandOverNotice,
    journal::JournalError,
    pooled_view::SealedDeskTerms,
    ports::{HandOverStore, PortError},
    records::{About, Asker, Entry, HandOverId, HandOverStep, Said},
    register::{FeedError, RegisterFeed, held::Held},
    release::digest,
};

/// How long it is told that an entry was handed over: as long as one that has ended is shown, and some weeks for the answer.
const TOLD_DAYS: i64 = 364 + 92;

/// Why a hand-over did not go on. What was said stays, and is tried again.
#[derive(Debug, thiserror::Error)]
pub enum HandOverError {
    /// The ledger can't be written: nothing is said, and nothing heard.
    #[error(transparent)]
    Ledger(#[from] JournalError),
    /// The register could not be changed.
    #[error(transparent)]
    Feed(#[from] FeedError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] PortError),
}

/// What hand-overs are kept with.
pub struct HandOverParts {
    /// The own register's feed: it makes all changes.
    pub feed: Arc<RegisterFeed>,
    /// The agreement.
    pub agreements: Arc<Agreements>,
    /// Where they are kept.
    pub store: Arc<dyn HandOverStore>,
    /// Whom to ring about a sealed child.
    pub sealed_desk: SealedDeskTerms,
    /// What the node calls itself where it says something by itself.
    pub system: System,
    /// Why custodians are handed anything, as agreements name it.
    pub purpose: Purpose,
}

/// The hand-overs of one council's node.
pub struct HandOvers {
    pub(super) parts: HandOverParts,
    /// One word at a time.
    changing: Mutex<()>,
}

impl HandOvers {
    /// Over these parts; call `load` before the register's feed is first read.
    pub fn new(parts: HandOverParts) -> Self {
        Self { parts, changing: Mutex::default() }
    }

    /// Takes up what was under way: entries that are being handed over are held until they are answered, and what was handed over says so
    /// as long as it is shown.
    pub async fn load(&self) -> Result<(), PortError> {
        let now = self.parts.feed.now();
        let since = now.saturating_sub(SignedDuration::from_hours(24 * TOLD_DAYS)).unwrap_or(now);
        for item in self.parts.store.recent_hand_overs(since).await? {
            self.hold(&item);
        }
        Ok(())
    }

    /// Takes over a word of another council. The same word again changes nothing; what this node then has to do is done before it answers.
    pub(crate) async fn hear(
        &self,
        partner: &AgencyId,
        notice: HandOverNotice,
    ) -> Result<(), HandOverError> {
        let HandOverNotice { step, handed } = notice;
        if step.to != *self.parts.agreements.own() {
            return Ok(());
        }
        let _changing = self.changing.lock().await;
        let (at, from) = (self.parts.feed.now(), speaker(&step.said));
        let known = self.parts.store.hand_over(step.hand_over).await?;
        let mut item = match known {
            Some(item) if item.partner == *partner && item.side == from.other() => item,
            None if from == Side::Giver => {
                HandOver::new(step.hand_over, (partner.clone(), Side::Taker), at)
            }
            // Another council's, or an answer to what was never offered.
            _ => return Ok(()),
        };
        if item.take(&step, from) {
            self.receive(&mut item, &step, handed);
            let (partner, step) = (partner.clone(), Box::new(step));
            let about = Box::new(item.about.clone());
            self.record(Entry::HandOverHeard { at, partner, step, about }).await?;
            self.keep(&item).await?;
        }
        self.fulfil(&mut item).await
    }

    /// What comes with a word, and what nobody needs any more.
    fn receive(&self, item: &mut HandOver, step: &HandOverStep, handed: Option<Handed>) {
        if let Said::Offered(offer) = &step.said {
            let whole = handed.filter(|handed| digest(handed) == offer.digest);
            if whole.is_none() {
                item.trouble = Some(
                    "The child’s details did not come with the offer: ring the other council."
                        .to_owned(),
                );
            }
            item.handed = whole.and_then(|handed| self.permitted(&item.partner, &handed));
        }
        self.name(item, step);
        forget(item);
        // Of an offer that was taken back nothing needs to be told any more.
        if item.state() == State::Withdrawn {
            item.trouble = None;
        }
    }

    /// Notes whom a word is about, as far as this node may know it, before what was told is forgotten.
    fn name(&self, item: &mut HandOver, step: &HandOverStep) {
        let own = self.parts.agreements.own();
        let (giver, taker) = match item.side {
            Side::Giver => (own, &item.partner),
            Side::Taker => (&item.partner, own),
        };
        match &step.said {
            Said::Offered(offer) => {
                let entry = (giver.clone(), offer.register_entry.clone());
                let told = item.handed.as_ref().map(|handed| &handed.register_entry.subject);
                item.about = told.map(about).unwrap_or_default();
                item.about.entries.push(entry);
            }
            Said::Accepted { register_entry, .. } => {
                item.about.entries.push((taker.clone(), register_entry.clone()));
            }
            _ => {}
        }
    }

    /// Kept as far as this agency's custodian may be handed it: the node's own rules may be narrower than the other's.
    fn permitted(&self, partner: &AgencyId, handed: &Handed) -> Option<Handed> {
        let now = self.parts.feed.now();
        let wanted = Categories::from(Category::ALL);
        let role: Role = Role::REGISTER_CUSTODIAN.parse().ok()?;
        let agreement = self.parts.agreements.in_force(now).ok()?;
        let ruled = agreement.decide_receiving(&Question {
            requester: self.parts.agreements.own(),
            owner: partner,
            role: &role,
            purpose: &self.parts.purpose,
            wanted: &wanted,
            now,
        });
        ruled.permits(Category::Register).then(|| handed.cut(|category| ruled.permits(category)))
    }

    /// Says a word: kept first, so that it is said even when the process ends in between; and then in the ledger, from which it is told.
    pub(in crate::register) async fn say(
        &self,
        item: &mut HandOver,
        (by, at): (Asker, Timestamp),
        said: Said,
    ) -> Result<(), HandOverError> {
        let (hand_over, to) = (item.id, item.partner.clone());
        let step = HandOverStep { hand_over, at, by, to, said };
        if !item.take(&step, item.side) {
            return Ok(());
        }
        self.name(item, &step);
        item.unsaid.push(step);
        forget(item);
        self.keep(item).await?;
        self.say_unsaid(item).await
    }

    /// Does what follows from a word at once; what fails is done later.
    pub(in crate::register) async fn finish(
        &self,
        item: &mut HandOver,
    ) -> Result<(), HandOverError> {
        self.fulfil(item).await
    }

    /// Words that are kept and perhaps not in the ledger: said twice, they are heard once.
    pub(super) async fn say_unsaid(&self, item: &mut HandOver) -> Result<(), HandOverError> {
        if item.unsaid.is_empty() {
            return Ok(());
        }
        for step in &item.unsaid {
            let (step, about) = (Box::new(step.clone()), Box::new(item.about.clone()));
            self.record(Entry::HandOver { step, about }).await?;
        }
        item.unsaid.clear();
        self.keep(item).await
    }

    /// One of them.
    pub(in crate::register) async fn find(
        &self,
        id: HandOverId,
    ) -> Result<Option<HandOver>, PortError> {
        self.parts.store.hand_over(id).await
    }

    /// Those that are not over.
    pub(in crate::register) async fn open(&self) -> Result<Vec<HandOver>, PortError> {
        self.parts.store.open_hand_overs().await
    }

    /// Those that are not over, and those that began at or after a moment.
    pub(in crate::register) async fn since(
        &self,
        moment: Timestamp,
    ) -> Result<Vec<HandOver>, PortError> {
        self.parts.store.recent_hand_overs(moment).await
    }

    /// Whoever holds it alone says something or hears something.
    pub(in crate::register) async fn alone(&self) -> MutexGuard<'_, ()> {
        self.changing.lock().await
    }

    pub(in crate::register) async fn keep(&self, item: &HandOver) -> Result<(), HandOverError> {
        self.parts.store.put_hand_over(item).await?;
        self.hold(item);
        Ok(())
    }

    /// Neither custodian nor case system ends an entry that is being handed over.
    fn hold(&self, item: &HandOver) {
        let partner = self.parts.agreements.agency(&item.partner);
        let why = || match item.side {
            Side::Giver => format!("Being handed over to {}, and not yet accepted.", partner.name),
            Side::Taker => {
                let name = &partner.name;
                format!("Handed over by {name}, which took the offer back at the same time.")
            }
        };
        let (holds, told) = (item.holds(), item.told(&partner));
        let offered = || item.offer().map(|offer| offer.register_entry.clone());
        let entry = holds.clone().or_else(|| told.as_ref().and_then(|_| offered()));
        let held = entry.map(|entry| Held { entry, why: holds.map(|_| why()), told });
        self.parts.feed.hold(item.id, held);
    }

    pub(super) async fn record(&self, entry: Entry) -> Result<(), JournalError> {
        self.parts.feed.journal.record(entry).await.map(drop)
    }

    /// For the tests of other crates: what a partner's message would tell.
    #[cfg(feature = "testing")]
    #[allow(clippy::expect_used, reason = "a test that can't be set up has failed")]
    pub async fn hear_for_tests(&self, partner: &AgencyId, notice: HandOverNotice) {
        self.hear(partner, notice).await.expect("heard");
    }
}

/// What was told of the child is kept while somebody may have to look at it, and no longer.
fn forget(item: &mut HandOver) {
    if !matches!(item.state(), State::Unheard | State::Offered | State::Noted) {
        item.handed = None;
    }
}

/// A child who has a number is found by it, whoever has none by name and date of birth.
fn about(child: &Demographics) -> About {
    let nhs_numbers: Vec<_> = child.nhs_number.into_iter().collect();
    let (name, birth_date) = (Some(child.name.clone()), child.birth_date);
    let subject = Subject { name, birth_date, ..Subject::default() };
    let subjects = if nhs_numbers.is_empty() { vec![subject] } else { Vec::new() };
    About { nhs_numbers, subjects, ..About::default() }
}

/// The entry that is made of a hand-over: the same one however often it is tried.
pub(in crate::register) fn made_of(id: HandOverId) -> Option<EntryId> {
    format!("hand-{}", id.0.simple()).parse().ok()
}
