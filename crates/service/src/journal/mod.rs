//! The ledger as the use cases use it: typed entries in, receipts out.

mod lately;

use std::sync::Arc;

use jiff::Timestamp;
use kinfold_ledger::{Ledger, LedgerError, ReadError, Receipt};
use parking_lot::Mutex;
use tokio::sync::Notify;

use self::lately::Lately;
use crate::{exchange::Place, records::Entry};

/// Entries read at a time, backwards.
const STRETCH: u64 = 32;

/// Writes and reads the node's own ledger.
#[derive(Clone)]
pub struct Journal {
    ledger: Arc<Ledger>,
    lately: Arc<Mutex<Lately>>,
    awaited: Arc<Notify>,
}

/// Why an entry is not in the ledger. Nothing is disclosed then.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// It could not be made durable.
    #[error("the ledger cannot be written, so nothing may be shown: ring the operator")]
    Unwritable(#[source] LedgerError),
    /// An entry can't be read back.
    #[error("an entry of the ledger cannot be read")]
    Unreadable(#[source] ReadError),
    /// An entry's body is not one of this version's.
    #[error("an entry of the ledger is of another version of the program")]
    Foreign,
}

impl Journal {
    /// Over an open ledger.
    pub fn new(ledger: Arc<Ledger>) -> Self {
        Self { ledger, lately: Arc::default(), awaited: Arc::default() }
    }

    /// The ledger itself, for following and proving.
    pub const fn ledger(&self) -> &Arc<Ledger> {
        &self.ledger
    }

    /// Asks who makes the search tables not to pause: somebody waits for what they will show.
    pub(crate) fn hurry(&self) {
        self.awaited.notify_one();
    }

    /// Until somebody waits for what is made of the ledger.
    pub async fn hurried(&self) {
        self.awaited.notified().await;
    }

    /// Records one entry; returns once it is durable.
    pub async fn record(&self, entry: Entry) -> Result<Receipt, JournalError> {
        let body = body(&entry)?;
        let receipt = self.ledger.submit(&body).await.map_err(JournalError::Unwritable)?;
        self.lately.lock().keep(receipt.index(), entry, body.len());
        Ok(receipt)
    }

    /// Records several entries together, under one sync.
    pub async fn record_all(&self, entries: Vec<Entry>) -> Result<Vec<Receipt>, JournalError> {
        let bodies = entries.iter().map(body).collect::<Result<Vec<_>, _>>()?;
        let slices: Vec<&[u8]> = bodies.iter().map(Vec::as_slice).collect();
        let receipts = self.ledger.submit_batch(&slices).await.map_err(JournalError::Unwritable)?;
        let mut lately = self.lately.lock();
        for ((receipt, entry), body) in receipts.iter().zip(entries).zip(&bodies) {
            lately.keep(receipt.index(), entry, body.len());
        }
        drop(lately);
        Ok(receipts)
    }

    /// The place of an entry with its proof, for a partner.
    pub(crate) fn place(&self, receipt: &Receipt) -> Result<Place, JournalError> {
        let proof = self.ledger.prove_receipt(receipt).map_err(JournalError::Unreadable)?;
        let proof = proof
            .with_extra(receipt.commitment().as_bytes().to_vec())
            .map_err(|_| JournalError::Foreign)?;
        Ok(Place(proof.to_string()))
    }

    /// Reads one entry back; `None` when its body was erased.
    pub fn read(&self, index: u64) -> Result<Option<Entry>, JournalError> {
        parse(self.ledger.read(index))
    }

    /// Reads the entries `from` to `to` − 1 back, in order: what became durable together is read together.
    pub fn read_all(
        &self,
        from: u64,
        to: u64,
    ) -> impl Iterator<Item = (u64, Result<Option<Entry>, JournalError>)> + use<> {
        (from..to).zip(self.ledger.between(from, to).map(parse))
    }

    /// As [`Journal::read_all`], for who follows the ledger as it grows: what was recorded lately is not read back.
    pub(crate) fn follow(
        &self,
        from: u64,
        to: u64,
    ) -> impl Iterator<Item = (u64, Result<Option<Arc<Entry>>, JournalError>)> + use<> {
        let lately = self.lately.lock().of(from..to);
        let ledger = Arc::clone(&self.ledger);
        let mut reading = None;
        (from..to).map(move |index| {
            if let Some(entry) = lately.get(&index) {
                reading = None;
                return (index, Ok(Some(Arc::clone(entry))));
            }
            let reading = reading.get_or_insert_with(|| ledger.between(index, to));
            let read = reading.next().unwrap_or(Err(ReadError::Absent));
            (index, parse(read).map(|entry| entry.map(Arc::new)))
        })
    }

    /// The newest moment of what was recorded last.
    pub fn newest(&self) -> Result<Option<Timestamp>, JournalError> {
        let last = self.backwards(Timestamp::MAX).next().transpose()?;
        Ok(last.unwrap_or_default().iter().map(Entry::at).max())
    }

    /// Stretches of entries, the newest stretch first, the entries of each in order; down to the stretch that begins before `since`.
    /// Entries that can't be read here, erased or of another version, are left out.
    pub(crate) fn backwards(
        &self,
        since: Timestamp,
    ) -> impl Iterator<Item = Result<Vec<Entry>, JournalError>> {
        let mut to = self.ledger.size();
        std::iter::from_fn(move || {
            let from = to.checked_sub(1)?.saturating_sub(STRETCH - 1);
            let entries = self.read_all(from, to).map(|(_, entry)| entry);
            let read = entries.filter_map(|entry| match entry {
                Ok(entry) => entry.map(Ok),
                Err(JournalError::Foreign) => None,
                Err(error) => Some(Err(error)),
            });
            let read = read.collect::<Result<Vec<_>, _>>();
            let old = read.as_ref().is_ok_and(|all| all.first().is_some_and(|e| e.at() < since));
            to = if old { 0 } else { from };
            Some(read)
        })
    }
}

fn parse(read: Result<kinfold_ledger::Entry, ReadError>) -> Result<Option<Entry>, JournalError> {
    let entry = read.map_err(JournalError::Unreadable)?;
    let Some(body) = entry.body() else { return Ok(None) };
    serde_json::from_slice(body.expose()).map(Some).map_err(|_| JournalError::Foreign)
}

fn body(entry: &Entry) -> Result<Vec<u8>, JournalError> {
    serde_json::to_vec(entry).map_err(|_| JournalError::Foreign)
}
