//! Rows that a source can't hand on: work for somebody, kept until they are readable again. Nothing here says anything of a person
//! but the source's own identifier of a row.

use async_trait::async_trait;
use jiff::Timestamp;
use kinfold_domain::{Categories, Category, PersonId};
use serde::{Deserialize, Serialize};

use super::PortError;

/// A row that can't be loaded, or not whole: it becomes work for somebody. Carries no personal data.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Rejected {
    /// What the row is about; `None`: who somebody is, which the index is made of.
    pub category: Option<Category>,
    /// The source's own identifier of the row, where it has a readable one, otherwise its place. Of a row that says who somebody is,
    /// it is the person's.
    pub record: String,
    /// Whether the rest of the row counts all the same.
    pub loaded: bool,
    /// What is wrong and what to do, in a sentence.
    pub problem: String,
}

/// A row that waits for somebody to mend it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct RowToMend {
    /// The row, as it was last read.
    pub row: Rejected,
    /// When it was first met like that.
    pub first_seen: Timestamp,
    /// When it was last met like that.
    pub last_seen: Timestamp,
    /// Its place among the source's rows; another one as soon as it is met again.
    pub place: u64,
    /// It is of facts about one person, whom no reading meets by itself: whoever mended it may say so.
    pub closes_by_hand: bool,
}

/// What one reading covered. A row within it that the reading does not reject any more is readable again, or gone.
#[derive(Clone, Copy, Debug)]
pub enum Covered<'a> {
    /// Everything of one person in these categories, and who they are.
    Person(&'a PersonId, &'a Categories),
    /// The whole register that this source keeps.
    Register(&'a str),
}

impl Covered<'_> {
    /// The source that was read.
    pub fn source(&self) -> &str {
        match self {
            Self::Person(person, _) => &person.source,
            Self::Register(source) => source,
        }
    }

    /// The person whose rows they are, where they are one person's.
    pub const fn person(&self) -> Option<&PersonId> {
        match self {
            Self::Person(person, _) => Some(person),
            Self::Register(_) => None,
        }
    }

    /// The categories that were read.
    pub fn categories(&self) -> Vec<Option<Category>> {
        match self {
            Self::Person(_, categories) => {
                std::iter::once(None).chain(categories.iter().copied().map(Some)).collect()
            }
            Self::Register(_) => vec![Some(Category::Register)],
        }
    }
}

/// Keeps rows to mend between starts.
#[async_trait]
pub trait RowsToMend: Send + Sync {
    /// Notes what a reading at `at` rejected: a row met again keeps when it was first seen, one that is readable again is forgotten.
    async fn note(
        &self,
        covered: Covered<'_>,
        rejected: &[Rejected],
        at: Timestamp,
    ) -> Result<(), PortError>;

    /// Somebody has mended a row of facts: it is forgotten, unless it was met again meanwhile. If it is as it was, the next reading of that
    /// person notes it anew.
    async fn mended_by_hand(&self, source: &str, place: u64) -> Result<(), PortError>;

    /// The rows of a source that wait, the last met first, at most `limit`; with the number of all.
    async fn to_mend(&self, source: &str, limit: u32) -> Result<(u64, Vec<RowToMend>), PortError>;
}

/// One line for each record: what else is wrong with a record is added to its first problem.
pub(crate) fn by_record(rejected: Vec<Rejected>) -> Vec<Rejected> {
    let mut rows: Vec<Rejected> = Vec::with_capacity(rejected.len());
    let mut places = std::collections::HashMap::new();
    for new in rejected {
        let place = *places.entry((new.category, new.record.clone())).or_insert(rows.len());
        let Some(row) = rows.get_mut(place) else {
            rows.push(new);
            continue;
        };
        row.loaded &= new.loaded;
        if !row.problem.contains(&new.problem) {
            row.problem = format!("{}; also {}", row.problem, new.problem);
        }
    }
    rows
}
