//! Connectors: an agency's own source systems, read live, become demographics, facts and register entries here.
//!
//! The hospital's messages (`mllp`) come by themselves; notifications leave by `notify`.
//!
//! Architecture invariant: a connector only reads; `notify` only writes, and nothing about a child. It knows no agreement, no ledger and
//! no other agency; it is handed a `Permit` and asks for nothing beyond it. No text of an error, and no log line, repeats a value that
//! came from a source. The way to partners' nodes (`partner`) carries signed notes and does not read them.

mod certificate;
mod fact_maker;
pub mod fhir;
pub mod mllp;
pub mod notify;
pub mod partner;
mod problems;
pub mod sql;

pub use problems::{Checked, Unusable};
