//! The node's index of its own people: identity only, sealed at rest.

use async_trait::async_trait;
use jiff::Timestamp;
use kinfold_domain::{Person, PersonId};

use super::{Cursor, PortError, Rejected, RowsToMend};

/// How reading a source stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SourceProgress {
    /// Where to go on.
    pub cursor: Option<Cursor>,
    /// When the last whole read (which also notices who is gone) ended.
    pub swept: Option<Timestamp>,
    /// When the source last answered.
    pub answered: Option<Timestamp>,
}

/// Keeps people between starts, with the rows that can't be loaded.
#[async_trait]
#[allow(clippy::too_many_arguments, reason = "one transaction writes them all")]
pub trait PeopleStore: RowsToMend {
    /// Stores one page in one transaction: people put, people gone, rows to mend met at `progress.answered`, progress. What a page
    /// loads is mended; so is, once a whole reading ended, every row that says who somebody is and was not met since it began.
    async fn save_page(
        &self,
        source: &str,
        people: &[Person],
        gone: &[PersonId],
        rejected: &[Rejected],
        progress: &SourceProgress,
    ) -> Result<(), PortError>;

    /// All people, handed over one at a time, so that a start needs no second copy in memory.
    async fn each_person(&self, take: &mut (dyn FnMut(Person) + Send)) -> Result<(), PortError>;

    /// One person.
    async fn person(&self, id: &PersonId) -> Result<Option<Person>, PortError>;

    /// How reading a source stands.
    async fn progress(&self, source: &str) -> Result<SourceProgress, PortError>;

    /// The number of people of a source.
    async fn count(&self, source: &str) -> Result<u64, PortError>;
}
