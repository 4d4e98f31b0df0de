//! Receipts: that an entry is durable.

use std::sync::Arc;

use crate::checkpoint::SignedCheckpoint;
use crate::entry::Commitment;

/// Proof, within this process, that one entry is durable under a signed checkpoint.
///
/// Only the log makes one, after its sync, and it cannot be copied: what needs a receipt needs its
/// own entry.
#[derive(Debug)]
pub struct Receipt {
    index: u64,
    commitment: Commitment,
    checkpoint: Arc<SignedCheckpoint>,
}

impl Receipt {
    pub(crate) fn new(
        index: u64,
        commitment: Commitment,
        checkpoint: Arc<SignedCheckpoint>,
    ) -> Self {
        Self { index, commitment, checkpoint }
    }

    /// The entry's index in the log, from 0.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// What the tree holds of the entry.
    pub fn commitment(&self) -> &Commitment {
        &self.commitment
    }

    /// The size of the tree that the entry became durable with.
    pub fn tree_size(&self) -> u64 {
        self.checkpoint.size()
    }

    /// The checkpoint that the entry became durable with.
    pub fn checkpoint(&self) -> &Arc<SignedCheckpoint> {
        &self.checkpoint
    }
}
