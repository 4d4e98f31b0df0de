//! A strategy discussion about a child, from which the clock to the initial conference runs.

use jiff::{Timestamp, civil::Date};
use kinfold_domain::{EntryId, Personal, Purpose};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Asker;

/// One strategy discussion.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct DiscussionId(pub Uuid);

/// A strategy discussion is recorded, or what came of it. About whom stands in the intent of the same ask.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DiscussionStep {
    /// Which.
    pub discussion: DiscussionId,
    /// When this was recorded.
    pub at: Timestamp,
    /// By whom.
    pub by: Asker,
    /// Why they may.
    pub purpose: Purpose,
    /// The day of the discussion.
    pub day: Date,
    /// What.
    pub what: DiscussionWord,
}

/// What is recorded of a strategy discussion.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum DiscussionWord {
    /// It was held.
    Held,
    /// A plan has begun.
    PlanBegins {
        /// As which entry of the register.
        register_entry: EntryId,
    },
    /// There is no plan.
    NoPlan {
        /// Why.
        reason: Personal<String>,
    },
    /// It was entered in error, or the enquiry ended before a conference.
    Cancelled {
        /// Why.
        reason: Personal<String>,
    },
}
