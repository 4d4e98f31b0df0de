//! The log itself: opened, appended to, read, proved from, closed.

use std::io;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::thread::{self, JoinHandle};

use futures::executor::block_on;
use kinfold_note::{SigningKey, VerifierKey};

use crate::batch::{batch_bytes, entry_bytes};
use crate::checkpoint::SignedCheckpoint;
use crate::entry::{BodyKey, Sealed, TAG_BYTES};
use crate::error::{LedgerError, OpenError};
use crate::folder::FolderMedia;
use crate::growth::{Growth, Size};
use crate::hashes::Hashes;
use crate::media::Media;
use crate::options::Options;
use crate::prepare::{Pattern, Preparer};
use crate::publish;
use crate::queue::Queue;
use crate::receipt::Receipt;
use crate::recover::{Recovered, recover};
use crate::segment::FIRST_BATCH;
use crate::segments::Segments;
use crate::tree::Hash;
use crate::writer::{Writer, max_note};

/// Where salts come from: 32 fresh bytes of a cryptographic source at each call.
pub type Entropy = Arc<dyn Fn() -> [u8; 32] + Send + Sync>;

/// The keys of a log.
#[derive(Clone, Debug)]
pub struct LedgerKeys {
    /// Signs checkpoints. Its name is the log's origin.
    pub signing: SigningKey,
    /// Keys that signed before it, of the same name: what they signed still counts.
    pub earlier: Vec<VerifierKey>,
    /// Encrypts bodies.
    pub body: BodyKey,
}

/// What the log's threads and readers share.
pub(crate) struct Shared {
    pub(crate) origin: String,
    pub(crate) media: Arc<dyn Media>,
    pub(crate) body_key: BodyKey,
    pub(crate) keys: Vec<VerifierKey>,
    pub(crate) segments: Arc<Segments>,
    pub(crate) hashes: Hashes,
    pub(crate) queue: Queue,
    pub(crate) size: Arc<Size>,
    latest: RwLock<Arc<SignedCheckpoint>>,
}

impl Shared {
    pub(crate) fn checkpoint(&self) -> Arc<SignedCheckpoint> {
        Arc::clone(&self.latest.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes no more entries, and tells who follows.
    pub(crate) fn end(&self, reason: &Arc<io::Error>) {
        self.queue.close(reason);
        self.size.close();
    }

    /// Makes a durable checkpoint the latest, and tells who follows.
    pub(crate) fn advance(&self, checkpoint: &Arc<SignedCheckpoint>) {
        *self.latest.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(checkpoint);
        self.size.set(checkpoint.size());
    }
}

/// One agency's log, open for appending by this process alone. Dropping it waits until all that was
/// queued is durable and published.
pub struct Ledger {
    pub(crate) shared: Arc<Shared>,
    entropy: Entropy,
    max_body: usize,
    max_job: usize,
    writer: Option<JoinHandle<()>>,
    others: Vec<JoinHandle<()>>,
    _lock: Box<dyn Send + Sync>,
}

impl Ledger {
    /// Opens the log in a folder, or begins one there.
    ///
    /// A torn batch that was never acknowledged is cleared away. If anything below the last signed
    /// size is missing or altered, nothing is changed and the log does not open.
    pub fn open(
        folder: &Path,
        keys: LedgerKeys,
        options: &Options,
        entropy: Entropy,
    ) -> Result<Self, OpenError> {
        Self::open_on(Arc::new(FolderMedia::new(folder)), keys, options, entropy)
    }

    /// As [`Ledger::open`], on any medium.
    pub fn open_on(
        media: Arc<dyn Media>,
        keys: LedgerKeys,
        options: &Options,
        entropy: Entropy,
    ) -> Result<Self, OpenError> {
        options.check()?;
        let lock = media.lock().map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock => OpenError::InUse,
            _ => OpenError::Io(error),
        })?;
        let origin = keys.signing.name().to_string();
        let mut known = vec![keys.signing.verifier().clone()];
        known.extend(keys.earlier);
        let pattern = Pattern { media, size: options.segment_bytes, origin };
        let recovered = recover(&pattern, &known)?;
        let (shared, place) =
            share(&pattern, recovered, (known, keys.body), &keys.signing, options)?;
        // A disk without room for tiles may have room for entries: the next publication tells.
        let _ = publish::begin(&shared);
        let (writer, others) = start(&shared, pattern, keys.signing, place, options)?;
        let note = max_note(&shared.origin);
        let sector_room =
            usize::try_from(options.segment_bytes - FIRST_BATCH).unwrap_or(usize::MAX);
        let max_job = sector_room.saturating_sub(batch_bytes(0, note) + 512);
        Ok(Self {
            shared,
            entropy,
            max_body: options.max_body_bytes,
            max_job: max_job.min(options.max_batch_bytes),
            writer: Some(writer),
            others,
            _lock: lock,
        })
    }

    /// The log's unique name: the name of its signing key.
    pub fn origin(&self) -> &str {
        &self.shared.origin
    }

    /// The keys whose signatures count as this log's, the present one first.
    pub fn verifier_keys(&self) -> &[VerifierKey] {
        &self.shared.keys
    }

