//! One register in memory: its entries, an index to find them by, and the root of its changes.

use std::{collections::HashMap, sync::Arc};

use jiff::{Timestamp, civil::Date};
use kinfold_domain::{
    Agency, AsAt, Confirmed, EntryId, NumberAgreement, RegisterChange, RegisterEntry,
    RegisterPhones, Standing, Subject,
};
use kinfold_matching::{Candidate, Limits, Model, Outcome, PersonIndex, Reach};
use parking_lot::RwLock;

use super::{
    freshness::{Ages, Freshness},
    frontier::Frontier,
};
use crate::{Permit, permit::HistoryPermit};

/// How many children the asks at a register are about: those of a large district, 60,000 under eighteen. A register holds only a few
/// hundred of them, so the same agreement proves less than in an index of everybody; too large a figure makes an answer "several
/// possible" where it could have been certain, too small a one the other way round.
const DISTRICT_CHILDREN: f64 = 60_000.0;

/// A register held in memory.
#[derive(Debug)]
pub struct Register {
    owner: Agency,
    ages: Ages,
    book: RwLock<Book>,
    freshness: RwLock<Freshness>,
}

#[derive(Debug)]
struct Book {
    entries: HashMap<EntryId, Arc<RegisterEntry>>,
    /// Where in the list each entry changed.
    places: HashMap<EntryId, Vec<u64>>,
    index: PersonIndex<EntryId>,
    list: Frontier,
}

impl Default for Book {
    fn default() -> Self {
        let index = PersonIndex::new(Model::for_people(DISTRICT_CHILDREN));
        let (entries, places) = (HashMap::new(), HashMap::new());
        Self { entries, places, index, list: Frontier::default() }
    }
}

/// One entry that was found.
#[derive(Clone, Debug)]
pub struct RegisterMatch {
    /// The entry, whole: it must be projected before it is released.
    pub entry: Arc<RegisterEntry>,
    /// The match's probability in thousandths.
    pub permille: u16,
    /// How well the number fits the name.
    pub number: NumberAgreement,
    /// The day on which it ended, where it has.
    pub ended: Option<Date>,
}

impl RegisterMatch {
    /// `None` for an entry that no longer shows on `today`.
    fn of(
        entry: &Arc<RegisterEntry>,
        today: Date,
        (permille, number): (u16, NumberAgreement),
    ) -> Option<Self> {
        let ended = match entry.standing(today) {
            Standing::Current => None,
            Standing::RecentlyEnded(day) => Some(day),
            Standing::Past => return None,
        };
        Some(Self { entry: Arc::clone(entry), permille, number, ended })
    }
}

/// What a search of one register found. Each child is a group of entries that stand on the given day, current or recently ended.
#[derive(Clone, Debug)]
pub enum RegisterSearch {
    /// One certain child, with all their entries.
    One(Vec<RegisterMatch>),
    /// Several possible children, or one that isn't certain.
    Several(Vec<Vec<RegisterMatch>>),
    /// Nobody, and the search was whole.
    Nobody,
    /// Too little to search by, or too many to weigh: it says nothing about the child.
    TooLittle,
}

impl Register {
    /// An empty register, never confirmed, that may be so many seconds old before it counts as not confirmed.
    pub fn new(owner: Agency, stale_after_s: u64) -> Self {
        let ages = Ages { unheard: stale_after_s, source: stale_after_s };
        Self { owner, ages, book: RwLock::default(), freshness: RwLock::default() }
    }

    /// What its source says may be this old, in seconds: a file that a case system writes once a day. Whether somebody is heard at all
    /// stays held against the usual limit.
    #[must_use]
    pub const fn with_source_age(mut self, seconds: u64) -> Self {
        self.ages.source = seconds;
        self
    }

    /// Whose register.
    pub const fn owner(&self) -> &Agency {
        &self.owner
    }

    /// When it was last known to be right, and how many seconds that may lie back.
    pub fn last(&self) -> (Option<Timestamp>, u64) {
        self.freshness.read().last(self.ages)
    }

    /// How sure its state is at `now`.
    pub fn confirmed(&self, now: Timestamp) -> Confirmed {
        let freshness = self.freshness.read().clone();
        let silent = freshness.silent(self.ages, now);
        Confirmed {
            agency: self.owner.clone(),
            as_at: freshness.confirmed,
            stale: silent.is_some(),
            silent,
            phones: freshness.phones,
        }
    }

    /// Sets the moment for which the owner confirmed it, and whom to ring; what is `None` stays as it was.
    pub fn confirm(&self, confirmed: Option<AsAt>, phones: Option<RegisterPhones>) {
        let mut freshness = self.freshness.write();
        if confirmed.is_some() {
            freshness.confirmed = confirmed;
        }
        if phones.is_some() {
            freshness.phones = phones;
        }
    }

    /// The owner's node, or the source, was heard.
    pub fn heard(&self, at: Timestamp) {
        self.freshness.write().heard = Some(at);
    }

    /// Takes one change over: `leaf` is its JSON text, as the root covers it.
    pub fn apply(&self, change: RegisterChange, leaf: &[u8]) {
        let mut book = self.book.write();
        let place = book.list.size();
        book.list.push(leaf);
        let entry = change.entry;
        book.places.entry(entry.id.clone()).or_default().push(place);
        book.index.insert(entry.id.clone(), &entry.subject);
        book.entries.insert(entry.id.clone(), Arc::new(entry));
    }

    /// Forgets everything.
    pub fn clear(&self) {
        *self.book.write() = Book::default();
        *self.freshness.write() = Freshness::default();
    }

