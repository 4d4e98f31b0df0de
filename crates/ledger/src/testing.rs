//! For tests of this and other crates: a faulty medium in memory, salts that count, and receipts that
//! nothing backs.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::checkpoint::SignedCheckpoint;
use crate::entry::Commitment;
use crate::log::Entropy;
pub use crate::memory::MemoryMedia;
use crate::receipt::Receipt;

/// A receipt that no log stands behind, for tests of what needs one.
pub fn receipt(index: u64, checkpoint: Arc<SignedCheckpoint>) -> Receipt {
    Receipt::new(index, Commitment::new([0; 32]), checkpoint)
}

/// An entropy port that counts: never the same salt twice, always the same sequence.
pub fn counting_entropy(start: u64) -> Entropy {
    let count = AtomicU64::new(start);
    Arc::new(move || {
        let n = count.fetch_add(1, Ordering::Relaxed);
        *crate::tree::Hash::of_leaf(&n.to_be_bytes()).as_bytes()
    })
}
