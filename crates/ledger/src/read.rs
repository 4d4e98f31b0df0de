//! Reading entries back, proving them, and erasing a body.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::batch::Batch;
use crate::checkpoint::SignedCheckpoint;
use crate::entry::{BodyKey, ERASED, Entry, SealedRef};
use crate::error::ReadError;
use crate::log::{Ledger, Shared};
use crate::proof::TlogProof;
use crate::receipt::Receipt;
use crate::segments::{Found, Walk};
use crate::tree::{self, Hash};

impl Ledger {
    /// Reads one entry.
    pub fn read(&self, index: u64) -> Result<Entry, ReadError> {
        if index >= self.size() {
            return Err(ReadError::Absent);
        }
        let found = self.shared.segments.walk(index)?.step()?.ok_or(ReadError::Absent)?;
        let batch = found.segment.parse(found.at, &found.bytes)?;
        open_batch(&self.shared, &found, &batch, index).next().unwrap_or(Err(ReadError::Absent))
    }

    /// Streams the entries from `index` on, up to those durable when each is asked for: after its
    /// end, and more [growth](Ledger::growth), it goes on.
    pub fn iter_from(&self, index: u64) -> Entries {
        self.between(index, u64::MAX)
    }

    /// The same, up to `end` − 1: of a batch that goes on behind it, no more is decrypted.
    pub fn between(&self, index: u64, end: u64) -> Entries {
        let shared = Arc::clone(&self.shared);
        Entries { shared, next: index, end, walk: None, read: VecDeque::new() }
    }

    /// Proves an entry against the latest checkpoint.
    pub fn prove(&self, index: u64) -> Result<TlogProof, ReadError> {
        self.prove_at(index, &self.checkpoint())
    }

    /// Proves a receipt's entry against the receipt's own checkpoint.
    pub fn prove_receipt(&self, receipt: &Receipt) -> Result<TlogProof, ReadError> {
        self.prove_at(receipt.index(), receipt.checkpoint())
    }

    /// The proof that the tree of `new` leaves extends that of `old`: for a witness.
    pub fn consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, ReadError> {
        if old > new || new > self.size() {
            return Err(ReadError::Absent);
        }
        let hashes = &self.shared.hashes;
        let check = |proof: &[Hash]| -> Result<bool, ReadError> {
            let (before, after) = (tree::root(hashes, old)?, tree::root(hashes, new)?);
            Ok(tree::is_consistent((old, &before), (new, &after), proof))
        };
        let proof = tree::consistency(hashes, old, new)?;
        if check(&proof)? && tree::root(hashes, self.size())? == *self.checkpoint().root() {
            return Ok(proof);
        }
        hashes.remake(old.saturating_sub(1), new)?;
        tree::consistency(hashes, old, new)
    }

    /// Destroys an entry's body: its salt and ciphertext are overwritten and synced. Its commitment
    /// stays, so every proof and trailer stays valid; whether the body ever was what somebody claims
    /// can no longer be tested. Erasing again is harmless, and finishes what a crash cut short.
    ///
    /// Copies (backups, replicas) are erased separately.
    pub fn erase(&self, index: u64) -> Result<(), ReadError> {
        if index >= self.size() {
            return Err(ReadError::Absent);
        }
        let found = self.shared.segments.walk(index)?.step()?.ok_or(ReadError::Absent)?;
        let batch = found.segment.parse(found.at, &found.bytes)?;
        let within = index.checked_sub(batch.header.first_index).ok_or(ReadError::Absent)?;
        let within = usize::try_from(within).map_err(|_| ReadError::Absent)?;
        let (Some(entry), Some(at)) = (batch.entries.get(within), batch.salts_at.get(within))
        else {
            return Err(ReadError::Absent);
        };
        let blank = vec![ERASED; entry.salt.len() + entry.ciphertext.len()];
        found.segment.file.write_at(found.at + *at as u64, &blank)?;
        Ok(found.segment.file.sync()?)
    }

    fn prove_at(&self, index: u64, at: &SignedCheckpoint) -> Result<TlogProof, ReadError> {
        if index >= at.size() {
            return Err(ReadError::Absent);
        }
        let hashes = &self.shared.hashes;
        let prove = || -> Result<Option<TlogProof>, ReadError> {
            let leaf = tree::Nodes::node(hashes, 0, index)?;
            let path = tree::inclusion(hashes, index, at.size())?;
            let right = tree::is_included(leaf, index, at.size(), &path, at.root());
            Ok(right.then(|| TlogProof::new(index, path, at.note().clone())))
        };
        if let Some(proof) = prove()? {
            return Ok(proof);
        }
        hashes.remake(index, at.size())?;
        prove()?.ok_or_else(|| {
            let what = "the entries do not add up to the signed root";
            crate::error::Damage::new(crate::segment::FOLDER, 0, what).into()
        })
    }
}

/// Entries in order, decrypted one batch at a time.
pub struct Entries {
    shared: Arc<Shared>,
    next: u64,
    end: u64,
    walk: Option<Walk>,
    read: VecDeque<Result<Entry, ReadError>>,
}

impl Entries {
    fn read_batch(&mut self) -> Result<(), ReadError> {
        let walk = match &mut self.walk {
            Some(walk) => walk,
            None => self.walk.insert(self.shared.segments.walk(self.next)?),
        };
        let found = walk.step()?.ok_or(ReadError::Absent)?;
        let batch = found.segment.parse(found.at, &found.bytes)?;
        let wanted = usize::try_from(self.end.saturating_sub(self.next)).unwrap_or(usize::MAX);
        self.read = open_batch(&self.shared, &found, &batch, self.next).take(wanted).collect();
        if self.read.is_empty() { Err(ReadError::Absent) } else { Ok(()) }
    }
}

impl Iterator for Entries {
    type Item = Result<Entry, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.read.is_empty() {
            if self.next >= self.shared.size.current().min(self.end) {
                return None;
            }
            if let Err(error) = self.read_batch() {
                // Whoever goes on after an error begins at the same entry again.
                self.walk = None;
                return Some(Err(error));
            }
        }
        self.next += 1;
        self.read.pop_front()
    }
}

/// The batch's entries from `first` on, each decrypted when it is asked for.
fn open_batch<'a>(
    shared: &'a Shared,
    found: &'a Found,
    batch: &'a Batch<'_>,
    first: u64,
) -> impl Iterator<Item = Result<Entry, ReadError>> + use<'a> {
    let numbered = (batch.header.first_index..).zip(batch.entries.iter().zip(&batch.salts_at));
    numbered.skip_while(move |(index, _)| *index < first).map(|(index, (sealed, at))| {
        open(&shared.body_key, &shared.origin, index, sealed).ok_or_else(|| {
            let at = found.at + *at as u64;
            found.segment.damage(at, "the body does not decrypt to what was committed").into()
        })
    })
}

/// Decrypts an entry; `None` when its body is neither right nor erased.
pub(crate) fn open(
    key: &BodyKey,
    origin: &str,
    index: u64,
    sealed: &SealedRef<'_>,
) -> Option<Entry> {
    if sealed.is_erased() {
        return Some(Entry::new(index, sealed.commitment, None));
    }
    let body = key.open(origin, sealed)?;
    Some(Entry::new(index, sealed.commitment, Some(body)))
}
