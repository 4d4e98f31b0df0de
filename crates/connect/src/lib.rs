//! Connectors: an agency's own source systems, read live, become demographics, facts and register entries here.
//!
//! The hospital's messages (`mllp`) come by themselves; notifications leave by `notify`; a VPN's concentrator asks over `radius` whether
//! PIN and code are right; `oidc` is the way to an identity provider, `time_service` to those who know what time it is.
//!
//! Architecture invariant: a connector only reads (`files` puts its answer beside what it took); `notify` only writes, and nothing about a child. It knows no agreement, no ledger and
//! no other agency; it is handed a `Permit` and asks for nothing beyond it. No text of an error, and no log line, repeats a value that
//! came from a source. The way to partners' nodes (`partner`) carries signed notes and does not read them.

mod acceptor;
mod certificate;
mod fact_maker;
pub mod fhir;
pub mod files;
pub mod mllp;
pub mod notify;
pub mod oidc;
pub mod partner;
mod problems;
pub mod radius;
pub mod sql;
pub mod time_service;

pub use problems::{Checked, Unusable};
