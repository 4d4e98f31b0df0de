//! Notifications in memory, and a way out that does as it is told.

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;
use parking_lot::Mutex;
use uuid::Uuid;

use super::Fault;
use crate::{
    notifications::{Notification, Standing, Undelivered},
    ports::{Carrier, Letter, NotificationStore, PortError},
};

/// Keeps notifications in memory.
#[derive(Debug, Default)]
pub struct MemoryOutbox {
    /// Fails on demand.
    pub fault: Fault,
    kept: Mutex<BTreeMap<Uuid, Notification>>,
    announced: Mutex<Option<u64>>,
}

impl MemoryOutbox {
    /// All that is kept.
    pub fn all(&self) -> Vec<Notification> {
        self.kept.lock().values().cloned().collect()
    }

    fn some(&self, which: impl Fn(&Notification) -> bool, limit: u32) -> Vec<Notification> {
        let kept = self.kept.lock();
        kept.values().filter(|known| which(known)).take(limit as usize).cloned().collect()
    }
}

#[async_trait]
impl NotificationStore for MemoryOutbox {
    async fn announced(&self) -> Result<Option<u64>, PortError> {
        self.fault.read().await?;
        Ok(*self.announced.lock())
    }

    async fn announce(&self, new: &[Notification], upto: u64) -> Result<(), PortError> {
        self.fault.write().await?;
        let mut kept = self.kept.lock();
        for notification in new {
            kept.entry(notification.id).or_insert_with(|| notification.clone());
        }
        *self.announced.lock() = Some(upto);
        Ok(())
    }

    async fn due_notifications(
        &self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<Notification>, PortError> {
        self.fault.read().await?;
        let is_due = |known: &Notification| matches!(known.standing, Standing::Waiting { next, .. } if next <= now);
        Ok(self.some(is_due, limit))
    }

    async fn put_notification(&self, notification: &Notification) -> Result<(), PortError> {
        self.fault.write().await?;
        self.kept.lock().insert(notification.id, notification.clone());
        Ok(())
    }

    async fn notification(&self, id: Uuid) -> Result<Option<Notification>, PortError> {
        self.fault.read().await?;
        Ok(self.kept.lock().get(&id).cloned())
    }

    async fn put_aside(&self, limit: u32) -> Result<Vec<Notification>, PortError> {
        self.fault.read().await?;
        Ok(self.some(|known| matches!(known.standing, Standing::PutAside { .. }), limit))
    }

    async fn notification_counts(&self) -> Result<(u64, u64), PortError> {
        let waiting =
            self.some(|known| matches!(known.standing, Standing::Waiting { .. }), u32::MAX);
        Ok((waiting.len() as u64, self.put_aside(u32::MAX).await?.len() as u64))
    }

    async fn forget_notifications(&self, before: Timestamp) -> Result<(), PortError> {
        self.fault.write().await?;
        self.kept.lock().retain(|_, known| match known.standing {
            Standing::Delivered { at } | Standing::GivenUp { at, .. } => at >= before,
            Standing::Waiting { .. } | Standing::PutAside { .. } => true,
        });
        Ok(())
    }
}

/// A way out that remembers what left, and refuses on demand.
#[derive(Debug, Default)]
pub struct Post {
    /// What was taken, in order.
    pub taken: Mutex<Vec<Letter>>,
    /// Why everything is refused, while it is.
    pub refusal: Mutex<Option<Undelivered>>,
}

#[async_trait]
impl Carrier for Post {
    async fn carry(&self, letter: &Letter, _: Timestamp) -> Result<(), Undelivered> {
        if let Some(refusal) = self.refusal.lock().clone() {
            return Err(refusal);
        }
        self.taken.lock().push(letter.clone());
        Ok(())
    }
}
