//! What this agency itself can tell about a child: its people, its register, its sources, asked live and side by side.

use std::{sync::Arc, time::Duration};

use hmac::{Hmac, KeyInit, Mac};
use kinfold_domain::{
    AgencyId, AsAt, Category, Demographics, Fact, FactContent, PersonId, SealedDesk, Source,
    Subject, Telephone,
};
use kinfold_matching::{Candidate as Found, Outcome, Reach};
use sha2::Sha256;

use super::{
    Candidate,
    cut::{cut, hide_address},
    entry_facts::register_facts,
    unread::unread,
};
use crate::{
    Permit,
    feeds::{People, demographics_of},
    ports::{Clock, Covered, PeopleStore, Rejected, SourceError, SourceSystem, by_record},
    records::{About, SourceOutcome, Unreadable},
    register::{Register, RegisterMatch, RegisterSearch},
    today,
};

/// What a register that could not name one child is said to have answered.
pub(super) const SEVERAL_ENTRIES: &str = "several entries are possible: check the register";
/// What a register is said to have answered when it could not be searched.
pub(super) const TOO_LITTLE: &str = "too little was typed to search the register: check it";
/// What is said beside a register's facts when it was not confirmed in time.
const STALE: &str = "the register is older than its limit";

/// Whom to ring about a child whom this agency's own systems mark as sealed.
#[derive(Clone, Debug)]
pub struct SealedDeskTerms {
    /// The desk's name.
    pub desk: String,
    /// Its telephone.
    pub telephone: Telephone,
    /// Makes references that say nothing: a key of the node's.
    pub reference_key: [u8; 32],
}

impl SealedDeskTerms {
    /// The desk, with the reference of one record.
    pub(crate) fn of(&self, record: &PersonId) -> SealedDesk {
        let reference = reference(&self.reference_key, record);
        SealedDesk { desk: self.desk.clone(), telephone: self.telephone.clone(), reference }
    }
}

/// What this agency holds.
pub struct Holdings {
    /// This agency.
    pub own: AgencyId,
    /// Its people.
    pub people: Arc<People>,
    /// The same at rest.
    pub store: Arc<dyn PeopleStore>,
    /// Its register, if it is a council.
    pub register: Option<Arc<Register>>,
    /// Its sources.
    pub sources: Vec<Arc<dyn SourceSystem>>,
    /// How long a source may take.
    pub deadline: Duration,
    /// Whom to ring about sealed children.
    pub sealed_desk: SealedDeskTerms,
    /// The clock.
    pub clock: Arc<dyn Clock>,
}

/// Whom a subject means here.
pub(super) enum Meant {
    /// Nobody, and the search was whole.
    Nobody,
    /// Too little to search by, or too many to weigh: it says nothing about the child.
    TooLittle,
    Sealed(SealedDesk),
    /// `count` counts sealed ones too, of whom nothing else is told but whom to ring.
    /// `more`: not all who fit are among them.
    Several {
        candidates: Vec<Candidate>,
        count: u32,
        more: bool,
        sealed: Option<SealedDesk>,
    },
    One,
}

/// What was gathered: cut down to the permit, not yet released.
pub(super) struct Gathered {
    pub(super) meant: Meant,
    pub(super) facts: Vec<Fact>,
    pub(super) sources: Vec<SourceOutcome>,
    pub(super) about: About,
}

impl Gathered {
    fn nothing(meant: Meant) -> Self {
        Self { meant, facts: Vec::new(), sources: Vec::new(), about: About::default() }
    }
}

impl Holdings {
    /// Gathers under a permit. `choice` is one of this agency's people, chosen by the asker.
    pub(super) async fn gather(
        &self,
        permit: &Permit,
        subject: &Subject,
        choice: Option<&PersonId>,
    ) -> Gathered {
        let people = match self.find(permit, subject, choice).await {
            Ok(people) => people,
            Err(meant) => return Gathered::nothing(meant),
        };
        let about = About { people: people.clone(), ..About::default() };
        if let Some(sealed) = people.iter().find(|person| self.people.is_sealed(person)) {
            let desk = self.desk(sealed);
            return Gathered { about, ..Gathered::nothing(Meant::Sealed(desk)) };
        }
        let known = match people.first() {
            Some(person) => demographics_of(&*self.store, person).await.ok().flatten(),
            None => None,
        };
        let mut gathered = Gathered { about, ..Gathered::nothing(Meant::Nobody) };
        gathered.about.nhs_numbers.extend(known.as_ref().and_then(|known| known.nhs_number));
        if let Some(desk) = self.take_register(permit, subject, known.as_ref(), &mut gathered) {
            gathered.facts.clear();
            return Gathered { meant: Meant::Sealed(desk), ..gathered };
        }
        self.take_sources(permit, &people, &mut gathered).await;
        if !people.is_empty() || !gathered.about.entries.is_empty() {
            gathered.meant = Meant::One;
            self.take_existence(permit, &people, &mut gathered);
        }
        gathered
    }

