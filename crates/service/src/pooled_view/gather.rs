//! What this agency itself can tell about a child: its people, its register, its sources, asked live and side by side.

use std::{sync::Arc, time::Duration};

use hmac::{Hmac, KeyInit, Mac};
use kinfold_domain::{
    AgencyId, AsAt, Category, Demographics, Fact, FactContent, PersonId, SealedDesk, Source,
    Subject, Telephone,
};
use kinfold_matching::Outcome;
use sha2::Sha256;

use super::Candidate;
use crate::{
    Permit,
    feeds::{People, demographics_of},
    ports::{Clock, PeopleStore, SourceError, SourceSystem},
    records::{About, SourceOutcome},
    register::{Register, RegisterMatch, RegisterSearch, project},
    today,
};

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
    Nobody,
    Sealed(SealedDesk),
    Several(Vec<Candidate>),
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
            Err(several) => return Gathered::nothing(Meant::Several(several)),
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

    /// The records of one certain person, none, or several persons to choose from.
    async fn find(
        &self,
        permit: &Permit,
        subject: &Subject,
        choice: Option<&PersonId>,
    ) -> Result<Vec<PersonId>, Vec<Candidate>> {
        let search = self.people.search(permit, subject);
        if let Some(choice) = choice {
            // Only what the search finds can be chosen: a made-up identifier opens nothing.
            let found =
                search.candidates().iter().find(|c| c.key == *choice || c.same.contains(choice));
            return Ok(found.map(|c| records(&c.key, &c.same)).unwrap_or_default());
        }
        match &search.outcome {
            Outcome::None => Ok(Vec::new()),
            Outcome::One(one) => Ok(records(&one.key, &one.same)),
            Outcome::Several(several) => {
                let mut candidates = Vec::new();
                for found in several {
                    // A sealed one among several is not told apart by anything.
                    if self.people.is_sealed(&found.key) {
                        continue;
                    }
                    let known = demographics_of(&*self.store, &found.key).await.ok().flatten();
                    candidates.extend(known.map(|demographics| Candidate {
                        person: found.key.clone(),
                        demographics: visible(permit, demographics),
                        number: found.number,
                        permille: found.permille(),
                    }));
                }
                Err(candidates)
            }
        }
    }

    fn desk(&self, person: &PersonId) -> SealedDesk {
        let reference = reference(&self.sealed_desk.reference_key, person);
        let terms = &self.sealed_desk;
        SealedDesk { desk: terms.desk.clone(), telephone: terms.telephone.clone(), reference }
    }

    /// Adds what the own register says; answers the desk when the entry is sealed.
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
        let RegisterSearch::One(hits) = register.search(permit, &subject, today(now)) else {
            return None;
        };
        let as_at = register.confirmed(now).as_at.unwrap_or(AsAt(now));
        for hit in &hits {
            gathered.about.entries.push((self.own.clone(), hit.entry.id.clone()));
            gathered.about.nhs_numbers.extend(hit.entry.subject.nhs_number);
        }
        if let Some(desk) = hits.iter().find_map(|hit| hit.entry.sealed.clone()) {
            return Some(desk);
        }
        let facts = hits.iter().flat_map(|hit| register_facts(permit, &self.own, hit, as_at));
        gathered.facts.extend(facts);
        let count = u32::try_from(hits.len()).unwrap_or(u32::MAX);
        gathered.sources.push(outcome(&self.own, "register", Ok(count)));
        None
    }

    async fn take_sources(&self, permit: &Permit, people: &[PersonId], gathered: &mut Gathered) {
        let asking = people.iter().flat_map(|person| {
            let of_person = self.sources.iter().filter(|s| s.name() == person.source);
            of_person.map(move |source| self.ask_source(permit, source, person))
        });
        for (outcome, facts) in futures::future::join_all(asking).await {
            gathered.sources.push(outcome);
            let permitted = facts.into_iter().filter(|fact| permit.allows(fact.category()));
            gathered.facts.extend(permitted);
        }
    }

    async fn ask_source(
        &self,
        permit: &Permit,
        source: &Arc<dyn SourceSystem>,
        person: &PersonId,
    ) -> (SourceOutcome, Vec<Fact>) {
        let asked = tokio::time::timeout(self.deadline, source.facts(permit, person)).await;
        let facts = asked.unwrap_or(Err(SourceError::TimedOut));
        let count = facts
            .as_ref()
            .map(|f| u32::try_from(f.len()).unwrap_or(u32::MAX))
            .map_err(Clone::clone);
        (outcome(&self.own, source.name(), count), facts.unwrap_or_default())
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

/// What tells several people apart, as far as it may be seen.
fn visible(permit: &Permit, mut known: Demographics) -> Demographics {
    if !permit.allows(Category::Address) {
        known.address = None;
        known.former_postcodes.clear();
    }
    known
}

fn outcome(agency: &AgencyId, system: &str, facts: Result<u32, SourceError>) -> SourceOutcome {
    let failure = facts.as_ref().err().map(ToString::to_string);
    let (agency, system) = (agency.clone(), system.to_owned());
    SourceOutcome { agency, system, facts: facts.ok(), failure }
}

/// An entry as facts by category, each under its own clause.
pub(super) fn register_facts(
    permit: &Permit,
    owner: &AgencyId,
    hit: &RegisterMatch,
    as_at: AsAt,
) -> Vec<Fact> {
    let source = Source {
        agency: owner.clone(),
        system: "register".to_owned(),
        record: hit.entry.id.to_string(),
    };
    let mut entry = project(&hit.entry, |category| permit.allows(category));
    if !permit.allows(Category::Address) {
        entry.subject.address = None;
        entry.subject.former_postcodes.clear();
    }
    let contacts = std::mem::take(&mut entry.professionals).into_iter().map(FactContent::Contact);
    let household = std::mem::take(&mut entry.household).into_iter().map(FactContent::Household);
    let contents = contacts.chain(household).chain([FactContent::Register(Box::new(entry))]);
    contents
        .filter(|content| permit.allows(content.category()))
        .map(|content| Fact { content, source: source.clone(), as_at })
        .collect()
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
