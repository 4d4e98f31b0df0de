//! The tamper-evident log of one agency: every access and every change, in the order in which they
//! were made durable, under checkpoints that anybody with the public key can verify.
//!
//! A leaf of the Merkle tree (RFC 6962) is a salted commitment to an entry's body. The body lies
//! encrypted beside the tree, so erasing one breaks no proof. Entries reach the disk in batches:
//! one write and one sync each, however many callers wait. The published form is C2SP `tlog-tiles`
//! with `tlog-checkpoint` and `tlog-proof`; `docs/ledger-format.md` gives every byte.
//!
//! Architecture invariant: this crate knows not what an entry means, has no clock, takes its
//! randomness from a port, and does I/O on its own folder alone, through [`Media`]. It depends on no
//! crate of Kinfold's but the one for signed notes, so that an auditor can build it alone.

mod batch;
mod checkpoint;
mod entry;
mod error;
mod fields;
mod folder;
mod growing;
mod growth;
mod hashes;
mod log;
mod media;
#[cfg(any(test, feature = "testing"))]
mod memory;
mod options;
mod prepare;
mod proof;
mod publish;
mod queue;
mod read;
mod receipt;
mod recover;
mod report;
mod segment;
mod segments;
mod tail;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod tile;
pub mod tree;
mod verify;
mod verify_tiles;
mod writer;

pub use checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint};
pub use entry::{Body, BodyKey, Commitment, Entry};
pub use error::{Damage, LedgerError, OpenError, ReadError};
pub use folder::FolderMedia;
pub use growth::Growth;
pub use log::{Entropy, Ledger, LedgerKeys};
pub use media::{Media, MediaFile};
pub use options::Options;
pub use proof::{ProofError, TlogProof};
pub use read::Entries;
pub use receipt::Receipt;
pub use report::{Finding, Progress, Report};
pub use tree::Hash;
pub use verify::{verify_folder, verify_media};