    /// The number of changes.
    pub fn size(&self) -> u64 {
        self.book.read().list.size()
    }

    /// The number of changes and the root over them.
    pub fn size_and_root(&self) -> (u64, String) {
        let book = self.book.read();
        (book.list.size(), book.list.root().to_string())
    }

    /// The root that the list would have with these leaves after those it has.
    pub(super) fn root_with(&self, leaves: &[String]) -> String {
        let mut list = self.book.read().list.clone();
        for leaf in leaves {
            list.push(leaf.as_bytes());
        }
        list.root().to_string()
    }

    /// The number of entries that stand on `today`, current ones and recently ended ones.
    pub fn standing(&self, today: Date) -> (usize, usize) {
        let book = self.book.read();
        let (mut current, mut ended) = (0, 0);
        for entry in book.entries.values() {
            match entry.standing(today) {
                Standing::Current => current += 1,
                Standing::RecentlyEnded(_) => ended += 1,
                Standing::Past => {}
            }
        }
        (current, ended)
    }

    /// One entry, whole, for the node's own work: nothing of it may be shown or told.
    pub(crate) fn known(&self, id: &EntryId) -> Option<Arc<RegisterEntry>> {
        self.book.read().entries.get(id).cloned()
    }

    /// Where in the list an entry changed.
    pub(super) fn places(&self, id: &EntryId) -> Vec<u64> {
        self.book.read().places.get(id).cloned().unwrap_or_default()
    }

    /// Everybody who may be meant, whatever has become of their entries.
    pub(super) fn everybody(&self, _permit: &Permit, subject: &Subject) -> Vec<Arc<RegisterEntry>> {
        let book = self.book.read();
        let search = book.index.search(subject, Limits::default());
        let candidates = search.candidates().iter();
        let keys = candidates.flat_map(|found| std::iter::once(&found.key).chain(&found.same));
        keys.filter_map(|key| book.entries.get(key).cloned()).collect()
    }

    pub(super) fn entries(&self) -> HashMap<EntryId, Arc<RegisterEntry>> {
        self.book.read().entries.clone()
    }

    /// One entry, whole: it must be projected before it is released.
    pub(crate) fn entry(&self, _permit: &Permit, id: &EntryId) -> Option<Arc<RegisterEntry>> {
        self.book.read().entries.get(id).cloned()
    }

    /// Entries that stand on that day and of which something is so, whole: they must be projected before they are released.
    pub(crate) fn standing_where(
        &self,
        _permit: &Permit,
        today: Date,
        is_so: impl Fn(&RegisterEntry) -> bool,
    ) -> Vec<Arc<RegisterEntry>> {
        let book = self.book.read();
        let stands = |entry: &&Arc<RegisterEntry>| entry.standing(today) != Standing::Past;
        book.entries.values().filter(|entry| is_so(entry)).filter(stands).cloned().collect()
    }

    /// One entry, for who it is and whether it is sealed: nothing of it is shown.
    pub(crate) fn identity(&self, _: &HistoryPermit, id: &EntryId) -> Option<Arc<RegisterEntry>> {
        self.book.read().entries.get(id).cloned()
    }

    /// Searches for a child. Needs a permit: even a match tells that somebody is known.
    pub fn search(&self, permit: &Permit, subject: &Subject, today: Date) -> RegisterSearch {
        self.search_telling(permit, subject, today).0
    }

    /// The same, telling whether more children are possible than it names.
    pub(crate) fn search_telling(
        &self,
        _permit: &Permit,
        subject: &Subject,
        today: Date,
    ) -> (RegisterSearch, bool) {
        let book = self.book.read();
        let search = book.index.search(subject, Limits::default());
        let reach = search.reach;
        let certain = matches!(search.outcome, Outcome::One(_));
        let groups: Vec<Vec<RegisterMatch>> = search
            .candidates()
            .iter()
            .map(|candidate| book.group(candidate, today))
            .filter(|group| !group.is_empty())
            .collect();
        let found = match (groups.len(), reach) {
            (0, Reach::Whole) => RegisterSearch::Nobody,
            (0, _) => RegisterSearch::TooLittle,
            (1, _) if certain => RegisterSearch::One(groups.into_iter().flatten().collect()),
            _ => RegisterSearch::Several(groups),
        };
        let more = reach == Reach::Cut && matches!(found, RegisterSearch::Several(_));
        (found, more)
    }
}

impl RegisterSearch {
    /// The child of one entry, chosen by the asker from an earlier answer: certain, because a person said so. Only whom the search finds
    /// can be chosen, so that an entry's reference alone opens nothing; otherwise the answer stays as it was.
    pub(crate) fn choose(self, chosen: &EntryId) -> Self {
        let Self::Several(groups) = self else { return self };
        let is_chosen = |group: &&Vec<RegisterMatch>| {
            group.iter().any(|hit| hit.entry.id == *chosen && hit.entry.sealed.is_none())
        };
        match groups.iter().find(is_chosen) {
            Some(group) => Self::One(group.clone()),
            None => Self::Several(groups),
        }
    }
}

impl Book {
    fn group(&self, candidate: &Candidate<EntryId>, today: Date) -> Vec<RegisterMatch> {
        let keys = std::iter::once(&candidate.key).chain(&candidate.same);
        keys.filter_map(|key| self.entries.get(key))
            .filter_map(|entry| {
                RegisterMatch::of(entry, today, (candidate.permille(), candidate.number))
            })
            .collect()
    }
}
