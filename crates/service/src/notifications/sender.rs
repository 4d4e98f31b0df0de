//! Sends what is due, and remembers what came of it.

use std::sync::Arc;

use futures::{TryStreamExt, stream};
use jiff::{SignedDuration, Timestamp};

use super::outbox::{Destination, Notification, RetryPolicy, Standing, Undelivered};
use crate::{
    journal::{Journal, JournalError},
    ports::{Carrier, Clock, Entropy, Letter, LetterTo, NotificationStore, PortError, StaffStore},
    records::{Entry, NotificationStep},
};

/// Notifications that are under way at a time: one destination that hangs must not hold up the others.
const AT_ONCE: usize = 8;
/// Notifications read at a time.
const BATCH: u32 = 64;
/// How long one that was delivered or given up is remembered: what calls for it may be read again from the ledger.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24 * 90);

/// Why sending stopped. What waits stays, and is tried again.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// The ledger can't be written.
    #[error(transparent)]
    Ledger(#[from] JournalError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] PortError),
}

/// What sending needs.
pub struct SenderParts {
    /// When to try again.
    pub policy: RetryPolicy,
    /// The way out.
    pub carrier: Arc<dyn Carrier>,
    /// Where notifications are kept.
    pub store: Arc<dyn NotificationStore>,
    /// Employees with their addresses.
    pub staff: Arc<dyn StaffStore>,
    /// The ledger.
    pub journal: Journal,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub entropy: Arc<dyn Entropy>,
}

/// Sends notifications.
pub struct Sender {
    parts: SenderParts,
}

impl Sender {
    /// Over these parts.
    pub const fn new(parts: SenderParts) -> Self {
        Self { parts }
    }

    /// Tries everything that is due once; answers how many were tried. One that was sent and could not be noted as sent is sent again:
    /// at least once, with the same identity.
    pub async fn send_due(&self) -> Result<usize, SendError> {
        let now = self.parts.clock.now();
        let before = now.saturating_sub(REMEMBERED).unwrap_or(Timestamp::MIN);
        self.parts.store.forget_notifications(before).await?;
        let due = self.parts.store.due_notifications(now, BATCH).await?;
        let count = due.len();
        let tries =
            stream::iter(due.into_iter().map(|notification| Ok(self.try_one(notification))));
        tries.try_buffer_unordered(AT_ONCE).try_collect::<()>().await?;
        Ok(count)
    }

    async fn try_one(&self, notification: Notification) -> Result<(), SendError> {
        let outcome = self.carry(&notification).await?;
        if let Err(undelivered) = &outcome {
            let (id, event) = (notification.id, notification.event.word());
            tracing::warn!(%id, event, why = %undelivered, "a notification was not delivered");
        }
        let mut chance = [0; 4];
        self.parts.entropy.fill(&mut chance);
        let moment = (self.parts.clock.now(), u32::from_be_bytes(chance));
        let notification = notification.after(outcome, moment, &self.parts.policy);
        if let Standing::PutAside { at } = notification.standing {
            // Recorded first: what is put aside calls for an operator, and that follows from the ledger.
            let step = NotificationStep::of(&notification, at, NotificationStep::PUT_ASIDE, None);
            self.parts.journal.record(Entry::Notification(Box::new(step))).await?;
        }
        Ok(self.parts.store.put_notification(&notification).await?)
    }

    async fn carry(
        &self,
        notification: &Notification,
    ) -> Result<Result<(), Undelivered>, PortError> {
        let to = match &notification.to {
            Destination::Webhook(name) => LetterTo::Webhook(name.clone()),
            Destination::Employee(employee) => {
                let account = self.parts.staff.account_of(*employee).await?;
                match account.filter(|account| !account.disabled).and_then(|a| a.email) {
                    Some(address) => LetterTo::Address(address),
                    None => return Ok(Err(no_address())),
                }
            }
        };
        let Notification { id, event, matter, at, .. } = *notification;
        let letter = Letter { id, event, matter, at, to };
        Ok(self.parts.carrier.carry(&letter, self.parts.clock.now()).await)
    }
}

fn no_address() -> Undelivered {
    let why = "the employee has no e-mail address, or may not sign in any more: kinfold employee set-email";
    Undelivered { why: why.to_owned(), is_final: true }
}
