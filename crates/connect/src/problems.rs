//! What `check` says of a source.

use std::fmt;

use kinfold_domain::Categories;
use kinfold_service::ports::SourceError;

/// A source that can be used as it is configured.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Checked {
    /// What it can answer.
    pub categories: Categories,
    /// What an operator should know: searches that the server doesn't serve, columns that nothing reads.
    pub notes: Vec<String>,
}

/// A source that can't be used: each problem names the place in the configuration and what to do. For the operator; no value of a
/// row is repeated.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub struct Unusable {
    /// At least one.
    pub problems: Vec<String>,
    /// The source did not answer, so that nothing is known against its configuration: try again later.
    pub no_answer: bool,
}

impl Unusable {
    /// One problem.
    pub fn one(problem: impl Into<String>) -> Self {
        Self::many(vec![problem.into()])
    }

    /// Several problems, told at once.
    pub(crate) const fn many(problems: Vec<String>) -> Self {
        Self { problems, no_answer: false }
    }

    /// What a source answered instead of what was asked of it, at `place`.
    pub(crate) fn answered(place: &str, error: &SourceError) -> Self {
        let no_answer = matches!(error, SourceError::Unreachable | SourceError::TimedOut);
        Self { problems: vec![format!("{place}: {error}")], no_answer }
    }
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problems.join("\n"))
    }
}
