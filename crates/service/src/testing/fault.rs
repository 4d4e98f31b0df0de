//! Failure on demand, and what a simulation lets come before each call.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use async_trait::async_trait;
use parking_lot::RwLock;

use crate::ports::PortError;

/// Comes before each call of a store: a simulation lets time pass there, or ends the process there.
#[async_trait]
pub trait Gate: Send + Sync {
    /// Before a call; `writes` when it changes what is kept.
    async fn pass(&self, writes: bool);
}

/// A switch by which a store fails, now or after some more calls.
#[derive(Default)]
pub struct Fault {
    failing: AtomicBool,
    after: AtomicU64,
    read_only: AtomicBool,
    unanswered: AtomicBool,
    gate: RwLock<Option<Arc<dyn Gate>>>,
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fault").field("failing", &self.failing).finish_non_exhaustive()
    }
}

impl Fault {
    /// Every call fails from now on.
    pub fn begin(&self) {
        self.after.store(0, Ordering::SeqCst);
        self.failing.store(true, Ordering::SeqCst);
    }

    /// Every write fails from now on.
    pub fn begin_writes(&self) {
        self.read_only.store(true, Ordering::SeqCst);
    }

    /// So many writes still succeed; every call after them fails.
    pub fn begin_after(&self, writes: u64) {
        self.after.store(writes, Ordering::SeqCst);
        self.failing.store(true, Ordering::SeqCst);
    }

    /// The next write is done, and its answer is lost: it fails all the same.
    pub fn lose_answer(&self) {
        self.unanswered.store(true, Ordering::SeqCst);
    }

    /// Calls work again.
    pub fn end(&self) {
        self.failing.store(false, Ordering::SeqCst);
        self.read_only.store(false, Ordering::SeqCst);
    }

    /// What every call passes from now on.
    pub fn set_gate(&self, gate: Option<Arc<dyn Gate>>) {
        *self.gate.write() = gate;
    }

    pub(super) async fn read(&self) -> Result<(), PortError> {
        self.pass(false).await;
        self.works()
    }

    pub(super) async fn write(&self) -> Result<(), PortError> {
        self.pass(true).await;
        self.works()?;
        if self.read_only.load(Ordering::SeqCst) {
            return Err(PortError::new("being tested", "it was told to take no writes"));
        }
        if self.failing.load(Ordering::SeqCst) {
            self.after.fetch_sub(1, Ordering::SeqCst);
        }
        Ok(())
    }

    /// After a write was done.
    pub(super) fn answer(&self) -> Result<(), PortError> {
        if self.unanswered.swap(false, Ordering::SeqCst) {
            return Err(PortError::new("being tested", "its answer was lost"));
        }
        Ok(())
    }

    async fn pass(&self, writes: bool) {
        let gate = self.gate.read().clone();
        if let Some(gate) = gate {
            gate.pass(writes).await;
        }
    }

    fn works(&self) -> Result<(), PortError> {
        let out = self.failing.load(Ordering::SeqCst) && self.after.load(Ordering::SeqCst) == 0;
        if out { Err(PortError::new("being tested", "it was told to fail")) } else { Ok(()) }
    }
}
