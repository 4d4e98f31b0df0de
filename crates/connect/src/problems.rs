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
    /// Whether it keeps a register.
    pub keeps_register: bool,
}

/// A source that can't be used: each problem names the place in the configuration and what to do. For the operator; no value of a
/// row is repeated.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub struct Unusable {
    /// At least one.
    pub problems: Vec<String>,
    /// The source did not answer, or answered that it is not well now: nothing is known against its configuration.
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
    pub fn answered(place: &str, error: &SourceError) -> Self {
        Self { problems: vec![format!("{place}: {error}")], no_answer: passes(error) }
    }
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problems.join("\n"))
    }
}

/// What passes without a change of this node's configuration. The texts are this crate's own.
fn passes(error: &SourceError) -> bool {
    // A server or gateway that is not well or busy; a certificate that somebody has to renew; PostgreSQL's classes of what it lacks,
    // of what its operator does, and of its own system; SQLite's busy and locked.
    const BEGINNINGS: [&str; 7] = [
        "HTTP 5",
        "HTTP 429",
        "its certificate has expired",
        "its certificate is not valid yet",
        "SQL error 53",
        "SQL error 57",
        "SQL error 58",
    ];
    match error {
        SourceError::Unreachable | SourceError::TimedOut => true,
        SourceError::Unauthorised => false,
        SourceError::Failed(what) => {
            BEGINNINGS.iter().any(|beginning| what.starts_with(beginning))
                || matches!(what.as_str(), "SQL error 5" | "SQL error 6")
        }
        SourceError::Garbled(what) => what == "the answer broke off",
    }
}
