//! Attendances of this agency's children at its partners: heard, answered for by name, escalated when nobody does.

mod escalate;
mod heard;
mod limits;
mod list;
mod listed;
mod looked_up;

pub use escalate::{Escalation, Escalations};
pub use heard::{AskedRole, Attendances, HeardAttendance};
pub use limits::{AskedInTime, AttendanceLimits, PlanLimits};
pub use list::AttendanceLists;
pub(crate) use list::{is_key_worker, name_words};
pub use listed::{AttendanceList, AttendanceRow, ListError};
pub use looked_up::{LookedUp, LookedUpRow};
