//! What one source has to say about one person.

use kinfold_domain::{AgencyId, AsAt, Fact, FactContent, Source};
use kinfold_service::ports::Rejected;

/// The facts, and the rows that can't be read: whoever shows the facts should say that there was more.
#[derive(Debug, Default)]
pub struct Gathered {
    /// Facts of the permitted categories, without repetitions.
    pub facts: Vec<Fact>,
    /// Rows that can't be read, by their records.
    pub rejected: Vec<Rejected>,
}

impl Gathered {
    /// Adds a fact unless the same record already said the same.
    pub(crate) fn add(&mut self, fact: Fact) {
        let known = |other: &Fact| {
            other.source.record == fact.source.record && other.content == fact.content
        };
        if !self.facts.iter().any(known) {
            self.facts.push(fact);
        }
    }

    /// Logs what was left out, by count, for those who have no other way to say it.
    pub(crate) fn into_facts(self, source: &str) -> Vec<Fact> {
        if let Some(first) = self.rejected.first() {
            let count = self.rejected.len();
            tracing::warn!(
                source,
                count,
                problem = first.problem,
                "rows about a person can't be read"
            );
        }
        self.facts
    }
}

/// Makes facts of one source at one moment.
#[derive(Clone, Debug)]
pub(crate) struct FactMaker {
    pub(crate) agency: AgencyId,
    pub(crate) system: String,
    pub(crate) as_at: AsAt,
}

impl FactMaker {
    pub(crate) fn fact(&self, record: &str, content: FactContent) -> Fact {
        let source = Source {
            agency: self.agency.clone(),
            system: self.system.clone(),
            record: record.to_owned(),
        };
        Fact { content, source, as_at: self.as_at }
    }
}
