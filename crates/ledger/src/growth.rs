//! Word of the log's growth, for those who follow it: search tables, notices, tiles.

use std::future::poll_fn;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::Duration;

/// The durable size, and who waits for more.
#[derive(Default)]
pub(crate) struct Size {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    size: u64,
    closed: bool,
    waiting: Vec<Waker>,
}

impl Size {
    pub(crate) fn new(size: u64) -> Self {
        Self { state: Mutex::new(State { size, ..State::default() }), ..Self::default() }
    }

    pub(crate) fn current(&self) -> u64 {
        self.state().size
    }

    pub(crate) fn set(&self, size: u64) {
        self.change(|state| state.size = size);
    }

    pub(crate) fn close(&self) {
        self.change(|state| state.closed = true);
    }

    /// Holds up the thread for so long, or until the log is closed.
    pub(crate) fn pause(&self, limit: Duration) {
        let open = |state: &mut State| !state.closed;
        drop(self.changed.wait_timeout_while(self.state(), limit, open));
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.state();
        change(&mut state);
        let waiting = std::mem::take(&mut state.waiting);
        drop(state);
        self.changed.notify_all();
        waiting.into_iter().for_each(Waker::wake);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells, once per call, that the log has grown beyond what its holder has seen.
pub struct Growth {
    size: Arc<Size>,
    seen: u64,
}

impl Growth {
    pub(crate) fn new(size: Arc<Size>, seen: u64) -> Self {
        Self { size, seen }
    }

    /// Waits until the durable size exceeds what the last call told; `None` once the log is closed
    /// or unwritable and nothing new remains to be told.
    pub async fn grown(&mut self) -> Option<u64> {
        let (size, seen) = (&self.size, self.seen);
        let told = poll_fn(|context| {
            let mut state = size.state();
            if state.size > seen {
                return Poll::Ready(Some(state.size));
            }
            if state.closed {
                return Poll::Ready(None);
            }
            if !state.waiting.iter().any(|waker| waker.will_wake(context.waker())) {
                state.waiting.push(context.waker().clone());
            }
            Poll::Pending
        })
        .await;
        self.seen = told.unwrap_or(self.seen);
        told
    }

    /// As [`Growth::grown`], holding up the thread, for at most `limit`: then, too, the answer is
    /// `None`; [`Growth::is_closed`] tells the two apart.
    pub fn wait(&mut self, limit: Duration) -> Option<u64> {
        let seen = self.seen;
        let waits = |state: &mut State| state.size <= seen && !state.closed;
        let waited = self.size.changed.wait_timeout_while(self.size.state(), limit, waits);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let told = (state.size > seen).then_some(state.size);
        drop(state);
        self.seen = told.unwrap_or(seen);
        told
    }

    /// Whether the log will grow no more in this process.
    pub fn is_closed(&self) -> bool {
        self.size.state().closed
    }
}
