//! The follower: makes the search tables from the ledger, entry after entry.

use std::sync::Arc;

use kinfold_domain::AgencyId;

use super::TrailKey;
use crate::{
    journal::{Journal, JournalError},
    ports::{Look, LookKind, PortError, TrailStore},
    records::{About, Entry},
};

/// Entries taken over at a time.
const BATCH: u64 = 512;

/// Why the search tables stopped growing. The ledger itself is not touched.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// The ledger can't be read.
    #[error(transparent)]
    Ledger(#[from] JournalError),
    /// The tables can't be written.
    #[error(transparent)]
    Store(#[from] PortError),
}

/// Follows the ledger.
pub struct Follower {
    own: AgencyId,
    journal: Journal,
    store: Arc<dyn TrailStore>,
    keys: Arc<TrailKey>,
}

impl Follower {
    /// Follows this node's ledger.
    pub const fn new(
        own: AgencyId,
        journal: Journal,
        store: Arc<dyn TrailStore>,
        keys: Arc<TrailKey>,
    ) -> Self {
        Self { own, journal, store, keys }
    }

    /// Takes over whatever is new, once: who runs after each entry of a busy node makes a transaction of each. Answers the number of
    /// entries followed so far. One that can't be read (erased, or of another version) is passed over: it stays in the ledger, where
    /// verification finds it.
    pub async fn catch_up(&self) -> Result<u64, FollowError> {
        let mut followed = self.store.followed().await?;
        loop {
            let all = self.journal.ledger().size();
            let end = all.min(followed + BATCH);
            if end == followed {
                return Ok(followed);
            }
            let mut looks = Vec::new();
            for (index, entry) in self.journal.follow(followed, end) {
                match entry {
                    Ok(Some(entry)) => looks.extend(self.look(index, &entry)),
                    Ok(None) | Err(JournalError::Foreign) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            self.store.index(&looks, end).await?;
            followed = end;
            if followed == all {
                return Ok(followed);
            }
        }
    }

    fn look(&self, index: u64, entry: &Entry) -> Option<Look> {
        let look = |kind, ask, at, agency: &AgencyId, employee, keys| {
            Some(Look { index, kind, ask, at, agency: agency.clone(), employee, keys })
        };
        let (nobody, no_subject) = (About::default(), kinfold_domain::Subject::default());
        match entry {
            Entry::Intent(i) => {
                let mut keys = self.keys.all(&i.subject, &nobody);
                keys.extend(i.glass.is_some().then(|| self.keys.glass()));
                let employee = Some(i.asker.employee);
                look(LookKind::Intent, i.ask, i.at, &i.asker.agency, employee, keys)
            }
            Entry::Receipt(s) => {
                let keys = self.keys.all(&no_subject, &s.about);
                look(LookKind::Receipt, s.ask, s.at, &self.own, Some(s.asker.employee), keys)
            }
            Entry::Disclosure(d) => {
                let mut keys = self.keys.all(&d.subject, &d.about);
                keys.extend(d.glass.is_some().then(|| self.keys.glass()));
                look(LookKind::Disclosure, d.ask, d.at, &d.asker.agency, None, keys)
            }
            Entry::Refusal(r) => {
                let subject = r.subject.clone().unwrap_or_default();
                let keys = self.keys.all(&subject, &nobody);
                let own = r.asker.as_ref().filter(|asker| asker.agency == self.own);
                let employee = own.map(|asker| asker.employee);
                look(LookKind::Refusal, r.ask, r.at, &r.agency, employee, keys)
            }
            Entry::ReplicaLook(r) => {
                let entries = r.entries.iter();
                let keys = entries.map(|entry| self.keys.entry(&self.own, entry)).collect();
                look(LookKind::ReplicaLook, r.ask, r.at, &r.asker.agency, None, keys)
            }
            Entry::GlassReviewed(r) => {
                // Found with what it is about: by a key of its own it would take the place of what waits.
                look(LookKind::GlassReview, r.ask, r.at, &self.own, None, Vec::new())
            }
            Entry::HandOver { step, about } => {
                let (by, keys) = (Some(step.by.employee), self.keys.all(&no_subject, about));
                look(LookKind::Disclosure, step.ask(), step.at, &step.to, by, keys)
            }
            Entry::HandOverHeard { at, partner, step, about } => {
                let keys = self.keys.all(&no_subject, about);
                look(LookKind::Disclosure, step.ask(), *at, partner, None, keys)
            }
            _ => None,
        }
    }
}
