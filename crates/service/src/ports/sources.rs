//! Source systems: an agency's existing systems of record, read live.

use async_trait::async_trait;
use kinfold_domain::{AsAt, Categories, Fact, Person, PersonId, RegisterEntry};
use serde::{Deserialize, Serialize};

use super::Rejected;
use crate::Permit;

/// How far a source's people have been read. Opaque: the connector's own words.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(pub String);

/// One page of a source's people.
#[derive(Debug, Default)]
pub struct PeoplePage {
    /// People as they stand now.
    pub people: Vec<Person>,
    /// People whom the source says are gone (deleted, merged away, inactive).
    pub gone: Vec<PersonId>,
    /// Rows that can't be loaded.
    pub rejected: Vec<Rejected>,
    /// Where to go on; `None` when the source had nothing at all.
    pub next: Option<Cursor>,
    /// Whether more is waiting right now.
    pub more: bool,
}

/// What one source has to say about one person.
#[derive(Debug, Default)]
pub struct Gathered {
    /// Facts of the permitted categories, without repetitions.
    pub facts: Vec<Fact>,
    /// Rows that can't be read, or not whole: whoever shows the facts says that there was more.
    pub rejected: Vec<Rejected>,
}

impl Gathered {
    /// Adds a fact unless the same record already said the same.
    pub fn add(&mut self, fact: Fact) {
        let known = |other: &Fact| {
            other.source.record == fact.source.record && other.content == fact.content
        };
        if !self.facts.iter().any(known) {
            self.facts.push(fact);
        }
    }
}

/// A register as its source shows it.
#[derive(Clone, Debug, Default)]
pub struct KeptRegister {
    /// All entries, with what ended within the last two years.
    pub entries: Vec<RegisterEntry>,
    /// Rows that can't be loaded, or not whole.
    pub rejected: Vec<Rejected>,
    /// `None`: it is as it stands now. Otherwise it was written out before.
    pub extract: Option<ExtractMark>,
}

/// What sets an extract apart from a live reading.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ExtractMark {
    /// The moment for which it is known to be all.
    pub as_at: AsAt,
    /// A row does not say which plan it is about: what seems missing may be that one.
    pub nameless: bool,
}

impl From<(Vec<RegisterEntry>, Vec<Rejected>)> for KeptRegister {
    fn from((entries, rejected): (Vec<RegisterEntry>, Vec<Rejected>)) -> Self {
        Self { entries, rejected, extract: None }
    }
}

/// Why a source did not answer. No variant's text carries personal data.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "failure", content = "detail", rename_all = "kebab-case")]
pub enum SourceError {
    /// No connection.
    #[error("the source could not be reached")]
    Unreachable,
    /// It took longer than its deadline.
    #[error("the source did not answer in time")]
    TimedOut,
    /// It refused this node's credentials.
    #[error("the source refused this node's credentials")]
    Unauthorised,
    /// It answered with an error of its own; the text is a code or status, no free text of the source.
    #[error("the source answered with an error: {0}")]
    Failed(String),
    /// What it answered can't be read as what it should be.
    #[error("the source's answer can't be read: {0}")]
    Garbled(String),
}

/// A connector to one source system of this agency.
#[async_trait]
pub trait SourceSystem: Send + Sync {
    /// Its name in the configuration: `pas`, `case-system`. Every `PersonId` and `Source` it makes carries it.
    fn name(&self) -> &str;

    /// The categories that it can answer.
    fn categories(&self) -> Categories;

    /// One page of people: all of them from `None`, or those changed since a cursor. Identity only.
    async fn people(&self, after: Option<&Cursor>) -> Result<PeoplePage, SourceError>;

    /// Facts about one person, asked live, of the categories that the permit allows and this source can answer, with the rows that
    /// can't be read; nothing when the source no longer has the person.
    async fn facts(&self, permit: &Permit, person: &PersonId) -> Result<Gathered, SourceError>;

    /// The whole register, if this source keeps one.
    async fn register(&self) -> Result<Option<KeptRegister>, SourceError>;
}
