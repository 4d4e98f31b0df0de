//! Attendances of this agency's children at its partners: heard, answered for by name, escalated when nobody does.

mod escalate;
mod heard;
mod list;

pub use escalate::{AskedInTime, Escalation, Escalations};
pub use heard::{AskedRole, Attendances, HeardAttendance};
pub use list::{AttendanceList, AttendanceLists, AttendanceRow, ListError};
