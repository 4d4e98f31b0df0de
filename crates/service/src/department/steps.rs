//! The steps of an attendance, as ledgers keep them and as a register's owner is told of them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kinfold_domain::{AgencyId, EntryId};
use serde::{Deserialize, Serialize};

use super::attendance::{AttendanceId, Outcome};
use crate::records::Asker;

/// What happened.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepKind {
    /// The child is in the department.
    Arrived,
    /// The hospital's system says that the visit ended.
    Left,
    /// The hospital's system says that the arrival was entered in error.
    Cancelled,
    /// A nurse: the child was seen.
    Seen,
    /// A nurse: the child left before being seen.
    LeftUnseen,
    /// A nurse: the child was referred to the council.
    Referred,
    /// A nurse: another child was meant.
    InError,
}

impl From<Outcome> for StepKind {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Seen => Self::Seen,
            Outcome::LeftUnseen => Self::LeftUnseen,
            Outcome::Referred => Self::Referred,
            Outcome::InError => Self::InError,
        }
    }
}

impl StepKind {
    /// What a nurse recorded with it.
    pub(super) const fn outcome(self) -> Option<Outcome> {
        match self {
            Self::Seen => Some(Outcome::Seen),
            Self::LeftUnseen => Some(Outcome::LeftUnseen),
            Self::Referred => Some(Outcome::Referred),
            Self::InError => Some(Outcome::InError),
            Self::Arrived | Self::Left | Self::Cancelled => None,
        }
    }
}

/// One step of an attendance of a child whom a register knows. Durable before its owner is told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AttendanceStep {
    /// The attendance.
    pub attendance: AttendanceId,
    /// Which of its steps, from 0: the same step is the same one however often it is told.
    pub number: u32,
    /// When it happened.
    pub at: Timestamp,
    /// What.
    pub what: StepKind,
    /// When the child arrived.
    pub arrived: Timestamp,
    /// Department or ward; never said of a sealed child.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Who recorded it: a nurse, or the node itself for what the hospital's system says.
    pub by: Asker,
    /// The entries of registers that it concerns, by their owner. A partner is told its own only.
    pub concerns: BTreeMap<AgencyId, Vec<EntryId>>,
}

/// A register's owner answers for an attendance, by name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Acknowledged {
    /// The attendance.
    pub attendance: AttendanceId,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: Asker,
}
