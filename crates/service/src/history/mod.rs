//! What stands beside an answer: where the child attended before, and the last looks at it, as this node and its partners know them.
//! The answer itself never waits for this.

mod ask;
mod asked;
mod desk;
mod entries;
mod hide;
mod join;
mod own;
mod told;

pub use ask::{History, HistoryParts};
pub use asked::{ChildHistory, HistoryError, HistoryQuestion};
pub use desk::HistoryDesk;
pub use join::HistoryPart;
pub use own::Histories;
pub use told::{HistoryTold, MOST, PastAttendance, RecentLook, Said, Seer};
