//! What could not be delivered, for an operator to decide.

use std::sync::Arc;

use jiff::Timestamp;
use kinfold_domain::Role;
use tokio::sync::Mutex;
use uuid::Uuid;

use super::outbox::{Destination, Notification};
use crate::{
    attendances::ListError,
    caller::Caller,
    journal::Journal,
    ports::{Clock, NotificationStore, PortError, StaffStore},
    records::{Asker, Entry, NotificationStep},
};

/// The most on one page.
const LISTED: u32 = 100;

/// A notification that was put aside.
#[derive(Clone, Debug)]
pub struct PutAside {
    /// The notification.
    pub notification: Notification,
    /// Whom it tells: an employee's user name, or a webhook's name.
    pub to: String,
}

/// Decides about what was put aside.
pub struct NotificationDesk {
    store: Arc<dyn NotificationStore>,
    staff: Arc<dyn StaffStore>,
    journal: Journal,
    clock: Arc<dyn Clock>,
    /// One decision at a time.
    deciding: Mutex<()>,
}

impl NotificationDesk {
    /// Over these parts.
    pub fn new(
        (store, staff): (Arc<dyn NotificationStore>, Arc<dyn StaffStore>),
        journal: Journal,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { store, staff, journal, clock, deciding: Mutex::default() }
    }

    /// How many wait to be sent, and how many were put aside.
    pub async fn counts(&self) -> Result<(u64, u64), PortError> {
        self.store.notification_counts().await
    }

    /// Those that were put aside, the oldest first.
    pub async fn put_aside(&self) -> Result<Vec<PutAside>, PortError> {
        let mut lines = Vec::new();
        for notification in self.store.put_aside(LISTED).await? {
            let to = match &notification.to {
                Destination::Webhook(name) => name.clone(),
                Destination::Employee(employee) => {
                    let account = self.staff.account_of(*employee).await?;
                    account.map_or_else(String::new, |a| a.employee.user_name.to_string())
                }
            };
            lines.push(PutAside { notification, to });
        }
        Ok(lines)
    }

    /// An operator has one tried again.
    pub async fn send_again(&self, caller: &Caller, id: Uuid) -> Result<(), ListError> {
        self.decide(caller, id, NotificationStep::SENT_AGAIN, |known, now, _| known.again(now))
            .await
    }

    /// An operator gives one up.
    pub async fn give_up(&self, caller: &Caller, id: Uuid) -> Result<(), ListError> {
        self.decide(caller, id, NotificationStep::GIVEN_UP, Notification::given_up).await
    }

    /// Recorded before it counts. What somebody else has decided on meanwhile stays as they decided.
    async fn decide(
        &self,
        caller: &Caller,
        id: Uuid,
        what: &str,
        change: impl FnOnce(Notification, Timestamp, Asker) -> Option<Notification>,
    ) -> Result<(), ListError> {
        if caller.employee().role.as_str() != Role::OPERATOR {
            return Err(ListError::Refused("Notifications are the operators’ work.".to_owned()));
        }
        let _deciding = self.deciding.lock().await;
        let (now, by) = (self.clock.now(), Asker::from(caller.employee()));
        let known = self.store.notification(id).await?.ok_or(ListError::Unknown)?;
        let Some(changed) = change(known, now, by.clone()) else { return Ok(()) };
        let step = NotificationStep::of(&changed, now, what, Some(by));
        self.journal.record(Entry::Notification(Box::new(step))).await?;
        Ok(self.store.put_notification(&changed).await?)
    }
}
