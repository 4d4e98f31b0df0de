//! What becomes of alarms and of notifications. Neither says anything about a child.

use jiff::Timestamp;
use kinfold_domain::EmployeeId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Asker;
use crate::{
    feeds::{AlarmStep, FeedId},
    notifications::{Destination, Event, Notification},
};

/// A step of an alarm. Durable before anybody is told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlarmChanged {
    /// When.
    pub at: Timestamp,
    /// Which alarm.
    pub alarm: Uuid,
    /// Which feed.
    pub feed: FeedId,
    /// What happened.
    pub what: AlarmStep,
    /// When the feed was last heard.
    pub since: Timestamp,
    /// Who is told of this step.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub told: Vec<EmployeeId>,
    /// Who did it, where an employee did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Asker>,
}

/// A step of a notification that could not be delivered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NotificationStep {
    /// When.
    pub at: Timestamp,
    /// Which notification.
    pub notification: Uuid,
    /// What it says.
    pub event: Event,
    /// Whom it tells.
    pub to: Destination,
    /// `put-aside`, `sent-again`, `given-up`.
    pub what: String,
    /// How often it was tried by then.
    pub tries: u32,
    /// Who decided, where an employee did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Asker>,
}

impl NotificationStep {
    /// It was tried often enough.
    pub const PUT_ASIDE: &'static str = "put-aside";
    /// An operator has it tried again.
    pub const SENT_AGAIN: &'static str = "sent-again";
    /// An operator gave it up.
    pub const GIVEN_UP: &'static str = "given-up";

    pub(crate) fn of(known: &Notification, at: Timestamp, what: &str, by: Option<Asker>) -> Self {
        Self {
            at,
            notification: known.id,
            event: known.event,
            to: known.to.clone(),
            what: what.to_owned(),
            tries: known.tries,
            by,
        }
    }
}
