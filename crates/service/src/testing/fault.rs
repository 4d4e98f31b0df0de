//! Failure on demand.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::ports::PortError;

/// A switch by which a store fails, now or after some more calls.
#[derive(Debug, Default)]
pub struct Fault {
    failing: AtomicBool,
    after: AtomicU64,
}

impl Fault {
    /// Every call fails from now on.
    pub fn begin(&self) {
        self.after.store(0, Ordering::SeqCst);
        self.failing.store(true, Ordering::SeqCst);
    }

    /// So many writes still succeed; every call after them fails.
    pub fn begin_after(&self, writes: u64) {
        self.after.store(writes, Ordering::SeqCst);
        self.failing.store(true, Ordering::SeqCst);
    }

    /// Calls work again.
    pub fn end(&self) {
        self.failing.store(false, Ordering::SeqCst);
    }

    pub(super) fn read(&self) -> Result<(), PortError> {
        let out = self.failing.load(Ordering::SeqCst) && self.after.load(Ordering::SeqCst) == 0;
        if out { Err(PortError::new("being tested", "it was told to fail")) } else { Ok(()) }
    }

    pub(super) fn write(&self) -> Result<(), PortError> {
        self.read()?;
        if self.failing.load(Ordering::SeqCst) {
            self.after.fetch_sub(1, Ordering::SeqCst);
        }
        Ok(())
    }
}
