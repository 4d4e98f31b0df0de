//! One alarm: a feed that stopped, who was told of it and when, who sees to it, until it is heard again.

use jiff::Timestamp;
use kinfold_domain::EmployeeId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::signal::FeedId;
use crate::records::Asker;

/// A step of an alarm.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AlarmStep {
    /// The feed stopped.
    Raised,
    /// Nobody saw to it in time: somebody else is told.
    Escalated,
    /// An employee sees to it.
    Taken,
    /// It is heard again.
    Over,
}

impl AlarmStep {
    /// Its name, as ledgers have it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Raised => "raised",
            Self::Escalated => "escalated",
            Self::Taken => "taken",
            Self::Over => "over",
        }
    }
}

/// Somebody who was told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// Who.
    pub who: Asker,
    /// When.
    pub at: Timestamp,
}

/// A feed that stopped.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FeedAlarm {
    /// Identity.
    pub id: Uuid,
    /// Which feed.
    pub feed: FeedId,
    /// Since when nothing was heard of it.
    pub since: Timestamp,
    /// When that was too long.
    pub raised: Timestamp,
    /// Who was told, in order.
    pub told: Vec<Told>,
    /// Who sees to it.
    pub taken: Option<Told>,
    /// When it was heard again.
    pub over: Option<Timestamp>,
}

impl FeedAlarm {
    /// Whether an employee was told of it.
    pub fn was_told(&self, employee: EmployeeId) -> bool {
        self.told.iter().any(|told| told.who.employee == employee)
    }

    /// Everybody who knows of it: told, or seeing to it.
    pub(super) fn knowing(&self) -> Vec<EmployeeId> {
        let known = self.told.iter().chain(&self.taken);
        let mut known: Vec<EmployeeId> = known.map(|told| told.who.employee).collect();
        known.sort_unstable();
        known.dedup();
        known
    }
}
