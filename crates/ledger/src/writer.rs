//! The one thread that writes: takes everything queued, writes it once, syncs once, answers all.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use kinfold_note::SigningKey;

use crate::batch::{self, After, batch_bytes};
use crate::checkpoint::SignedCheckpoint;
use crate::entry::Sealed;
use crate::error::LedgerError;
use crate::log::Shared;
use crate::prepare::Preparer;
use crate::queue::Job;
use crate::receipt::Receipt;
use crate::segment::{FIRST_BATCH, Segment};
use crate::segments::Place;

/// How long one that waits justifies waiting for more.
const PER_JOB: Duration = Duration::from_micros(20);
const LONGEST_GATHERING: Duration = Duration::from_millis(1);

pub(crate) struct Writer {
    pub(crate) shared: Arc<Shared>,
    pub(crate) signing: SigningKey,
    pub(crate) preparer: Preparer,
    pub(crate) segment: Segment,
    /// Where the next batch goes.
    pub(crate) at: u64,
    pub(crate) sequence: u64,
    /// The most bytes of one batch.
    pub(crate) max_batch: usize,
}

/// The most bytes that a checkpoint's note takes for this origin.
pub(crate) fn max_note(origin: &str) -> usize {
    2 * origin.len() + 256
}

/// Closes the queue however the thread ends, so that nobody waits for it in vain.
struct Ending(Arc<Shared>);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.end(&Arc::new(io::Error::other("the ledger's writer has ended")));
    }
}

impl Writer {
    /// Works until the queue is closed, or a write or sync fails.
    pub(crate) fn run(mut self) {
        let _ending = Ending(Arc::clone(&self.shared));
        while let Some(mut jobs) = self.shared.queue.take() {
            self.gather(&mut jobs);
            while !jobs.is_empty() {
                if let Err(error) = self.work(&mut jobs) {
                    self.fail(&Arc::new(error), jobs);
                    return;
                }
            }
        }
    }

    /// Where several came at once, more are on their way: a sync for all of them costs little more than one for a few. Who comes
    /// alone never waits.
    fn gather(&self, jobs: &mut VecDeque<Job>) {
        let others = u32::try_from(jobs.len() - 1).unwrap_or(u32::MAX);
        if others > 0 {
            thread::sleep(PER_JOB.saturating_mul(others).min(LONGEST_GATHERING));
            jobs.append(&mut self.shared.queue.take_ready());
        }
    }

    /// Writes one batch of the first jobs, or refuses those for which there is no room.
    fn work(&mut self, jobs: &mut VecDeque<Job>) -> io::Result<()> {
        let chosen = self.choose(jobs);
        if !chosen.is_empty() {
            return self.commit(chosen);
        }
        match self.preparer.take(self.segment.number + 1) {
            Ok(next) => {
                self.shared.segments.rotate(next.clone());
                (self.segment, self.at) = (next, FIRST_BATCH);
                Ok(())
            }
            Err(error) if is_full(&error) => {
                self.refuse(jobs);
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// Refuses all that the rest of the segment cannot take, at once: making a segment fails slowly.
    fn refuse(&self, jobs: &mut VecDeque<Job>) {
        let (room, note) = (self.room(), max_note(&self.shared.origin));
        for job in std::mem::take(jobs) {
            if batch_bytes(job.bytes(), note) > room {
                let _ = job.answer.send(Err(LedgerError::Full));
            } else {
                jobs.push_back(job);
            }
        }
    }

    fn room(&self) -> usize {
        usize::try_from(self.segment.size - self.at).unwrap_or(usize::MAX)
    }

    /// The first jobs that fit together; none when not even the first fits here.
    fn choose(&self, jobs: &mut VecDeque<Job>) -> Vec<Job> {
        let (room, note) = (self.room(), max_note(&self.shared.origin));
        let (mut chosen, mut bytes) = (Vec::new(), 0);
        while let Some(job) = jobs.pop_front() {
            let whole = batch_bytes(bytes + job.bytes(), note);
            if whole > room || (!chosen.is_empty() && whole > self.max_batch) {
                jobs.push_front(job);
                break;
            }
            bytes += job.bytes();
            chosen.push(job);
        }
        chosen
    }

    fn commit(&mut self, jobs: Vec<Job>) -> io::Result<()> {
        let (mut entries, mut waiting) = (Vec::new(), Vec::with_capacity(jobs.len()));
        for job in jobs {
            waiting.push((job.entries.len(), job.answer));
            entries.extend(job.entries);
        }
        let written = self.write(&entries);
        let checkpoint = match written {
            Ok(checkpoint) => Arc::new(checkpoint),
            Err(error) => {
                // The waiting must hear of it only when nobody can be told otherwise any more.
                let error = Arc::new(error);
                self.shared.end(&error);
                for (_, answer) in waiting {
                    let _ = answer.send(Err(LedgerError::Unwritable(Arc::clone(&error))));
                }
                return Err(io::Error::new(error.kind(), Arc::clone(&error)));
            }
        };
        self.shared.advance(&checkpoint);
        let first = checkpoint.size() - entries.len() as u64;
        let receipts = (first..)
            .zip(entries)
            .map(|(index, entry)| Receipt::new(index, entry.commitment, Arc::clone(&checkpoint)));
        answer(receipts, waiting);
        Ok(())
    }

    /// Hashes, signs, writes once, syncs once.
    fn write(&mut self, entries: &[Sealed]) -> io::Result<SignedCheckpoint> {
        let (size, root) = self.shared.hashes.append(entries).map_err(io::Error::other)?;
        let checkpoint =
            SignedCheckpoint::sign(size, root, &self.signing).map_err(io::Error::other)?;
        let note = checkpoint.note().to_string();
        let first_index = size - entries.len() as u64;
        let after = After { size, root, note: &note };
        let bytes = batch::encode(self.sequence, first_index, entries, &after)
            .ok_or_else(|| io::Error::other("the batch is too long for its fields"))?;
        self.segment.file.write_at(self.at, &bytes)?;
        self.segment.file.sync()?;
        self.shared.segments.note(Place { first_index, at: self.at });
        self.at += bytes.len() as u64;
        self.sequence += 1;
        Ok(checkpoint)
    }

    fn fail(self, error: &Arc<io::Error>, jobs: VecDeque<Job>) {
        self.shared.end(error);
        let left = std::iter::from_fn(|| self.shared.queue.take()).flatten();
        for job in jobs.into_iter().chain(left) {
            let _ = job.answer.send(Err(LedgerError::Unwritable(Arc::clone(error))));
        }
    }
}

fn answer(
    mut receipts: impl Iterator<Item = Receipt>,
    waiting: Vec<(usize, futures::channel::oneshot::Sender<crate::queue::Answer>)>,
) {
    for (count, answer) in waiting {
        // Who has gone away meanwhile has an entry all the same.
        let _ = answer.send(Ok(receipts.by_ref().take(count).collect()));
    }
}

fn is_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
    )
}
