//! Corrections from the front line: what somebody says is wrong about an entry, told to the register's owner as work for its custodian.

mod desk;
mod list;

pub use desk::{Corrections, CorrectionsParts, HeardCorrection};
pub use list::{CorrectionList, CorrectionRow};
