//! The queue between those who append and the one thread that writes. Bounded: who finds it full
//! waits, without holding up a thread.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use futures::channel::oneshot;

use crate::batch::entry_bytes;
use crate::entry::Sealed;
use crate::error::LedgerError;
use crate::receipt::Receipt;

pub(crate) type Answer = Result<Vec<Receipt>, LedgerError>;

/// Entries that become durable together, and who waits for them.
pub(crate) struct Job {
    pub(crate) entries: Vec<Sealed>,
    pub(crate) answer: oneshot::Sender<Answer>,
}

impl Job {
    /// What the entries take in a batch.
    pub(crate) fn bytes(&self) -> usize {
        self.entries.iter().map(|entry| entry_bytes(entry.ciphertext.len())).sum()
    }
}

pub(crate) struct Queue {
    limit: usize,
    state: Mutex<State>,
    filled: Condvar,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    bytes: usize,
    closed: Option<Arc<io::Error>>,
    waiting: Vec<Waker>,
}

impl Queue {
    /// A queue that takes jobs while it holds fewer than `limit` bytes.
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit, state: Mutex::default(), filled: Condvar::new() }
    }

    /// Hands over a job and waits for its answer.
    pub(crate) async fn submit(&self, entries: Vec<Sealed>) -> Answer {
        let (answer, answered) = oneshot::channel();
        let mut job = Some(Job { entries, answer });
        poll_fn(|context| self.poll_push(&mut job, context)).await?;
        answered.await.unwrap_or_else(|_dropped| Err(self.refusal()))
    }

    /// All jobs that wait, as soon as there are any; `None` when the queue is closed and empty.
    pub(crate) fn take(&self) -> Option<VecDeque<Job>> {
        let empty = |state: &mut State| state.jobs.is_empty() && state.closed.is_none();
        let state =
            self.filled.wait_while(self.state(), empty).unwrap_or_else(PoisonError::into_inner);
        let jobs = Self::empty(state);
        (!jobs.is_empty()).then_some(jobs)
    }

    /// The jobs that wait at this moment.
    pub(crate) fn take_ready(&self) -> VecDeque<Job> {
        Self::empty(self.state())
    }

    /// Takes no more jobs. The first reason given stays.
    pub(crate) fn close(&self, reason: &Arc<io::Error>) {
        let mut state = self.state();
        state.closed.get_or_insert_with(|| Arc::clone(reason));
        let waiting = std::mem::take(&mut state.waiting);
        drop(state);
        self.filled.notify_all();
        waiting.into_iter().for_each(Waker::wake);
    }

    /// Why the queue is closed, if it is.
    pub(crate) fn closed(&self) -> Option<Arc<io::Error>> {
        self.state().closed.clone()
    }

    fn refusal(&self) -> LedgerError {
        let ended = || Arc::new(io::Error::other("the ledger's writer has ended"));
        LedgerError::Unwritable(self.closed().unwrap_or_else(ended))
    }

    fn poll_push(
        &self,
        job: &mut Option<Job>,
        context: &Context<'_>,
    ) -> Poll<Result<(), LedgerError>> {
        let mut state = self.state();
        if let Some(reason) = &state.closed {
            return Poll::Ready(Err(LedgerError::Unwritable(Arc::clone(reason))));
        }
        if state.bytes >= self.limit {
            if !state.waiting.iter().any(|waker| waker.will_wake(context.waker())) {
                state.waiting.push(context.waker().clone());
            }
            return Poll::Pending;
        }
        if let Some(job) = job.take() {
            state.bytes += job.bytes();
            state.jobs.push_back(job);
        }
        drop(state);
        self.filled.notify_one();
        Poll::Ready(Ok(()))
    }

    fn empty(mut state: MutexGuard<'_, State>) -> VecDeque<Job> {
        let jobs = std::mem::take(&mut state.jobs);
        state.bytes = 0;
        let waiting = std::mem::take(&mut state.waiting);
        drop(state);
        waiting.into_iter().for_each(Waker::wake);
        jobs
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
