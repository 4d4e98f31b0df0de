//! What somebody has still to deal with, or has dealt with: each a sealed body with a kind, an identity, and whether it is open.

use async_trait::async_trait;
use jiff::Timestamp;
use kinfold_domain::AgencyId;
use kinfold_service::{
    attendances::HeardAttendance,
    corrections::HeardCorrection,
    department::AttendanceId,
    feeds::FeedAlarm,
    ports::{AlarmStore, AttendanceStore, CorrectionStore, Mark, PortError},
};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use crate::Store;
use crate::engine::Connection;
use crate::fault::{Doing, Fault, moment};

/// What kind of item.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// An attendance here.
    Attendance,
    /// An attendance at a partner.
    Heard,
    /// What somebody says is wrong on the register.
    Correction,
    /// A feed that stopped.
    Alarm,
    /// A telephone number that was rung and found right.
    Rung,
    /// A child handed over between two councils' registers.
    HandOver,
    /// A strategy discussion.
    Discussion,
}

impl Kind {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Attendance => "attendance",
            Self::Heard => "heard-attendance",
            Self::Correction => "correction",
            Self::Alarm => "feed-alarm",
            Self::Rung => "rung-number",
            Self::HandOver => "hand-over",
            Self::Discussion => "discussion",
        }
    }
}

/// Every open item, whenever it began.
pub(crate) const EVER: Timestamp = Timestamp::MAX;

#[async_trait]
impl AttendanceStore for Store {
    async fn put_attendance(&self, known: &HeardAttendance) -> Result<(), PortError> {
        let item = (Kind::Heard, heard_id(&known.partner, known.attendance));
        self.put_one(item, (known.waits(), known.heard), (known, &known.marks()))
            .await
            .doing("storing a partner's attendance")
    }

    async fn attendance_of(
        &self,
        partner: &AgencyId,
        attendance: AttendanceId,
    ) -> Result<Option<HeardAttendance>, PortError> {
        let id = heard_id(partner, attendance);
        self.item(Kind::Heard, &id).await.doing("reading a partner's attendance")
    }

    async fn attendances_about(
        &self,
        marks: &[Mark],
        limit: u32,
    ) -> Result<Vec<HeardAttendance>, PortError> {
        self.items_by_marks(marks, limit).await.doing("finding a child's attendances at partners")
    }

    async fn waiting_attendances(&self) -> Result<Vec<HeardAttendance>, PortError> {
        self.items_since(Kind::Heard, EVER).await.doing("reading the attendances that wait")
    }

    async fn recent_attendances(
        &self,
        since: Timestamp,
    ) -> Result<Vec<HeardAttendance>, PortError> {
        self.items_since(Kind::Heard, since).await.doing("reading partners' attendances")
    }
}

#[async_trait]
impl CorrectionStore for Store {
    async fn put_correction(&self, known: &HeardCorrection) -> Result<(), PortError> {
        let item = (Kind::Correction, known.correction.id.to_string());
        self.put_one(item, (known.settled.is_none(), known.heard), (known, &[]))
            .await
            .doing("storing a correction")
    }

    async fn correction(&self, id: Uuid) -> Result<Option<HeardCorrection>, PortError> {
        self.item(Kind::Correction, &id.to_string()).await.doing("reading a correction")
    }

    async fn open_corrections(&self) -> Result<Vec<HeardCorrection>, PortError> {
        self.items_since(Kind::Correction, EVER).await.doing("reading the corrections")
    }
}

#[async_trait]
impl AlarmStore for Store {
    async fn put_alarm(&self, alarm: &FeedAlarm) -> Result<(), PortError> {
        let item = (Kind::Alarm, alarm.id.to_string());
        let stands = (alarm.over.is_none(), alarm.raised);
        self.put_one(item, stands, (alarm, &[])).await.doing("storing an alarm")
    }

    async fn alarms(&self, since: Timestamp) -> Result<Vec<FeedAlarm>, PortError> {
        self.items_since(Kind::Alarm, since).await.doing("reading the alarms")
    }
}

fn heard_id(partner: &AgencyId, attendance: AttendanceId) -> String {
    format!("{partner}/{}", attendance.0)
}

impl Store {
    pub(super) async fn put_one(
        &self,
        item: (Kind, String),
        stands: (bool, Timestamp),
        body: (&impl Serialize, &[Mark]),
    ) -> Result<(), Fault> {
        let mut tx = self.begin().await?;
        self.put_item(&mut tx, item, stands, body).await?;
        Ok(tx.commit().await?)
    }

    pub(crate) async fn put_item(
        &self,
        tx: &mut Connection,
        (kind, id): (Kind, String),
        (is_open, began): (bool, Timestamp),
        (body, found_by): (&impl Serialize, &[Mark]),
    ) -> Result<(), Fault> {
        self.put_keys(tx, (kind, &id), found_by).await?;
        let (kind, began) = (kind.as_str(), moment::to_stored(began));
        let row = [kind.as_bytes(), id.as_bytes()];
        let sealed = self.columns.work_item.seal_json(&*self.columns.entropy, &row, body)?;
        sqlx::query!(
            "INSERT INTO work_item (kind, item_id, is_open, began, sealed, is_keyed)
             VALUES ($1, $2, $3, $4, $5, TRUE)
             ON CONFLICT (kind, item_id) DO UPDATE
             SET is_open = excluded.is_open, sealed = excluded.sealed, is_keyed = TRUE",
            kind,
            id,
            is_open,
            began,
            sealed
        )
        .execute(tx)
        .await?;
        Ok(())
    }

    pub(super) async fn item<T: DeserializeOwned>(
        &self,
        kind: Kind,
        id: &str,
    ) -> Result<Option<T>, Fault> {
        let kind = kind.as_str();
        let sealed = sqlx::query_scalar!(
            "SELECT sealed FROM work_item WHERE kind = $1 AND item_id = $2",
            kind,
            id
        )
        .fetch_optional(&self.read)
        .await?;
        let open = |sealed: Vec<u8>| {
            self.columns.work_item.open_json(&[kind.as_bytes(), id.as_bytes()], &sealed)
        };
        Ok(sealed.map(open).transpose()?)
    }

    /// Those that are open, and those that began at or after a moment, in the order in which they began.
    pub(crate) async fn items_since<T: DeserializeOwned>(
        &self,
        kind: Kind,
        since: Timestamp,
    ) -> Result<Vec<T>, Fault> {
        let (kind, since) = (kind.as_str(), moment::to_stored(since));
        let rows = sqlx::query!(
            "SELECT item_id, sealed FROM work_item
             WHERE kind = $1 AND (is_open = TRUE OR began >= $2) ORDER BY began, item_id",
            kind,
            since
        )
        .fetch_all(&self.read)
        .await?;
        let open = |id: &str, sealed: &[u8]| {
            self.columns.work_item.open_json(&[kind.as_bytes(), id.as_bytes()], sealed)
        };
        Ok(rows.iter().map(|row| open(&row.item_id, &row.sealed)).collect::<Result<_, _>>()?)
    }
}
