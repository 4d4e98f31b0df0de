//! The index of this agency's own people: identity only, in memory, read from its sources.

use std::{collections::HashSet, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use kinfold_domain::{Demographics, Person, PersonId, Subject};
use kinfold_matching::{Limits, PersonIndex, Search};
use parking_lot::RwLock;

use crate::{
    Permit,
    permit::HistoryPermit,
    ports::{Clock, PeopleStore, PortError, SourceError, SourceProgress, SourceSystem, by_record},
};

/// So many may vanish from a source at once, however few it has.
const FEW: u64 = 50;

/// People in memory, to be found by a subject.
#[derive(Default)]
pub struct People {
    index: RwLock<PersonIndex<PersonId>>,
    sealed: RwLock<HashSet<PersonId>>,
}

impl People {
    /// Finds whom a subject may mean. Needs a permit: even a match tells that somebody is known.
    pub(crate) fn search(&self, _permit: &Permit, subject: &Subject) -> Search<PersonId> {
        self.index.read().search(subject, Limits::default())
    }

    /// Whether anybody whom a subject may mean is sealed. Needs a permit, as a search does; in doubt nobody's places are shown.
    pub(crate) fn may_be_sealed(&self, _permit: &HistoryPermit, subject: &Subject) -> bool {
        let search = self.index.read().search(subject, Limits::default());
        let mut candidates = search.candidates().iter();
        candidates.any(|one| {
            self.is_sealed(&one.key) || one.same.iter().any(|person| self.is_sealed(person))
        })
    }

    /// Whether a person's whereabouts must not be shown.
    pub(crate) fn is_sealed(&self, person: &PersonId) -> bool {
        self.sealed.read().contains(person)
    }

    /// The number of people.
    pub fn len(&self) -> usize {
        self.index.read().len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn put(&self, person: &Person) {
        self.index.write().insert(person.id.clone(), &person.demographics);
        if person.sealed {
            self.sealed.write().insert(person.id.clone());
        } else {
            self.sealed.write().remove(&person.id);
        }
    }

    fn remove(&self, person: &PersonId) {
        self.index.write().remove(person);
        self.sealed.write().remove(person);
    }

    /// Takes over what was stored before.
    pub async fn load(&self, store: &dyn PeopleStore) -> Result<(), PortError> {
        store.each_person(&mut |person| self.put(&person)).await
    }
}

/// Why a reading ended early. What was read stays.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// The source failed.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] PortError),
}

/// Reads one source's people into the index.
pub struct PeopleFeed {
    source: Arc<dyn SourceSystem>,
    store: Arc<dyn PeopleStore>,
    people: Arc<People>,
    clock: Arc<dyn Clock>,
    sweep_every: SignedDuration,
    silent_after: SignedDuration,
    failure: RwLock<Option<(Timestamp, String)>>,
}

impl PeopleFeed {
    /// Reads `source`; a whole sweep, which also notices who is gone, every `sweep_every`. It counts as stopped when it has not answered
    /// for longer than `silent_after`.
    pub fn new(
        source: Arc<dyn SourceSystem>,
        store: Arc<dyn PeopleStore>,
        people: Arc<People>,
        clock: Arc<dyn Clock>,
        (sweep_every, silent_after): (SignedDuration, SignedDuration),
    ) -> Self {
        let failure = RwLock::default();
        Self { source, store, people, clock, sweep_every, silent_after, failure }
    }

    /// How long it may be silent.
    pub const fn silent_after(&self) -> SignedDuration {
        self.silent_after
    }

    /// The source.
    pub fn source(&self) -> &Arc<dyn SourceSystem> {
        &self.source
    }

    /// When and why the last reading failed, if it did.
    pub fn failure(&self) -> Option<(Timestamp, String)> {
        self.failure.read().clone()
    }

    /// Reads what is new; `told` hears how many people were read so far.
    pub async fn poll(&self, told: &(dyn Fn(u64) + Send + Sync)) -> Result<u64, PeopleError> {
        let outcome = self.read(told).await;
        *self.failure.write() =
            outcome.as_ref().err().map(|error| (self.clock.now(), error.to_string()));
        outcome
    }

    async fn read(&self, told: &(dyn Fn(u64) + Send + Sync)) -> Result<u64, PeopleError> {
        let name = self.source.name().to_owned();
        let mut progress = self.store.progress(&name).await?;
        let began = self.clock.now();
        let whole = progress.cursor.is_none()
            || progress.swept.is_none_or(|at| began.duration_since(at) > self.sweep_every);
        let mut cursor = if whole { None } else { progress.cursor.clone() };
        let mut seen = HashSet::new();
        let mut count = 0;
        loop {
            let page = self.source.people(cursor.as_ref()).await?;
            if page.more && page.next.as_ref().is_none_or(|next| Some(next) == cursor.as_ref()) {
                return Err(garbled("it promises more people and does not say where they begin"));
            }
            count += page.people.len() as u64;
            cursor = page.next.clone().or(cursor);
            if whole {
                seen.extend(page.people.iter().map(|person| person.id.clone()));
                // A row that can't be read now is still somebody: it keeps what was known of it.
                seen.extend(
                    page.rejected
                        .iter()
                        .map(|row| PersonId { source: name.clone(), record: row.record.clone() }),
                );
            }
            let done = !page.more;
            progress.answered = Some(self.clock.now());
            if !whole || done {
                progress.cursor.clone_from(&cursor);
            }
            let rejected = by_record(page.rejected);
            self.store.save_page(&name, &page.people, &page.gone, &rejected, &progress).await?;
            page.people.iter().for_each(|person| self.people.put(person));
            page.gone.iter().for_each(|person| self.people.remove(person));
            told(count);
            if done {
                break;
            }
        }
        if whole {
            self.drop_unseen(&name, &seen, &SourceProgress { swept: Some(began), ..progress })
                .await?;
        }
        Ok(count)
    }

    /// Who was not in a whole reading is gone. The stored rows are asked, since the index is by person, not by source.
    async fn drop_unseen(
        &self,
        source: &str,
        seen: &HashSet<PersonId>,
        progress: &SourceProgress,
    ) -> Result<(), PeopleError> {
        let mut gone = Vec::new();
        self.store
            .each_person(&mut |person| {
                if person.id.source == source && !seen.contains(&person.id) {
                    gone.push(person.id);
                }
            })
            .await?;
        let known = self.store.count(source).await?;
        if gone.len() as u64 > (known / 10).max(FEW) {
            return Err(garbled(
                "more than a tenth of its people are missing at once: not believed",
            ));
        }
        self.store.save_page(source, &[], &gone, &[], progress).await?;
        for person in &gone {
            self.people.remove(person);
        }
        Ok(())
    }
}

fn garbled(what: &str) -> PeopleError {
    PeopleError::Source(SourceError::Garbled(what.to_owned()))
}

/// Identity of one of this agency's people, for telling several apart.
pub(crate) async fn demographics_of(
    store: &dyn PeopleStore,
    person: &PersonId,
) -> Result<Option<Demographics>, PortError> {
    Ok(store.person(person).await?.map(|person| person.demographics))
}
