//! A node's store in a `PostgreSQL` server that the agency runs: for one that outgrows a file, or keeps its databases on a pair of
//! servers. `kinfold-store` says what a store is.
//!
//! One connection of a process writes, a few read. Whoever writes takes the database's lock first, so that several processes write
//! one after the other, as they do to a file; a write is on the server's disk, and on a synchronous standby's where there is one, before it is answered.

#[path = "../../store/queries/mod.rs"]
mod queries;

mod config;
mod engine;
mod server;

pub use config::{Server, ServerTls};
use queries::{columns, department, fault, opening, rejected, seal, seeds, staff, store, tokens};
pub use store::Store;

#[cfg(test)]
mod place;
#[cfg(test)]
use queries::testing;
