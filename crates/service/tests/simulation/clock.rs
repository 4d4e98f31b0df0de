//! The story's time: the runtime's paused clock, which each node reads a little wrong.

use jiff::{SignedDuration, Timestamp};
use kinfold_service::testing::{Ground, start};
use tokio::time::Instant;

/// One node's clock: the story's time and so many milliseconds.
pub(crate) struct Clockwork {
    began: Instant,
    wrong_by: SignedDuration,
}

impl Clockwork {
    pub(crate) fn new(began: Instant, wrong_by_ms: i64) -> Self {
        Self { began, wrong_by: SignedDuration::from_millis(wrong_by_ms) }
    }

    /// The story's time.
    pub(crate) fn true_time(&self) -> Timestamp {
        let gone = SignedDuration::try_from(Instant::now() - self.began).unwrap();
        start().checked_add(gone).unwrap()
    }

    /// What a node's clock shows at a moment of the story's.
    pub(crate) fn shown(&self, at: Timestamp) -> Timestamp {
        at.checked_add(self.wrong_by).unwrap()
    }

    /// When a node's clock showed that.
    pub(crate) fn truly(&self, shown: Timestamp) -> Timestamp {
        shown.checked_sub(self.wrong_by).unwrap()
    }

    /// Sets a node's clock.
    pub(crate) fn show(&self, ground: &Ground) {
        ground.clock.set(self.shown(self.true_time()));
    }
}