    /// The records of one certain person, none, or why it can't be said.
    async fn find(
        &self,
        permit: &Permit,
        subject: &Subject,
        choice: Option<&PersonId>,
    ) -> Result<Vec<PersonId>, Meant> {
        let search = self.people.search(permit, subject);
        // Only whom the search finds can be chosen: a made-up identifier opens nothing, and changes nothing.
        let chosen = choice.and_then(|choice| {
            search.candidates().iter().find(|c| c.key == *choice || c.same.contains(choice))
        });
        if let Some(chosen) = chosen {
            return Ok(records(&chosen.key, &chosen.same));
        }
        match (&search.outcome, search.reach) {
            (Outcome::One(one), _) => Ok(records(&one.key, &one.same)),
            (Outcome::Several(several), reach) => {
                Err(self.several(permit, several, reach == Reach::Cut).await)
            }
            (Outcome::None, Reach::Whole) => Ok(Vec::new()),
            (Outcome::None, _) => Err(Meant::TooLittle),
        }
    }

    async fn several(&self, permit: &Permit, found: &[Found<PersonId>], more: bool) -> Meant {
        let (mut candidates, mut sealed) = (Vec::new(), None);
        for one in found {
            // A sealed one among several is not told apart by anything.
            let is_sealed = |person: &&PersonId| self.people.is_sealed(person);
            if let Some(person) = std::iter::once(&one.key).chain(&one.same).find(is_sealed) {
                sealed = Some(self.desk(person));
                continue;
            }
            candidates.extend(self.candidate(permit, one).await);
        }
        let count = u32::try_from(found.len()).unwrap_or(u32::MAX);
        Meant::Several { candidates, count, more, sealed }
    }

    /// Who one of several is, if identity may be seen.
    async fn candidate(&self, permit: &Permit, one: &Found<PersonId>) -> Option<Candidate> {
        if !permit.allows(Category::Demographics) {
            return None;
        }
        let known = demographics_of(&*self.store, &one.key).await;
        let mut demographics = known.ok().flatten()?;
        hide_address(permit, &mut demographics);
        let (person, number, permille) = (one.key.clone(), one.number, one.permille());
        Some(Candidate { person, demographics, number, permille })
    }

    /// Whom to ring about a sealed person, and what to quote.
    pub(crate) fn desk(&self, person: &PersonId) -> SealedDesk {
        self.sealed_desk.of(person)
    }

    /// Adds what the own register says; answers the desk when the entry is sealed. A seal is looked for whatever is permitted, for it
    /// hides what other sources would show.
    fn take_register(
        &self,
        permit: &Permit,
        subject: &Subject,
        known: Option<&Demographics>,
        gathered: &mut Gathered,
    ) -> Option<SealedDesk> {
        let register = self.register.as_ref()?;
        let now = self.clock.now();
        let subject = known.map_or_else(|| subject.clone(), Subject::from);
        let (hits, unsaid) = match register.search(permit, &subject, today(now)) {
            RegisterSearch::One(hits) => (hits, None),
            RegisterSearch::Several(_) => (Vec::new(), Some(SEVERAL_ENTRIES)),
            RegisterSearch::TooLittle => (Vec::new(), Some(TOO_LITTLE)),
            RegisterSearch::Nobody => (Vec::new(), None),
        };
        if let Some(desk) = hits.iter().find_map(|hit| hit.entry.sealed.clone()) {
            self.take_entries(&hits, gathered);
            return Some(desk);
        }
        if !permit.allows(Category::Register) {
            return None;
        }
        self.take_entries(&hits, gathered);
        let confirmed = register.confirmed(now);
        let as_at = confirmed.as_at.unwrap_or(AsAt(now));
        let facts = hits.iter().flat_map(|hit| register_facts(permit, &self.own, hit, as_at));
        let before = gathered.facts.len();
        gathered.facts.extend(facts);
        let count = u32::try_from(gathered.facts.len() - before).unwrap_or(u32::MAX);
        let failure = unsaid.or(confirmed.stale.then_some(STALE)).map(str::to_owned);
        gathered.sources.push(SourceOutcome {
            agency: self.own.clone(),
            system: "register".to_owned(),
            facts: unsaid.is_none().then_some(count),
            failure,
            took_us: None,
            unread: Unreadable::default(),
        });
        None
    }

