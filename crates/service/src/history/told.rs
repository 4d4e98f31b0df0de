//! What is told of a child's history, on a page and between nodes.

use jiff::Timestamp;
use kinfold_domain::{AgencyId, AskId, Personal, Purpose, Role};
use serde::{Deserialize, Serialize};

use crate::{
    department::{AttendanceId, StepKind},
    exchange::Behind,
    records::{AskKind, Asker},
};

/// The most attendances, and the most looks, that stand beside an answer: as many as the national service shows.
pub const MOST: usize = 25;

/// Who looked, or who said what became of an attendance. Of a sealed child only the role is told of another agency's people.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seer {
    /// The agency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<AgencyId>,
    /// The person's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Personal<String>>,
    /// Job title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job_title: Option<String>,
    /// Role under the agreement.
    pub role: Role,
}

impl From<&Asker> for Seer {
    fn from(asker: &Asker) -> Self {
        Self {
            agency: Some(asker.agency.clone()),
            name: Some(asker.name.clone()),
            job_title: Some(asker.job_title.clone()),
            role: asker.role.clone(),
        }
    }
}

/// What was said of an attendance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// What.
    pub what: StepKind,
    /// When.
    pub at: Timestamp,
    /// Who said it; `None` where the hospital's system did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Seer>,
}

/// One attendance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PastAttendance {
    /// The attendance: the same in all ledgers.
    pub attendance: AttendanceId,
    /// Where; not said of a sealed child.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<AgencyId>,
    /// Department or ward; never said of a sealed child.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// When the child arrived.
    pub arrived: Timestamp,
    /// The last word on what became of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<Said>,
    /// Who answered for it at the register's owner, and when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered: Option<(Timestamp, Seer)>,
    /// Only name and date of birth are the same: no NHS number could be compared.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_name: bool,
}

/// One look at the child.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecentLook {
    /// The ask: the same in all ledgers.
    pub ask: AskId,
    /// When.
    pub at: Timestamp,
    /// What kind of look.
    pub kind: AskKind,
    /// Who.
    pub by: Seer,
    /// Why.
    pub purpose: Purpose,
}

/// What one node tells of a child's history.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HistoryTold {
    /// Attendances, the newest first.
    pub attendances: Vec<PastAttendance>,
    /// It knows of older ones.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more_attendances: bool,
    /// Looks, the newest first.
    pub looks: Vec<RecentLook>,
    /// It has older ones.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more_looks: bool,
    /// Set where its newest looks may be missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub behind: Option<Behind>,
    /// The child is sealed, as it knows: no places are shown.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sealed: bool,
}
