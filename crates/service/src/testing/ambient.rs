//! Time and chance under the test's hand.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use parking_lot::RwLock;
use sha2::{Digest, Sha256};

use crate::ports::{Clock, Entropy, Steady};

/// A clock that stands still until it is moved, beside a steady one that time moves with it.
#[derive(Debug)]
pub struct ManualClock(RwLock<(Timestamp, Duration)>);

impl ManualClock {
    /// Stands at that moment.
    pub fn new(now: Timestamp) -> Self {
        Self(RwLock::new((now, Duration::ZERO)))
    }

    /// Time goes on to a later moment; to an earlier one the clock is set.
    pub fn set(&self, now: Timestamp) {
        let (wall, steady) = &mut *self.0.write();
        *steady += Duration::try_from(now.duration_since(*wall)).unwrap_or_default();
        *wall = now;
    }

    /// Time goes on by so many seconds; back when they are negative, as if the clock were set.
    pub fn advance(&self, seconds: i64) {
        self.set(self.after(seconds));
    }

    /// Sets the clock by so many seconds, while no time passes.
    pub fn step(&self, seconds: i64) {
        let set = self.after(seconds);
        self.0.write().0 = set;
    }

    fn after(&self, seconds: i64) -> Timestamp {
        let seconds = SignedDuration::from_secs(seconds);
        self.now().saturating_add(seconds).unwrap_or(Timestamp::MAX)
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        self.0.read().0
    }
}

impl Steady for ManualClock {
    fn elapsed(&self) -> Duration {
        self.0.read().1
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
