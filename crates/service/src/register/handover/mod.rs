//! A child's entry handed over to another council's register, and children who stay in another council's area for a time.
//!
//! The giver offers, the taker answers; each says its word once, the ledgers carry the words ([`crate::audit::NoticeSender`]), and what a
//! hand-over has come to follows from the words that were heard, in whatever order ([`HandOver::state`]). The giver's entry ends only
//! once the taker has said that the child stands on its register, so that no child ever stands on neither.

mod acts;
mod clock;
mod content;
mod desk;
mod duties;
mod state;
mod told;

pub use acts::{Act, NotNow};
pub use content::{Handed, Taken};
pub(super) use content::{offered, taken};
pub(super) use desk::made_of;
pub use desk::{HandOverError, HandOverParts, HandOvers};
pub use state::{HandOver, Side, State};

#[cfg(test)]
#[path = "state_property.rs"]
mod state_property;
