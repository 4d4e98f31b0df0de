//! The index of people at rest, in memory.

use std::collections::{BTreeMap, HashMap};

use async_trait::async_trait;
use jiff::Timestamp;
use kinfold_domain::{Category, Person, PersonId};
use parking_lot::Mutex;

use super::Fault;
use crate::ports::{
    Covered, PeopleStore, PortError, Rejected, RowToMend, RowsToMend, SourceProgress,
};

/// A row that waits: whose it is, its category and record.
type RowKey = (Option<PersonId>, Option<Category>, String);

/// Keeps people in memory.
#[derive(Debug, Default)]
pub struct MemoryPeople {
    /// Fails on demand.
    pub fault: Fault,
    people: Mutex<BTreeMap<PersonId, Person>>,
    /// By source.
    to_mend: Mutex<HashMap<String, BTreeMap<RowKey, RowToMend>>>,
    progress: Mutex<HashMap<String, SourceProgress>>,
}

#[async_trait]
impl PeopleStore for MemoryPeople {
    async fn save_page(
        &self,
        source: &str,
        people: &[Person],
        gone: &[PersonId],
        rejected: &[Rejected],
        progress: &SourceProgress,
    ) -> Result<(), PortError> {
        self.fault.write().await?;
        let mut kept = self.people.lock();
        kept.extend(people.iter().map(|person| (person.id.clone(), person.clone())));
        for person in gone {
            kept.remove(person);
        }
        drop(kept);
        let mut all = self.to_mend.lock();
        let known = all.entry(source.to_owned()).or_default();
        known.retain(|(person, category, _), row| {
            let is = |id: &PersonId| Some(id) == person.as_ref();
            let loaded = category.is_none() && people.iter().any(|person| is(&person.id));
            let old = category.is_none() && progress.swept.is_some_and(|at| row.last_seen < at);
            let noted = rejected.iter().any(|new| new.record == row.row.record);
            !gone.iter().any(is) && (noted || !loaded && !old)
        });
        let at = progress.answered.unwrap_or_default();
        for row in rejected {
            let person = PersonId { source: source.to_owned(), record: row.record.clone() };
            put(known, Some(person), row, at);
        }
        drop(all);
        self.progress.lock().insert(source.to_owned(), progress.clone());
        Ok(())
    }

    async fn each_person(&self, take: &mut (dyn FnMut(Person) + Send)) -> Result<(), PortError> {
        self.fault.read().await?;
        let people: Vec<Person> = self.people.lock().values().cloned().collect();
        people.into_iter().for_each(take);
        Ok(())
    }

    async fn person(&self, id: &PersonId) -> Result<Option<Person>, PortError> {
        self.fault.read().await?;
        Ok(self.people.lock().get(id).cloned())
    }

    async fn progress(&self, source: &str) -> Result<SourceProgress, PortError> {
        self.fault.read().await?;
        Ok(self.progress.lock().get(source).cloned().unwrap_or_default())
    }

    async fn count(&self, source: &str) -> Result<u64, PortError> {
        self.fault.read().await?;
        Ok(self.people.lock().keys().filter(|id| id.source == source).count() as u64)
    }
}

#[async_trait]
impl RowsToMend for MemoryPeople {
    async fn note(
        &self,
        covered: Covered<'_>,
        rejected: &[Rejected],
        at: Timestamp,
    ) -> Result<(), PortError> {
        self.fault.write().await?;
        let mut all = self.to_mend.lock();
        let known = all.entry(covered.source().to_owned()).or_default();
        let read = covered.categories();
        known.retain(|(person, category, record), _| {
            let named = |new: &Rejected| (new.category, &new.record) == (*category, record);
            person.as_ref() != covered.person()
                || !read.contains(category)
                || rejected.iter().any(named)
        });
        for row in rejected {
            put(known, covered.person().cloned(), row, at);
        }
        Ok(())
    }

    async fn mended_by_hand(&self, source: &str, place: u64) -> Result<(), PortError> {
        self.fault.write().await?;
        if let Some(known) = self.to_mend.lock().get_mut(source) {
            known.retain(|_, row| !row.closes_by_hand || row.place != place);
        }
        Ok(())
    }

    async fn to_mend(&self, source: &str, limit: u32) -> Result<(u64, Vec<RowToMend>), PortError> {
        self.fault.read().await?;
        let all = self.to_mend.lock();
        let mut rows: Vec<RowToMend> =
            all.get(source).into_iter().flat_map(BTreeMap::values).cloned().collect();
        let number = rows.len() as u64;
        rows.sort_by_key(|row| std::cmp::Reverse(row.last_seen));
        rows.truncate(limit as usize);
        Ok((number, rows))
    }
}

fn put(
    known: &mut BTreeMap<RowKey, RowToMend>,
    person: Option<PersonId>,
    row: &Rejected,
    at: Timestamp,
) {
    let key = (person, row.category, row.record.clone());
    let first_seen = known.get(&key).map_or(at, |known| known.first_seen);
    let place = known.values().map(|known| known.place + 1).max().unwrap_or_default();
    let closes_by_hand = key.0.is_some() && row.category.is_some();
    let row = row.clone();
    known.insert(key, RowToMend { row, first_seen, last_seen: at, place, closes_by_hand });
}