    fn take_entries(&self, hits: &[RegisterMatch], gathered: &mut Gathered) {
        for hit in hits {
            gathered.about.entries.push((self.own.clone(), hit.entry.id.clone()));
            gathered.about.nhs_numbers.extend(hit.entry.subject.nhs_number);
        }
        gathered.about.nhs_numbers.sort_unstable();
        gathered.about.nhs_numbers.dedup();
    }

    async fn take_sources(&self, permit: &Permit, people: &[PersonId], gathered: &mut Gathered) {
        let asking = people.iter().flat_map(|person| {
            let of_person = self.sources.iter().filter(|s| s.name() == person.source);
            of_person.map(move |source| self.ask_source(permit, source, person))
        });
        for (outcome, facts) in futures::future::join_all(asking).await {
            gathered.sources.push(outcome);
            gathered.facts.extend(facts);
        }
    }

    async fn ask_source(
        &self,
        permit: &Permit,
        source: &Arc<dyn SourceSystem>,
        person: &PersonId,
    ) -> (SourceOutcome, Vec<Fact>) {
        let began = tokio::time::Instant::now();
        let asked = tokio::time::timeout(self.deadline, source.facts(permit, person)).await;
        let took_us = u32::try_from(began.elapsed().as_micros()).ok();
        let mut outcome = SourceOutcome {
            agency: self.own.clone(),
            system: source.name().to_owned(),
            facts: None,
            failure: None,
            took_us,
            unread: Unreadable::default(),
        };
        let told = match asked.unwrap_or(Err(SourceError::TimedOut)) {
            Ok(told) => told,
            Err(error) => {
                outcome.failure = Some(error.to_string());
                return (outcome, Vec::new());
            }
        };
        let rejected = by_record(told.rejected);
        outcome.unread = unread(permit, &rejected);
        self.keep_work(permit, person, &rejected).await;
        let facts: Vec<Fact> =
            told.facts.into_iter().filter_map(|fact| cut(permit, &self.own, fact)).collect();
        outcome.facts = Some(u32::try_from(facts.len()).unwrap_or(u32::MAX));
        (outcome, facts)
    }

    /// Keeps the rows that could not be read as somebody's work. The view says itself what is missing, so it does not fail with this.
    async fn keep_work(&self, permit: &Permit, person: &PersonId, rejected: &[Rejected]) {
        let categories = permit.categories();
        let covered = Covered::Person(person, &categories);
        if let Err(error) = self.store.note(covered, rejected, self.clock.now()).await {
            let (source, rows) = (&person.source, rejected.len());
            tracing::error!(
                source,
                rows,
                error = &error as &dyn std::error::Error,
                "rows that can't be read could not be kept as work"
            );
        }
    }

    fn take_existence(&self, permit: &Permit, people: &[PersonId], gathered: &mut Gathered) {
        if !permit.allows(Category::Existence) {
            return;
        }
        let as_at = AsAt(self.clock.now());
        gathered.facts.extend(people.iter().map(|person| Fact {
            content: FactContent::Existence,
            source: Source {
                agency: self.own.clone(),
                system: person.source.clone(),
                record: person.record.clone(),
            },
            as_at,
        }));
    }
}

fn records(key: &PersonId, same: &[PersonId]) -> Vec<PersonId> {
    std::iter::once(key).chain(same).cloned().collect()
}

/// A reference that the desk can compute again and nobody else can read: ten hex digits of an HMAC.
fn reference(key: &[u8; 32], person: &PersonId) -> String {
    // A key of any length is a key for HMAC (RFC 2104): this can't fail.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return String::new() };
    mac.update(person.source.as_bytes());
    mac.update(&[0]);
    mac.update(person.record.as_bytes());
    let digits = hex::encode(mac.finalize().into_bytes());
    format!("S-{}", digits[..10].to_uppercase())
}
