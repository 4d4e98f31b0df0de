//! Attendances of this agency's children at its partners: heard, answered for by name, escalated when nobody does.

mod escalate;
mod heard;
mod list;
mod listed;
mod looked_up;

pub use escalate::{AskedInTime, Escalation, Escalations};
pub use heard::{AskedRole, Attendances, HeardAttendance};
pub use list::AttendanceLists;
pub use listed::{AttendanceList, AttendanceRow, ListError};
pub use looked_up::{LookedUp, LookedUpRow};
