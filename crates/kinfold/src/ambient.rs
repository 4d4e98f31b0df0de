//! The real clocks and the real randomness: the one place that may touch them.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use kinfold_service::ports::{Clock, Entropy, Steady};

/// The system's clock.
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the port that everything else uses")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// The system's monotonic clock.
pub(crate) struct SystemSteady(Instant);

impl SystemSteady {
    /// From now on.
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }
}

impl Steady for SystemSteady {
    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

/// The system's randomness.
pub(crate) struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        if let Err(error) = getrandom::fill(bytes) {
            // No key, salt or session made without randomness may ever be used.
            tracing::error!(%error, "the system gives no randomness");
            std::process::abort();
        }
    }
}
