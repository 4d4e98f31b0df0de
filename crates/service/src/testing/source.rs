//! A source system that says what a test has written down for it.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use kinfold_domain::{Categories, Category, Fact, Person, PersonId, RegisterEntry};
use parking_lot::Mutex;

use crate::{
    Permit,
    ports::{
        Cursor, ExtractMark, Gathered, KeptRegister, PeoplePage, Rejected, SourceError,
        SourceSystem,
    },
};

/// How a source answers.
#[derive(Clone, Debug, Default)]
pub enum Answering {
    /// As written down.
    #[default]
    Right,
    /// With this failure.
    Wrong(SourceError),
    /// Never.
    Hanging,
}

type Hook = Arc<dyn Fn() + Send + Sync>;

/// A source system that says what was written down for it, whatever is permitted: what it must not say is left to whoever asks it.
#[derive(Default)]
pub struct ScriptedSource {
    name: String,
    /// How it answers.
    pub answering: Mutex<Answering>,
    /// People, in pages of two.
    pub people: Mutex<Vec<Person>>,
    /// Facts by record.
    pub facts: Mutex<HashMap<String, Vec<Fact>>>,
    /// Rows about a person that can't be read, by record.
    pub unread: Mutex<HashMap<String, Vec<Rejected>>>,
    /// The register, if it keeps one.
    pub register: Mutex<Option<Vec<RegisterEntry>>>,
    /// Whether the register was written out before.
    pub extract: Mutex<Option<ExtractMark>>,
    /// Rows of people or of the register that can't be loaded.
    pub rejected: Mutex<Vec<Rejected>>,
    hook: Mutex<Option<Hook>>,
    asked: AtomicUsize,
}

impl ScriptedSource {
    /// A source of that name that says nothing.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    /// Writes down a person with facts.
    pub fn add(&self, person: Person, facts: Vec<Fact>) {
        self.facts.lock().insert(person.id.record.clone(), facts);
        self.people.lock().push(person);
    }

    /// Writes down a register entry.
    pub fn add_entry(&self, entry: RegisterEntry) {
        self.register.lock().get_or_insert_default().push(entry);
    }

    /// Does something whenever facts are asked for, before they are given.
    pub fn when_asked(&self, hook: impl Fn() + Send + Sync + 'static) {
        *self.hook.lock() = Some(Arc::new(hook));
    }

    /// How often facts were asked for.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// Changes how it answers.
    pub fn answer(&self, answering: Answering) {
        *self.answering.lock() = answering;
    }

    async fn ready(&self) -> Result<(), SourceError> {
        let answering = self.answering.lock().clone();
        match answering {
            Answering::Right => Ok(()),
            Answering::Wrong(error) => Err(error),
            Answering::Hanging => std::future::pending().await,
        }
    }
}

#[async_trait]
impl SourceSystem for ScriptedSource {
    fn name(&self) -> &str {
        &self.name
    }

    fn categories(&self) -> Categories {
        Category::ALL.into_iter().collect()
    }

    async fn people(&self, after: Option<&Cursor>) -> Result<PeoplePage, SourceError> {
        self.ready().await?;
        let from: usize = after.and_then(|cursor| cursor.0.parse().ok()).unwrap_or(0);
        let all = self.people.lock();
        let people: Vec<Person> = all.iter().skip(from).take(2).cloned().collect();
        let next = from + people.len();
        let mut rejected = if from == 0 { self.rejected.lock().clone() } else { Vec::new() };
        rejected.retain(|row| row.category.is_none());
        Ok(PeoplePage {
            people,
            gone: Vec::new(),
            rejected,
            next: Some(Cursor(next.to_string())),
            more: next < all.len(),
        })
    }

    async fn facts(&self, _: &Permit, person: &PersonId) -> Result<Gathered, SourceError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let hook = self.hook.lock().clone();
        if let Some(hook) = hook {
            hook();
        }
        self.ready().await?;
        let facts = self.facts.lock().get(&person.record).cloned().unwrap_or_default();
        let rejected = self.unread.lock().get(&person.record).cloned().unwrap_or_default();
        Ok(Gathered { facts, rejected })
    }

    async fn register(&self) -> Result<Option<KeptRegister>, SourceError> {
        self.ready().await?;
        let entries = self.register.lock().clone();
        let mut rejected = self.rejected.lock().clone();
        rejected.retain(|row| row.category == Some(Category::Register));
        let extract = *self.extract.lock();
        Ok(entries.map(|entries| KeptRegister { entries, rejected, extract }))
    }
}
