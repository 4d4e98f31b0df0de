//! The people of one node, in memory.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher, Hash};

use kinfold_domain::{Demographics, Subject};

use crate::{
    Limits, Model, Search,
    decide::{self, Ranked},
    dictionary::Dictionary,
    features::Features,
    keys,
    outcome::Reach,
    postings::{Postings, Records},
    record::Record,
    weigh::Scales,
};

/// Who is known, to be found by number or by name, date and postcode. `K` is whatever the caller names a record by.
///
/// It holds folded names, dates, postcodes and numbers: as personal as its source. About 250 bytes a person beside the key.
#[derive(Debug)]
pub struct PersonIndex<K> {
    model: Model,
    records: Vec<Option<Record<K>>>,
    free: Vec<u32>,
    dictionary: Dictionary,
    postings: Postings,
}

impl<K> Default for PersonIndex<K> {
    fn default() -> Self {
        Self::new(Model::default())
    }
}

impl<K> PersonIndex<K> {
    /// An empty index that decides by this model.
    pub fn new(model: Model) -> Self {
        Self {
            model,
            records: Vec::new(),
            free: Vec::new(),
            dictionary: Dictionary::default(),
            postings: Postings::default(),
        }
    }

    /// How many records it holds.
    pub fn len(&self) -> usize {
        self.records.len() - self.free.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<K: Clone + Eq + Hash> PersonIndex<K> {
    /// Adds a record, or replaces the one of this key.
    pub fn insert(&mut self, key: K, demographics: &Demographics) {
        self.remove(&key);
        let features = Features::from(demographics);
        let own = own_key(&key);
        let record = Record::new(key, &features, &mut self.dictionary);
        let slot = if let Some(slot) = self.free.pop() {
            self.records[slot as usize] = Some(record);
            slot
        } else {
            self.records.push(Some(record));
            // A record takes more than 100 bytes: memory ends long before 2³¹ of them.
            u32::try_from(self.records.len() - 1).unwrap_or(u32::MAX)
        };
        self.postings.add(own, slot);
        for key in keys::of_record(&features) {
            self.postings.add(key, slot);
        }
    }

    /// Forgets a record, and whatever only it gave to the index. Says whether there was one.
    pub fn remove(&mut self, key: &K) -> bool {
        let own = own_key(key);
        let Some(slot) = self.slot(key, own) else { return false };
        let Some(record) = self.records[slot as usize].take() else { return false };
        self.postings.remove(own, slot);
        for key in keys::of_record(&record.features(&self.dictionary)) {
            self.postings.remove(key, slot);
        }
        record.release(&mut self.dictionary);
        self.free.push(slot);
        true
    }

    /// Whether it holds a record of this key.
    pub fn contains(&self, key: &K) -> bool {
        self.slot(key, own_key(key)).is_some()
    }

    /// Who is meant?
    pub fn search(&self, subject: &Subject, limits: Limits) -> Search<K> {
        let subject = Features::from(subject);
        let keys = keys::of_subject(&subject);
        let (slots, cut) = self.candidates(&keys, limits.scored);
        let scales = Scales::new(&subject, &self.dictionary, &self.postings, self.len());
        let ranked = slots.iter().filter_map(|slot| {
            let weighed = scales.weigh(self.record(*slot)?);
            Some(Ranked::new(*slot, &weighed, &self.model, self.len()))
        });
        let ranked = ranked.collect();
        let reach = match (keys.is_empty() || subject.is_too_little(), cut) {
            (true, _) => Reach::TooLittle,
            (_, true) => Reach::Cut,
            _ => Reach::Whole,
        };
        let (outcome, reach) = decide::outcome(self, &scales, ranked, (reach, limits.shown));
        Search { outcome, reach, scored: slots.len() }
    }

    /// The records that share a key, each once and in order; and whether more of them do than the limit lets in. Rare keys come first: they tell
    /// most.
    fn candidates(&self, keys: &[u32], limit: usize) -> (Vec<u32>, bool) {
        let mut blocks: Vec<_> = keys.iter().map(|key| self.postings.of(*key)).collect();
        blocks.sort_by_key(Records::len);
        let mut slots =
            Vec::with_capacity(blocks.iter().map(Records::len).sum::<usize>().min(limit));
        let mut cut = false;
        for block in blocks {
            if slots.len() + block.len() > limit {
                cut = true;
                break;
            }
            slots.extend_from_slice(block.as_slice());
        }
        slots.sort_unstable();
        slots.dedup();
        (slots, cut)
    }

    fn slot(&self, key: &K, own: u32) -> Option<u32> {
        let slots = self.postings.of(own);
        slots
            .as_slice()
            .iter()
            .copied()
            .find(|slot| self.record(*slot).is_some_and(|record| record.key == *key))
    }
}

impl<K> PersonIndex<K> {
    pub(crate) fn model(&self) -> &Model {
        &self.model
    }

    pub(crate) fn record(&self, slot: u32) -> Option<&Record<K>> {
        self.records.get(slot as usize)?.as_ref()
    }

    pub(crate) fn dictionary(&self) -> &Dictionary {
        &self.dictionary
    }

    pub(crate) fn postings(&self) -> &Postings {
        &self.postings
    }
}

/// The caller's key among the other keys, so that it is held once.
fn own_key<K: Hash>(key: &K) -> u32 {
    keys::own(BuildHasherDefault::<DefaultHasher>::default().hash_one(key))
}

#[cfg(test)]
#[path = "index_tests.rs"]
mod tests;
