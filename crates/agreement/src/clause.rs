//! A clause: one policy, its number and what it says in plain words.

use std::{fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Serialize};

/// A clause's number: `4.1`, `8.2a`; a node's own rule's: `local-1`. Up to 16 letters, digits, dots and hyphens.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClauseId(String);

/// A text is no clause's number.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a clause's number has 1 to 16 letters, digits, dots and hyphens")]
pub struct ClauseIdError;

impl ClauseId {
    /// The number's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ClauseId {
    type Err = ClauseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
        let good = (1..=16).contains(&text.len()) && text.chars().all(legal);
        if good { Ok(Self(text.to_owned())) } else { Err(ClauseIdError) }
    }
}

impl TryFrom<String> for ClauseId {
    type Error = ClauseIdError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<ClauseId> for String {
    fn from(id: ClauseId) -> Self {
        id.0
    }
}

impl fmt::Display for ClauseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a clause gives or takes.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// It permits.
    Permit,
    /// It forbids, and beats every permit.
    Forbid,
}

/// Where a clause stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// In the agreement that all parties signed.
    Agreement,
    /// In this node's own rules.
    Local,
}

/// Who is told of a look-up under a clause, though the child did not attend. Every look stands in the ledgers in any case.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Notified {
    /// The child's key worker at the agency whose data it is.
    KeyWorker,
}

impl Notified {
    /// As the annotation names it.
    pub(crate) fn read(text: &str) -> Option<Self> {
        (text == "key-worker").then_some(Self::KeyWorker)
    }

    /// In the middle of a sentence: `the key worker`.
    pub const fn words(self) -> &'static str {
        match self {
            Self::KeyWorker => "the key worker",
        }
    }
}

/// One clause.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Clause {
    pub(crate) id: ClauseId,
    pub(crate) reads: String,
    pub(crate) effect: Effect,
    pub(crate) origin: Origin,
    pub(crate) notifies: Option<Notified>,
}

impl Clause {
    /// Its number.
    pub fn id(&self) -> &ClauseId {
        &self.id
    }

    /// What it says, in the parties' plain words.
    pub fn reads(&self) -> &str {
        &self.reads
    }

    /// Whether it gives or takes.
    pub const fn effect(&self) -> Effect {
        self.effect
    }

    /// Where it stands.
    pub const fn origin(&self) -> Origin {
        self.origin
    }

    /// Who is told of a look-up under it; `None` where such a look-up is silent.
    pub const fn notifies(&self) -> Option<Notified> {
        self.notifies
    }
}

/// The clauses that settled one question, shared by all decisions.
pub(crate) type Clauses = Arc<[Arc<Clause>]>;

/// `4.1, 4.2`
pub(crate) fn numbers(clauses: &[Arc<Clause>]) -> String {
    clauses.iter().map(|clause| clause.id.as_str()).collect::<Vec<_>>().join(", ")
}
