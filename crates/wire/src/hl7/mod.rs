//! HL7 v2 ADT messages (HL7 2.5.1 chapters 2 and 3; 2.3 to 2.5.1 are read) and their acknowledgements. `docs/hl7.md` is the profile.
//!
//! A hospital's system may send anything. So the header is read by itself: whatever has one can be answered. A [`Refusal`] says
//! that the message is not for this node or can't be taken, a [`Fault`] that it was taken and can't be read, an [`Omission`] that it
//! counts without one of its values. None of them repeats a value.

mod acknowledgement;
mod charset;
mod delimiters;
mod fault;
mod header;
mod identifiers;
mod lines;
mod message;
mod movement;
mod patient;
mod refusal;
mod segment;
mod times;
mod visit;

pub use acknowledgement::{Outcome, Stamp};
pub use fault::{Fault, Omission};
pub use header::{Header, Processing, Version};
pub use message::{LONGEST_SEGMENT, Message};
pub use movement::{Reading, Told};
pub use refusal::Refusal;

#[cfg(test)]
mod tests;
