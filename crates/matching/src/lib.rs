//! The person index and the probabilistic matcher: whom does this subject mean?
//!
//! [`PersonIndex`] holds identities in memory. [`PersonIndex::search`] finds candidates through blocking keys, weighs each of them
//! field by field (Fellegi and Sunter, with term frequencies), and decides by threshold *and* lead. A third class beside "the same
//! person" and "an unrelated person" keeps twins and siblings apart: "same household, another person".
//!
//! Architecture invariant: this crate does no I/O and reads no clock and no randomness. It doesn't know where people come from:
//! a key is whatever the caller names a record by. What it tells about a score carries no personal value.

mod compare;
mod decide;
mod dictionary;
mod edit;
mod explanation;
mod features;
mod fold;
mod group;
mod index;
mod keys;
mod model;
mod nickname;
mod outcome;
mod placeholder;
mod postings;
mod record;
mod skeleton;
mod weigh;

pub use explanation::{Comparison, Explanation, Field, Level};
pub use index::PersonIndex;
pub use model::Model;
pub use outcome::{Candidate, Limits, Outcome, Reach, Search};

#[cfg(test)]
mod cases_tests;
