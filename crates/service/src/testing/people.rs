//! The index of people at rest, in memory.

use std::collections::{BTreeMap, HashMap};

use async_trait::async_trait;
use kinfold_domain::{Person, PersonId};
use parking_lot::Mutex;

use super::Fault;
use crate::ports::{PeopleStore, PortError, Rejected, SourceProgress};

/// Keeps people in memory.
#[derive(Debug, Default)]
pub struct MemoryPeople {
    /// Fails on demand.
    pub fault: Fault,
    people: Mutex<BTreeMap<PersonId, Person>>,
    rejected: Mutex<HashMap<String, Vec<Rejected>>>,
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
        self.fault.write()?;
        let mut kept = self.people.lock();
        kept.extend(people.iter().map(|person| (person.id.clone(), person.clone())));
        for person in gone {
            kept.remove(person);
        }
        drop(kept);
        let mut all = self.rejected.lock();
        let known = all.entry(source.to_owned()).or_default();
        known.retain(|row| rejected.iter().all(|new| new.record != row.record));
        known.extend_from_slice(rejected);
        drop(all);
        self.progress.lock().insert(source.to_owned(), progress.clone());
        Ok(())
    }

    async fn each_person(&self, take: &mut (dyn FnMut(Person) + Send)) -> Result<(), PortError> {
        self.fault.read()?;
        let people: Vec<Person> = self.people.lock().values().cloned().collect();
        people.into_iter().for_each(take);
        Ok(())
    }

    async fn person(&self, id: &PersonId) -> Result<Option<Person>, PortError> {
        self.fault.read()?;
        Ok(self.people.lock().get(id).cloned())
    }

    async fn progress(&self, source: &str) -> Result<SourceProgress, PortError> {
        self.fault.read()?;
        Ok(self.progress.lock().get(source).cloned().unwrap_or_default())
    }

    async fn rejected(&self, source: &str, limit: u32) -> Result<(u64, Vec<Rejected>), PortError> {
        self.fault.read()?;
        let all = self.rejected.lock().get(source).cloned().unwrap_or_default();
        let newest = all.iter().rev().take(limit as usize).cloned().collect();
        Ok((all.len() as u64, newest))
    }

    async fn count(&self, source: &str) -> Result<u64, PortError> {
        self.fault.read()?;
        Ok(self.people.lock().keys().filter(|id| id.source == source).count() as u64)
    }
}
