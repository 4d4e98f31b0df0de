//! Notifications at rest, and the way out.

use async_trait::async_trait;
use jiff::Timestamp;
use kinfold_domain::EmailAddress;
use uuid::Uuid;

use super::PortError;
use crate::{
    feeds::FeedAlarm,
    notifications::{Event, Notification, Undelivered},
};

/// Keeps notifications until they are delivered.
#[async_trait]
pub trait NotificationStore: Send + Sync {
    /// How many entries of the ledger were gone through; `None` before the first time.
    async fn announced(&self) -> Result<Option<u64>, PortError>;

    /// Adds notifications and moves that place, in one transaction. One that is known already stays as it is.
    async fn announce(&self, new: &[Notification], upto: u64) -> Result<(), PortError>;

    /// Those whose time to be tried has come, the longest due first.
    async fn due_notifications(
        &self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<Notification>, PortError>;

    /// Puts one as it now stands.
    async fn put_notification(&self, notification: &Notification) -> Result<(), PortError>;

    /// One.
    async fn notification(&self, id: Uuid) -> Result<Option<Notification>, PortError>;

    /// Those that were put aside, the oldest first.
    async fn put_aside(&self, limit: u32) -> Result<Vec<Notification>, PortError>;

    /// How many wait, and how many were put aside.
    async fn notification_counts(&self) -> Result<(u64, u64), PortError>;

    /// Forgets those that were delivered or given up before a moment.
    async fn forget_notifications(&self, before: Timestamp) -> Result<(), PortError>;
}

/// Where a letter goes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum LetterTo {
    /// By e-mail.
    Address(EmailAddress),
    /// To a webhook, by its name in the configuration.
    Webhook(String),
}

/// A notification as it leaves.
#[derive(Clone, Debug, PartialEq)]
pub struct Letter {
    /// Its identity, the same whenever it is sent.
    pub id: Uuid,
    /// What it says.
    pub event: Event,
    /// What it is about, opaque.
    pub matter: Uuid,
    /// When what it says happened.
    pub at: Timestamp,
    /// Where it goes.
    pub to: LetterTo,
}

/// The way out.
#[async_trait]
pub trait Carrier: Send + Sync {
    /// Tries once, within a time of its own; `Ok` only when the other side took it.
    async fn carry(&self, letter: &Letter, now: Timestamp) -> Result<(), Undelivered>;
}

/// Keeps alarms of feeds that stopped.
#[async_trait]
pub trait AlarmStore: Send + Sync {
    /// Puts one as it now stands.
    async fn put_alarm(&self, alarm: &FeedAlarm) -> Result<(), PortError>;

    /// Those that are not over, and those that were raised at or after a moment.
    async fn alarms(&self, since: Timestamp) -> Result<Vec<FeedAlarm>, PortError>;
}
