//! Attendances at partners, at rest; and what others say is wrong on the register.

use async_trait::async_trait;
use jiff::Timestamp;
use kinfold_domain::AgencyId;
use uuid::Uuid;

use super::{Mark, PortError};
use crate::{attendances::HeardAttendance, corrections::HeardCorrection, department::AttendanceId};

/// Keeps attendances that partners tell of.
#[async_trait]
pub trait AttendanceStore: Send + Sync {
    /// Puts one as it now stands.
    async fn put_attendance(&self, known: &HeardAttendance) -> Result<(), PortError>;

    /// One of a partner's.
    async fn attendance_of(
        &self,
        partner: &AgencyId,
        attendance: AttendanceId,
    ) -> Result<Option<HeardAttendance>, PortError>;

    /// Those that wait for somebody to answer.
    async fn waiting_attendances(&self) -> Result<Vec<HeardAttendance>, PortError>;

    /// Those of a child, found by any of the marks: the newest, at most so many.
    async fn attendances_about(
        &self,
        marks: &[Mark],
        limit: u32,
    ) -> Result<Vec<HeardAttendance>, PortError>;

    /// Those that wait, and those that were heard of at or after a moment.
    async fn recent_attendances(&self, since: Timestamp)
    -> Result<Vec<HeardAttendance>, PortError>;
}

/// Keeps what others say is wrong on this agency's register.
#[async_trait]
pub trait CorrectionStore: Send + Sync {
    /// Puts one as it now stands.
    async fn put_correction(&self, correction: &HeardCorrection) -> Result<(), PortError>;

    /// One.
    async fn correction(&self, id: Uuid) -> Result<Option<HeardCorrection>, PortError>;

    /// Those that nobody has dealt with, the oldest first.
    async fn open_corrections(&self) -> Result<Vec<HeardCorrection>, PortError>;
}
