//! What a node's store is, whichever database holds it: its keys, and what the node asks of it beside the ports.
//!
//! Two thin crates keep it: `kinfold-store-sqlite` in one file that needs no installing, and `kinfold-store-postgres` in a server
//! that the agency runs. Both compile the same statements, which lie in `queries/` beside this crate's `src`: whatever is about a
//! person is sealed before it is written, and each statement is checked against either engine's tables at compile time.
//!
//! Architecture invariant: no other crate speaks SQL to the node's own tables, and these decide nothing: no policy, no
//! matching, no judgement of codes. They read no clock, take randomness from the `Entropy` port, and keep no key that they
//! were opened with in the database.

mod keys;
mod moving;
mod node_store;
mod open_error;
mod round;

pub use keys::{KeyName, StoreKey, StoreKeys, derive, key_id};
pub use moving::{Cell, Movable, Moved, TABLES};
pub use node_store::{NodeStore, SeedsRotation};
pub use open_error::OpenError;
pub use round::{Round, Table};
