//! Time and chance under the test's hand.

use std::sync::atomic::{AtomicU64, Ordering};

use jiff::{SignedDuration, Timestamp};
use parking_lot::RwLock;
use sha2::{Digest, Sha256};

use crate::ports::{Clock, Entropy};

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct ManualClock(RwLock<Timestamp>);

impl ManualClock {
    /// Stands at that moment.
    pub fn new(now: Timestamp) -> Self {
        Self(RwLock::new(now))
    }

    /// Moves to a moment, later or earlier.
    pub fn set(&self, now: Timestamp) {
        *self.0.write() = now;
    }

    /// Moves on by so many seconds; back when they are negative.
    pub fn advance(&self, seconds: i64) {
        let mut now = self.0.write();
        *now = now.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.0.read()
    }
}

/// Bytes that look random, are never the same twice, and always the same sequence.
#[derive(Debug)]
pub struct CountingEntropy {
    start: u64,
    count: AtomicU64,
}

impl CountingEntropy {
    /// Another sequence for every start.
    pub const fn new(start: u64) -> Self {
        Self { start, count: AtomicU64::new(0) }
    }
}

impl Entropy for CountingEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let count = self.count.fetch_add(1, Ordering::Relaxed);
            let mut hasher = Sha256::new();
            hasher.update(self.start.to_be_bytes());
            hasher.update(count.to_be_bytes());
            chunk.copy_from_slice(&hasher.finalize()[..chunk.len()]);
        }
    }
}
