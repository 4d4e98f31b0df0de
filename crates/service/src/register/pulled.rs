//! The pages of one pull, put together.

use super::{RegisterHead, ReplicaError};

/// The most changes that one list may count: beyond it, a partner fills this node's memory.
const MOST_CHANGES: u64 = 1_000_000;
/// What one pull has brought so far, behind what is held.
pub(super) struct Pulled {
    held: u64,
    leaves: Vec<String>,
}

impl Pulled {
    /// Nothing yet, behind so many changes.
    pub(super) const fn behind(held: u64) -> Self {
        Self { held, leaves: Vec::new() }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.leaves.is_empty()
    }

    /// The place of the first change that is still to come.
    pub(super) fn next(&self) -> u64 {
        self.held + self.leaves.len() as u64
    }

    /// Adds a page, if it goes on where the last one ended and no further than its head counts.
    pub(super) fn extend(
        &mut self,
        from: u64,
        changes: Vec<String>,
        head: &RegisterHead,
    ) -> Result<(), ReplicaError> {
        if from != self.next() || head.size < from + changes.len() as u64 {
            return Err(ReplicaError::Untrusted("its changes do not follow those held here"));
        }
        if head.size > MOST_CHANGES {
            return Err(ReplicaError::Untrusted("it counts more changes than a register can have"));
        }
        self.leaves.extend(changes);
        Ok(())
    }

    /// How many changes were held before, and the new ones.
    pub(super) fn into_parts(self) -> (u64, Vec<String>) {
        (self.held, self.leaves)
    }
}
