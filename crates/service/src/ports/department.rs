//! The department at rest: messages that were acknowledged and are not yet dealt with, attendances, messages to mend.

use async_trait::async_trait;
use jiff::Timestamp;
use kinfold_domain::{Movement, Personal};
use serde::{Deserialize, Serialize};

use super::{Mark, PortError};
use crate::department::{Attendance, AttendanceId};

/// What a kept message holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum MessageContent {
    /// What it says.
    Movement(Box<Movement>),
    /// It could not be understood.
    Broken {
        /// What is wrong and what to do, without a value in it.
        problem: String,
        /// The message's bytes, hex.
        raw: Personal<String>,
    },
}

/// A message as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KeptMessage {
    /// The sender's name as the configuration gives it.
    pub sender: String,
    /// The sender's own identifier (MSH-10).
    pub control_id: String,
    /// SHA-256 of its bytes, hex: a sender that begins its identifiers anew still sends other messages.
    pub fingerprint: String,
    /// When it came.
    pub received: Timestamp,
    /// What it holds.
    pub content: MessageContent,
}

/// A message that waits, with its place in the order in which messages came.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// Its place.
    pub place: u64,
    /// The message.
    pub message: KeptMessage,
}

/// A message that could not be understood: work for somebody. Says nothing of the patient.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct MessageToMend {
    /// Its place.
    pub place: u64,
    /// Who sent it.
    pub sender: String,
    /// The sender's own identifier of it, to find it by in the sender's system.
    pub control_id: String,
    /// When it came.
    pub received: Timestamp,
    /// What is wrong and what to do.
    pub problem: String,
}

/// Keeps the department.
#[async_trait]
pub trait DepartmentStore: Send + Sync {
    /// Keeps a message as the last in order, durably; `false` when the very same one was kept before. A broken one is work for somebody
    /// from then on, and does not wait.
    async fn keep(&self, message: &KeptMessage) -> Result<bool, PortError>;

    /// When each hospital's system was last heard, by its name: of a message that came again, too.
    async fn senders_heard(&self) -> Result<Vec<(String, Timestamp)>, PortError>;

    /// Forgets that messages came which were dealt with and came before a moment; answers how many. Such a one would be taken for new.
    async fn forget_messages(&self, before: Timestamp) -> Result<u64, PortError>;

    /// Messages that are not dealt with, in order.
    async fn waiting(&self, limit: u32) -> Result<Vec<Waiting>, PortError>;

    /// In one transaction: these attendances as they now stand, and all messages before `upto` as dealt with: what they held is forgotten.
    async fn settle(&self, upto: u64, attendances: &[Attendance]) -> Result<(), PortError>;

    /// Messages that wait for somebody, the oldest first.
    async fn to_mend(&self, limit: u32) -> Result<Vec<MessageToMend>, PortError>;

    /// Somebody has dealt with such a message: what it held is forgotten.
    async fn mended(&self, place: u64) -> Result<(), PortError>;

    /// Attendances that began at or after a moment, and those that are still open.
    async fn attendances(&self, since: Timestamp) -> Result<Vec<Attendance>, PortError>;

    /// Attendances of a child, found by any of the marks: the newest, at most so many.
    async fn attendances_of(
        &self,
        marks: &[Mark],
        limit: u32,
    ) -> Result<Vec<Attendance>, PortError>;

    /// One attendance.
    async fn attendance(&self, id: AttendanceId) -> Result<Option<Attendance>, PortError>;
}
