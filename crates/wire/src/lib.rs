//! Shapes at the edges: what other systems send, read into the domain's types.
//!
//! Architecture invariant: this crate reads and writes bytes that it is given. It knows no network, no file, no clock, and no
//! configuration; a value that can't be read is named by its element, never repeated.

pub mod fhir;
pub mod hl7;
pub mod hooks;
