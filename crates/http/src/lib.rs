//! The surfaces that people and other systems reach over HTTP: web pages, FHIR, the partner's asks, SCIM.
//!
//! Architecture invariant: a handler parses, calls one use case and converts the answer. It knows no SQL, no policy and
//! no ledger, and it never meets the store.

pub mod design;
pub mod fhir;
pub mod partner;
pub mod scim;
pub mod web;
