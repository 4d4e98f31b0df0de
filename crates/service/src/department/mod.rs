//! The department: who has arrived, checked without being asked; what a nurse sees of them all; what became of each.
//!
//! A hospital's message is kept first and acknowledged, then dealt with: in order, and again from where it stopped after a crash. What an
//! arrival comes to is a step of an **attendance**; each step stands in the ledger before anything else is done about it, and the ledger is
//! the outbox from which the register's owner learns of it.

mod age;
mod arrivals;
mod attendance;
mod board;
mod change;
mod coverage;
mod hospital;
mod movements;
mod outcome;
mod presence;
mod recovery;
mod steps;

pub use arrivals::{Arrivals, ArrivalsParts, WorkError};
pub use attendance::{Attendance, AttendanceCheck, AttendanceId, Outcome, Recorded, Whereabouts};
pub use board::{Board, BoardError, BoardRow, BoardView, Watching};
pub use coverage::{Coverage, Coverages, Covered};
pub use hospital::HospitalInbox;
pub use outcome::{OutcomeError, Outcomes};
pub use presence::Present;
pub use steps::{Acknowledged, AttendanceStep, StepKind};
