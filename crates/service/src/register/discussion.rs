//! A strategy discussion as the register keeps it until something has come of it: about a child who may not be on the register yet.

use jiff::{Timestamp, civil::Date};
use kinfold_domain::{BirthDate, Deadline, Demographics, Due};
use serde::{Deserialize, Serialize};

use crate::records::{Asker, DiscussionId, DiscussionWord};

/// One strategy discussion. About a person: sealed at rest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Discussion {
    /// Which.
    pub id: DiscussionId,
    /// The day of the discussion.
    pub day: Date,
    /// The child; for an unborn child the mother.
    pub subject: Demographics,
    /// Set for an unborn child.
    pub unborn: Option<Unborn>,
    /// Who recorded it, and when.
    pub recorded: (Asker, Timestamp),
    /// What came of it, by whom, and when.
    pub outcome: Option<(DiscussionWord, Asker, Timestamp)>,
}

/// What is known of an unborn child.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Unborn {
    /// Expected date of birth, where it is known.
    pub expected: Option<BirthDate>,
}

impl Discussion {
    /// The last day for the initial conference, until something has come of it.
    pub fn due(&self) -> Option<Due> {
        self.outcome.is_none().then(|| Due::of(Deadline::InitialConference, self.day))
    }
}
