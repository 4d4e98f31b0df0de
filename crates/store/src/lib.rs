//! The node's store: one `SQLite` file that needs no installing, with whatever is about a person sealed in it.
//!
//! [`Store`] implements the ports of `kinfold-service` that outlive a process: people, registers, staff, trail and
//! agreements. One connection writes, a few read; a write is durable (`synchronous=FULL`) before it is answered. The SQL is
//! what `SQLite` and `PostgreSQL` share, checked at compile time against `.sqlx` (see `docs/store.md`).
//!
//! Architecture invariant: no other crate speaks SQL to the node's own tables, and this one decides nothing: no policy, no
//! matching, no judgement of codes. It reads no clock, takes randomness from the `Entropy` port, and keeps no key that it
//! was opened with in the database.

mod agreements;
mod amendments;
mod columns;
mod department;
mod emergency;
mod fault;
mod identity_links;
mod keys;
mod notifications;
mod open;
mod passkeys;
mod people;
mod registers;
mod rejected;
mod rotation;
mod seal;
mod seeds;
mod staff;
mod store;
mod tokens;
mod trail;

pub use keys::{KeyName, StoreKey, StoreKeys, key_id};
pub use open::OpenError;
pub use rotation::Round;
pub use store::Store;

#[cfg(test)]
mod bad_days_tests;
#[cfg(test)]
mod plain_text_tests;
#[cfg(test)]
mod queries_tests;
#[cfg(test)]
mod released_tests;
#[cfg(test)]
mod testing;
