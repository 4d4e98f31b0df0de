//! Attendances of this agency's children at its partners: heard, answered for by name, escalated when nobody does.

mod escalate;
mod heard;
mod limits;
mod list;

pub use escalate::{Escalation, Escalations};
pub use heard::{AskedRole, Attendances, HeardAttendance};
pub use limits::{AskedInTime, AttendanceLimits, PlanLimits};
pub(crate) use list::is_key_worker;
pub use list::{AttendanceList, AttendanceLists, AttendanceRow, ListError};
