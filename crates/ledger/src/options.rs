//! Sizes and paces of a log.

use std::time::Duration;

use crate::error::OpenError;
use crate::segment::FIRST_BATCH;

/// Sizes and paces. The defaults suit a node.
#[derive(Clone, Debug)]
pub struct Options {
    /// Bytes of a new segment file, 4 KiB to 1 GiB, a multiple of 512.
    pub segment_bytes: u64,
    /// The most bytes of one body.
    pub max_body_bytes: usize,
    /// The most bytes of one batch, so that no caller waits for a giant one.
    pub max_batch_bytes: usize,
    /// The bytes of entries that may wait; who comes then waits for room.
    pub queue_bytes: usize,
    /// The pause after each publication of tiles.
    pub publish_pause: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            segment_bytes: 64 << 20,
            max_body_bytes: 1 << 20,
            max_batch_bytes: 4 << 20,
            queue_bytes: 16 << 20,
            publish_pause: Duration::from_millis(500),
        }
    }
}

impl Options {
    pub(crate) fn check(&self) -> Result<(), OpenError> {
        let sector = FIRST_BATCH;
        if !(8 * sector..=1 << 30).contains(&self.segment_bytes)
            || !self.segment_bytes.is_multiple_of(sector)
        {
            return Err(OpenError::Options("segment_bytes"));
        }
        Ok(())
    }
}
