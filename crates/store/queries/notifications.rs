//! Notifications on their way, and how far the ledger was followed for them.

use async_trait::async_trait;
use jiff::Timestamp;
use kinfold_service::{
    notifications::{Notification, Standing},
    ports::{NotificationStore, PortError},
};
use uuid::Uuid;

use crate::Store;
use crate::fault::{Doing, Fault, moment, place};

const WAITING: &str = "waiting";
const ASIDE: &str = "aside";
/// The row of `followed` that is about notifications.
const FOLLOWED: &str = "notifications";

#[async_trait]
impl NotificationStore for Store {
    async fn announced(&self) -> Result<Option<u64>, PortError> {
        self.announced_place().await.doing("reading how far notifications follow the ledger")
    }

    async fn announce(&self, new: &[Notification], upto: u64) -> Result<(), PortError> {
        self.announce_upto(new, upto).await.doing("storing notifications")
    }

    async fn due_notifications(
        &self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<Notification>, PortError> {
        self.notifications_of(WAITING, now, limit).await.doing("reading the notifications due")
    }

    async fn put_notification(&self, notification: &Notification) -> Result<(), PortError> {
        self.put_one_notification(notification).await.doing("storing a notification")
    }

    async fn notification(&self, id: Uuid) -> Result<Option<Notification>, PortError> {
        self.one_notification(id).await.doing("reading a notification")
    }

    async fn put_aside(&self, limit: u32) -> Result<Vec<Notification>, PortError> {
        let ever = Timestamp::MAX;
        self.notifications_of(ASIDE, ever, limit).await.doing("reading notifications put aside")
    }

    async fn notification_counts(&self) -> Result<(u64, u64), PortError> {
        self.count_notifications().await.doing("counting notifications")
    }

    async fn forget_notifications(&self, before: Timestamp) -> Result<(), PortError> {
        self.forget_before(before).await.doing("forgetting notifications")
    }
}

/// The columns that can be read without a key.
fn columns(notification: &Notification) -> (&'static str, i64) {
    let (state, due) = match &notification.standing {
        Standing::Waiting { next, .. } => (WAITING, *next),
        Standing::Delivered { at } => ("delivered", *at),
        Standing::PutAside { at } => (ASIDE, *at),
        Standing::GivenUp { at, .. } => ("given-up", *at),
    };
    (state, moment::to_stored(due))
}

impl Store {
    async fn announced_place(&self) -> Result<Option<u64>, Fault> {
        let found = sqlx::query_scalar!("SELECT place FROM followed WHERE name = $1", FOLLOWED)
            .fetch_optional(&self.read)
            .await?;
        found.map(place::from_stored).transpose()
    }

    async fn announce_upto(&self, new: &[Notification], upto: u64) -> Result<(), Fault> {
        let upto = place::to_stored(upto)?;
        let mut tx = self.begin().await?;
        for notification in new {
            let (id, (state, due)) = (notification.id.to_string(), columns(notification));
            let sealed = self.seal_notification(&id, notification)?;
            sqlx::query!(
                "INSERT INTO notification (notification_id, state, due, sealed)
                 VALUES ($1, $2, $3, $4) ON CONFLICT (notification_id) DO NOTHING",
                id,
                state,
                due,
                sealed
            )
            .execute(&mut *tx)
            .await?;
        }
        sqlx::query!(
            "INSERT INTO followed (name, place) VALUES ($1, $2)
             ON CONFLICT (name) DO UPDATE SET place = excluded.place",
            FOLLOWED,
            upto
        )
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }

    async fn put_one_notification(&self, notification: &Notification) -> Result<(), Fault> {
        let (id, (state, due)) = (notification.id.to_string(), columns(notification));
        let sealed = self.seal_notification(&id, notification)?;
        sqlx::query!(
            "UPDATE notification SET state = $1, due = $2, sealed = $3 WHERE notification_id = $4",
            state,
            due,
            sealed,
            id
        )
        .execute(&self.write)
        .await?;
        Ok(())
    }

    async fn one_notification(&self, id: Uuid) -> Result<Option<Notification>, Fault> {
        let id = id.to_string();
        let sealed =
            sqlx::query_scalar!("SELECT sealed FROM notification WHERE notification_id = $1", id)
                .fetch_optional(&self.read)
                .await?;
        sealed.map(|sealed| self.open_notification(&id, &sealed)).transpose()
    }

    async fn notifications_of(
        &self,
        state: &str,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<Notification>, Fault> {
        let until = moment::to_stored(until);
        let rows = sqlx::query!(
            "SELECT notification_id, sealed FROM notification
             WHERE state = $1 AND due <= $2 ORDER BY due, notification_id LIMIT $3",
            state,
            until,
            i64::from(limit)
        )
        .fetch_all(&self.read)
        .await?;
        rows.iter().map(|row| self.open_notification(&row.notification_id, &row.sealed)).collect()
    }

    async fn count_notifications(&self) -> Result<(u64, u64), Fault> {
        let rows = sqlx::query!(
            r#"SELECT state, COUNT(*) AS "number!: i64" FROM notification
               WHERE state IN ('waiting', 'aside') GROUP BY state"#
        )
        .fetch_all(&self.read)
        .await?;
        let of = |state: &str| rows.iter().find(|row| row.state == state).map_or(0, |r| r.number);
        Ok((place::from_stored(of(WAITING))?, place::from_stored(of(ASIDE))?))
    }

    async fn forget_before(&self, before: Timestamp) -> Result<(), Fault> {
        let before = moment::to_stored(before);
        // Looked for first: a write that deletes nothing would still take the one connection that writes.
        let old = sqlx::query_scalar!(
            r#"SELECT COUNT(*) AS "number!: i64" FROM notification
               WHERE state IN ('delivered', 'given-up') AND due < $1"#,
            before
        )
        .fetch_one(&self.read)
        .await?;
        if old > 0 {
            sqlx::query!(
                "DELETE FROM notification WHERE state IN ('delivered', 'given-up') AND due < $1",
                before
            )
            .execute(&self.write)
            .await?;
        }
        Ok(())
    }

    fn seal_notification(&self, id: &str, notification: &Notification) -> Result<Vec<u8>, Fault> {
        let columns = &self.columns;
        let row = [id.as_bytes()];
        Ok(columns.notification.seal_json(&*columns.entropy, &row, notification)?)
    }

    fn open_notification(&self, id: &str, sealed: &[u8]) -> Result<Notification, Fault> {
        Ok(self.columns.notification.open_json(&[id.as_bytes()], sealed)?)
    }
}

#[cfg(test)]
#[path = "notifications_tests.rs"]
mod tests;
