//! A node's store in one `SQLite` file: nothing to install. `kinfold-store` says what a store is.
//!
//! One connection writes, a few read; a write is durable (`synchronous=FULL`) before it is answered.

#[path = "../../store/queries/mod.rs"]
mod queries;

mod engine;
mod file;

use queries::{columns, department, fault, opening, rejected, seal, seeds, staff, store, tokens};
pub use store::Store;

#[cfg(test)]
mod bad_days_tests;
#[cfg(test)]
mod place;
#[cfg(test)]
mod released_tests;
#[cfg(test)]
use queries::testing;
