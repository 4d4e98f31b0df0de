//! The use cases, one folder each, as a user would name them, and the ports that they need.
//!
//! Architecture invariant: this crate does no I/O of its own and reads no clock: time, chance, stores, sources and partners are
//! ports. Every fact goes one way: ask → decide → record → gather → release. A `Permit` needs a decision and evidence that the
//! intent is durably recorded; a `Release` needs a permit and a receipt of what is shown. No other crate can make either.

mod permit;
pub mod ports;

pub use permit::Permit;