    /// Records an entry, holding up the thread until it is durable. Not for asynchronous code: that
    /// uses [`Ledger::submit`].
    pub fn append(&self, body: &[u8]) -> Result<Receipt, LedgerError> {
        block_on(self.submit(body))
    }

    /// As [`Ledger::append`], for several entries that become durable together, in this order.
    pub fn append_batch(&self, bodies: &[&[u8]]) -> Result<Vec<Receipt>, LedgerError> {
        block_on(self.submit_batch(bodies))
    }

    /// Records an entry; ready once it is durable. Dropping the future does not take it back.
    pub async fn submit(&self, body: &[u8]) -> Result<Receipt, LedgerError> {
        let mut receipts = self.submit_batch(&[body]).await?;
        receipts.pop().ok_or_else(|| self.unwritable("the ledger gave no receipt"))
    }

    /// As [`Ledger::submit`], for several entries that become durable together, in this order.
    pub async fn submit_batch(&self, bodies: &[&[u8]]) -> Result<Vec<Receipt>, LedgerError> {
        if bodies.is_empty() {
            return Ok(Vec::new());
        }
        let whole: usize = bodies.iter().map(|body| entry_bytes(body.len() + TAG_BYTES)).sum();
        if whole > self.max_job || bodies.iter().any(|body| body.len() > self.max_body) {
            return Err(LedgerError::TooLarge);
        }
        let sealed: Option<Vec<Sealed>> = bodies.iter().map(|body| self.seal(body)).collect();
        let sealed = sealed.ok_or_else(|| self.unwritable("an entry could not be encrypted"))?;
        self.shared.queue.submit(sealed).await
    }

    /// The number of durable entries.
    pub fn size(&self) -> u64 {
        self.shared.size.current()
    }

    /// The latest durable checkpoint. An empty log has one too.
    pub fn checkpoint(&self) -> Arc<SignedCheckpoint> {
        self.shared.checkpoint()
    }

    /// Word of growth beyond `seen` entries.
    pub fn growth(&self, seen: u64) -> Growth {
        Growth::new(Arc::clone(&self.shared.size), seen)
    }

    /// Why the log takes no more entries, if a write or sync has failed: the process should end.
    pub fn failure(&self) -> Option<Arc<io::Error>> {
        self.shared.queue.closed()
    }

    fn seal(&self, body: &[u8]) -> Option<Sealed> {
        self.shared.body_key.seal(&self.shared.origin, (self.entropy)(), body)
    }

    fn unwritable(&self, why: &'static str) -> LedgerError {
        LedgerError::Unwritable(self.failure().unwrap_or_else(|| Arc::new(io::Error::other(why))))
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        self.shared.queue.close(&Arc::new(io::Error::other("the ledger was closed")));
        // A thread that panicked has closed the queue; there is nothing else to tell here.
        for thread in self.writer.take().into_iter().chain(self.others.drain(..)) {
            let _ = thread.join();
        }
    }
}

/// Where the writer goes on.
struct Resume {
    segment: crate::segment::Segment,
    at: u64,
    sequence: u64,
}

fn share(
    pattern: &Pattern,
    recovered: Recovered,
    (keys, body_key): (Vec<VerifierKey>, BodyKey),
    signing: &SigningKey,
    options: &Options,
) -> Result<(Arc<Shared>, Resume), OpenError> {
    let Recovered { segments, hashes, segment, at, sequence, checkpoint } = recovered;
    let latest = match checkpoint {
        Some(checkpoint) => checkpoint,
        None => SignedCheckpoint::sign(0, Hash::of_nothing(), signing)
            .map_err(|_| OpenError::Options("the signing key's name"))?,
    };
    let shared = Shared {
        origin: pattern.origin.clone(),
        media: Arc::clone(&pattern.media),
        body_key,
        keys,
        segments,
        hashes,
        queue: Queue::new(options.queue_bytes),
        size: Arc::new(Size::new(latest.size())),
        latest: RwLock::new(Arc::new(latest)),
    };
    Ok((Arc::new(shared), Resume { segment, at, sequence }))
}

fn start(
    shared: &Arc<Shared>,
    pattern: Pattern,
    signing: SigningKey,
    resume: Resume,
    options: &Options,
) -> io::Result<(JoinHandle<()>, Vec<JoinHandle<()>>)> {
    let (preparer, preparing) = Preparer::start(pattern, resume.segment.number + 1)?;
    let Resume { segment, at, sequence } = resume;
    let max_batch = options.max_batch_bytes;
    let own = Arc::clone(shared);
    let writer = Writer { shared: own, signing, preparer, segment, at, sequence, max_batch };
    let writer = thread::Builder::new().name("ledger-write".into()).spawn(|| writer.run())?;
    let (own, pause) = (Arc::clone(shared), options.publish_pause);
    let growth = Growth::new(Arc::clone(&shared.size), shared.size.current());
    let publisher = thread::Builder::new()
        .name("ledger-publish".into())
        .spawn(move || publish::run(&own, growth, pause))?;
    Ok((writer, vec![preparing, publisher]))
}

#[cfg(test)]
#[path = "log_tests.rs"]
pub(crate) mod tests;
