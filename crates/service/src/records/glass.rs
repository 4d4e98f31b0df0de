//! A broken glass: what was opened beyond what may be seen, why, and what governance says of it.

use std::{collections::BTreeMap, str::FromStr};

use jiff::Timestamp;
use kinfold_domain::{AgencyId, AskId, Categories, Personal};
use serde::{Deserialize, Serialize};

use super::Asker;

/// Words that somebody answers for: why the glass is broken, or what a review found. 10 to 500 characters on one line.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Statement(Personal<String>);

/// It says too little, or more than anybody reads.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("say it in 10 to 500 characters")]
pub struct StatementError;

impl Statement {
    /// The words: only for showing to somebody to whom they were released.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl FromStr for Statement {
    type Err = StatementError;

    fn from_str(text: &str) -> Result<Self, StatementError> {
        let words = text.split(|c: char| c.is_whitespace() || c.is_control());
        let line = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
        let fits = (10..=500).contains(&line.chars().count());
        if fits { Ok(Self(line.into())) } else { Err(StatementError) }
    }
}

impl TryFrom<String> for Statement {
    type Error = StatementError;

    fn try_from(text: String) -> Result<Self, StatementError> {
        text.parse()
    }
}

impl From<Statement> for String {
    fn from(reason: Statement) -> Self {
        reason.0.into_exposed()
    }
}

/// That the glass was broken, in an intent and in the disclosure that answers it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct BrokenGlass {
    /// Why, in the asker's words.
    pub reason: Statement,
    /// What nobody would have let them see, by the agency whose data it is.
    pub opened: BTreeMap<AgencyId, Categories>,
}

/// What a review found.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finding {
    /// It was right to open it.
    Justified,
    /// It was not: what follows is said in the words beside it.
    NotJustified,
}

/// Information governance says, by name, what it found when it reviewed a broken glass.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GlassReview {
    /// The ask in which the glass was broken.
    pub ask: AskId,
    /// The place in this ledger of the entry that is reviewed: whoever asks chooses an ask's identity, and may choose one twice.
    pub index: u64,
    /// When it was reviewed.
    pub at: Timestamp,
    /// By whom.
    pub by: Asker,
    /// What was found.
    pub finding: Finding,
    /// In which words.
    pub words: Statement,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_says_something_on_one_line() {
        for (typed, kept) in [
            ("too short", None),
            ("          .", None),
            ("The mother rang:\r\n he is on\this way", Some("The mother rang: he is on his way")),
            (" ten chars ", None),
            ("ten charac", Some("ten charac")),
        ] {
            let read = typed.parse::<Statement>();
            assert_eq!(read.as_ref().ok().map(Statement::expose), kept, "{typed:?}");
        }
        assert!("x".repeat(500).parse::<Statement>().is_ok());
        assert!("é".repeat(500).parse::<Statement>().is_ok());
        assert!("x".repeat(501).parse::<Statement>().is_err());
    }
}
