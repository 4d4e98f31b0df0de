//! Messages of hospital systems, and the attendances that come of them.

use async_trait::async_trait;
use jiff::Timestamp;
use kinfold_service::{
    department::{Attendance, AttendanceId},
    ports::{
        DepartmentStore, KeptMessage, Mark, MessageContent, MessageToMend, PortError, Waiting,
    },
};

use super::items::Kind;
use crate::Store;
use crate::fault::{Doing, Fault, moment, place};

const WAITING: &str = "waiting";
const BROKEN: &str = "broken";
/// Messages forgotten under one write.
const FORGOTTEN: u32 = 500;

#[async_trait]
impl DepartmentStore for Store {
    async fn keep(&self, message: &KeptMessage) -> Result<bool, PortError> {
        self.keep_message(message).await.doing("keeping a hospital's message")
    }

    async fn senders_heard(&self) -> Result<Vec<(String, Timestamp)>, PortError> {
        self.hospital_senders().await.doing("reading when hospitals' systems were heard")
    }

    async fn forget_messages(&self, before: Timestamp) -> Result<u64, PortError> {
        self.forget_settled(before).await.doing("forgetting messages of long ago")
    }

    async fn waiting(&self, limit: u32) -> Result<Vec<Waiting>, PortError> {
        self.messages(WAITING, limit).await.doing("reading the messages that wait")
    }

    async fn settle(&self, upto: u64, attendances: &[Attendance]) -> Result<(), PortError> {
        self.settle_upto(upto, attendances).await.doing("storing attendances")
    }

    async fn to_mend(&self, limit: u32) -> Result<Vec<MessageToMend>, PortError> {
        self.broken_messages(limit).await.doing("reading the messages to mend")
    }

    async fn mended(&self, place: u64) -> Result<(), PortError> {
        self.forget_broken(place).await.doing("forgetting a message that was dealt with")
    }

    async fn attendances(&self, since: Timestamp) -> Result<Vec<Attendance>, PortError> {
        self.items_since(Kind::Attendance, since).await.doing("reading attendances")
    }

    async fn attendances_of(
        &self,
        marks: &[Mark],
        limit: u32,
    ) -> Result<Vec<Attendance>, PortError> {
        self.items_by_marks(marks, limit).await.doing("finding a child's attendances")
    }

    async fn attendance(&self, id: AttendanceId) -> Result<Option<Attendance>, PortError> {
        self.item(Kind::Attendance, &id.0.to_string()).await.doing("reading an attendance")
    }
}

impl Store {
    async fn keep_message(&self, message: &KeptMessage) -> Result<bool, Fault> {
        let identity = format!("{}\n{}", message.control_id, message.fingerprint);
        let key = self.columns.record_key(&message.sender, &identity);
        let key = &key[..];
        let state = match message.content {
            MessageContent::Movement(_) => WAITING,
            MessageContent::Broken { .. } => BROKEN,
        };
        let received = moment::to_stored(message.received);
        let mut tx = self.begin().await?;
        let next = sqlx::query_scalar!(
            r#"SELECT COALESCE(MAX(place) + 1, 0) AS "next!: i64" FROM message"#
        )
        .fetch_one(&mut *tx)
        .await?;
        let row = next.to_be_bytes();
        let sealed = self.columns.message.seal_json(&*self.columns.entropy, &[&row], message)?;
        let added = sqlx::query!(
            "INSERT INTO message (place, message_key, state, received, sealed)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (message_key) DO NOTHING",
            next,
            key,
            state,
            received,
            sealed
        )
        .execute(&mut *tx)
        .await?;
        sqlx::query!(
            "INSERT INTO hospital_sender (sender, heard) VALUES ($1, $2)
             ON CONFLICT (sender) DO UPDATE SET heard = excluded.heard",
            message.sender,
            received
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(added.rows_affected() == 1)
    }

    async fn hospital_senders(&self) -> Result<Vec<(String, Timestamp)>, Fault> {
        let rows = sqlx::query!("SELECT sender, heard FROM hospital_sender ORDER BY sender")
            .fetch_all(&self.read)
            .await?;
        rows.into_iter().map(|row| Ok((row.sender, moment::from_stored(row.heard)?))).collect()
    }

    /// A part at a time, for somebody else waits to write. The last one stays: places go on behind it.
    async fn forget_settled(&self, before: Timestamp) -> Result<u64, Fault> {
        let (before, mut count) = (moment::to_stored(before), 0);
        loop {
            let gone = sqlx::query!(
                "DELETE FROM message WHERE place IN (
                     SELECT place FROM message WHERE state = 'settled' AND received < $1
                     AND place < (SELECT MAX(place) FROM message) ORDER BY received LIMIT $2)",
                before,
                i64::from(FORGOTTEN)
            )
            .execute(&self.write)
            .await?;
            count += gone.rows_affected();
            if gone.rows_affected() < u64::from(FORGOTTEN) {
                return Ok(count);
            }
        }
    }

    async fn messages(&self, state: &str, limit: u32) -> Result<Vec<Waiting>, Fault> {
        let rows = sqlx::query!(
            r#"SELECT place, sealed AS "sealed!" FROM message
               WHERE state = $1 AND sealed IS NOT NULL ORDER BY place LIMIT $2"#,
            state,
            i64::from(limit)
        )
        .fetch_all(&self.read)
        .await?;
        let open = |at: i64, sealed: &[u8]| -> Result<Waiting, Fault> {
            let message = self.columns.message.open_json(&[&at.to_be_bytes()], sealed)?;
            Ok(Waiting { place: place::from_stored(at)?, message })
        };
        rows.iter().map(|row| open(row.place, &row.sealed)).collect()
    }

    async fn settle_upto(&self, upto: u64, attendances: &[Attendance]) -> Result<(), Fault> {
        let upto = place::to_stored(upto)?;
        let mut tx = self.begin().await?;
        for attendance in attendances {
            let item = (Kind::Attendance, attendance.id.0.to_string());
            let (open, began) = (attendance.is_open(), attendance.heard);
            let body = (attendance, &attendance.marks()[..]);
            self.put_item(&mut tx, item, (open, began), body).await?;
        }
        sqlx::query!(
            "UPDATE message SET state = 'settled', sealed = NULL
             WHERE state = 'waiting' AND place < $1",
            upto
        )
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }

    async fn broken_messages(&self, limit: u32) -> Result<Vec<MessageToMend>, Fault> {
        let broken = self.messages(BROKEN, limit).await?;
        Ok(broken
            .into_iter()
            .filter_map(|Waiting { place, message }| {
                let MessageContent::Broken { problem, .. } = message.content else { return None };
                let KeptMessage { sender, control_id, received, .. } = message;
                Some(MessageToMend { place, sender, control_id, received, problem })
            })
            .collect())
    }

    async fn forget_broken(&self, place: u64) -> Result<(), Fault> {
        let place = place::to_stored(place)?;
        sqlx::query!(
            "UPDATE message SET state = 'settled', sealed = NULL
             WHERE state = 'broken' AND place = $1",
            place
        )
        .execute(&self.write)
        .await?;
        Ok(())
    }
}
