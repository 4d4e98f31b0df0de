//! The register fed from the case system: its whole state is read, differences become changes, nothing vanishes unnoticed.

use std::sync::Arc;

use jiff::Timestamp;
use kinfold_domain::{AsAt, RegisterChange, RegisterEntry};
use parking_lot::RwLock;
use tokio::sync::{Mutex, watch};

use super::{
    Register, Vanished,
    difference::{Difference, Moment, difference, sound},
};
use crate::{
    journal::{Journal, JournalError},
    ports::{
        Clock, Covered, PortError, RegisterStore, Rejected, RowsToMend, SourceError, SourceSystem,
        StoredChange, by_record,
    },
    records::Entry,
};

/// Changes read from the store at a time.
const PAGE: u32 = 1000;

/// How the feed stands.
#[derive(Clone, Debug, Default)]
pub struct FeedState {
    /// When the source last answered with a register that could be taken over.
    pub answered: Option<Timestamp>,
    /// Why the last try failed, where it did.
    pub failure: Option<String>,
    /// Rows that can't be loaded: the entries stay as they were.
    pub rejected: Vec<Rejected>,
    /// Entries that vanished from the source at once, too many to believe: not applied until somebody confirms them.
    pub vanished: Option<Vanished>,
}

/// Why one reading of the case system changed nothing.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// The source failed.
    #[error("the case system did not give its register")]
    Source(#[from] SourceError),
    /// It keeps no register at all.
    #[error("the source keeps no register: its mapping has no [register] section")]
    NoRegister,
    /// The ledger can't be written: nothing changes.
    #[error("the ledger could not record the change")]
    Ledger(#[from] JournalError),
    /// The store failed.
    #[error("the change could not be stored")]
    Store(#[from] PortError),
}

/// Feeds this agency's own register.
pub struct RegisterFeed {
    register: Arc<Register>,
    source: Arc<dyn SourceSystem>,
    store: Arc<dyn RegisterStore>,
    to_mend: Arc<dyn RowsToMend>,
    journal: Journal,
    clock: Arc<dyn Clock>,
    state: RwLock<FeedState>,
    grown: watch::Sender<u64>,
    /// One reading at a time: two would each make the same changes.
    reading: Mutex<()>,
}

impl RegisterFeed {
    /// A feed from `source`; call `load` before the first `poll`.
    pub fn new(
        register: Arc<Register>,
        source: Arc<dyn SourceSystem>,
        (store, to_mend): (Arc<dyn RegisterStore>, Arc<dyn RowsToMend>),
        journal: Journal,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let (grown, _) = watch::channel(0);
        let (state, reading) = (RwLock::default(), Mutex::default());
        Self { register, source, store, to_mend, journal, clock, state, grown, reading }
    }

    /// Takes over the changes stored before.
    pub async fn load(&self) -> Result<(), PortError> {
        loop {
            let (from, _) = self.register.size_and_root();
            let page = self.store.changes(&self.register.owner().id, from, PAGE).await?;
            if page.is_empty() {
                return Ok(());
            }
            for stored in page {
                // The register was as it is now when it last changed: that much is known until the case system is read.
                self.register.confirm(Some(AsAt(stored.change.at)), None);
                self.apply(stored.change);
            }
        }
    }

    /// How the feed stands.
    pub fn state(&self) -> FeedState {
        self.state.read().clone()
    }

    /// Tells the number of changes whenever it grows.
    pub fn grown(&self) -> watch::Receiver<u64> {
        self.grown.subscribe()
    }

    /// Reads the case system once; answers how many changes that made.
    pub async fn poll(&self) -> Result<usize, FeedError> {
        self.read(None).await
    }

    /// Reads it once, and believes that these entries vanished.
    pub(super) async fn poll_confirmed(&self, reading: &str) -> Result<usize, FeedError> {
        self.read(Some(reading)).await
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(super) async fn record(&self, entry: Entry) -> Result<(), JournalError> {
        self.journal.record(entry).await.map(drop)
    }

    async fn read(&self, confirmed: Option<&str>) -> Result<usize, FeedError> {
        let _alone = self.reading.lock().await;
        let outcome = self.read_once(confirmed).await;
        if let Err(error) = &outcome {
            self.state.write().failure = Some(error_words(error));
        }
        outcome
    }

    async fn read_once(&self, confirmed: Option<&str>) -> Result<usize, FeedError> {
        // The moment before asking: what changes while the answer travels belongs to the next reading.
        let asked_at = self.clock.now();
        let (entries, rejected) = self.source.register().await?.ok_or(FeedError::NoRegister)?;
        let (entries, rejected) = sound(entries, by_record(rejected));
        let difference = self.difference((entries, &rejected), confirmed, asked_at);
        let (count, vanished) = (difference.changes.len(), difference.vanished);
        let is_whole = vanished.is_none();
        self.take_over(difference.changes, asked_at).await?;
        let whole = Covered::Register(self.source.name());
        self.to_mend.note(whole, &rejected, asked_at).await?;
        let mut state = self.state.write();
        *state = FeedState { answered: Some(asked_at), failure: None, rejected, vanished };
        drop(state);
        // A register of which a part vanished is not confirmed: it keeps its last age until somebody has looked.
        if is_whole {
            self.register.confirm(Some(AsAt(asked_at)), None);
        }
        Ok(count)
    }

    async fn take_over(
        &self,
        changes: Vec<RegisterChange>,
        at: Timestamp,
    ) -> Result<(), FeedError> {
        // A first reading brings thousands: each part is recorded, stored and counted before the next.
        let mut changes = changes.into_iter().peekable();
        while changes.peek().is_some() {
            self.take_over_part(changes.by_ref().take(PAGE as usize).collect(), at).await?;
        }
        Ok(())
    }

    async fn take_over_part(
        &self,
        changes: Vec<RegisterChange>,
        at: Timestamp,
    ) -> Result<(), FeedError> {
        let (first, _) = self.register.size_and_root();
        let stored: Vec<StoredChange> = (first..)
            .zip(changes)
            .map(|(sequence, change)| StoredChange { sequence, change })
            .collect();
        let entries = stored.iter().map(|stored| Entry::RegisterChanged {
            at,
            sequence: stored.sequence,
            register_entry: stored.change.entry.id.clone(),
            by: stored.change.by.clone(),
        });
        self.journal.record_all(entries.collect()).await?;
        self.store.append(&self.register.owner().id, &stored).await?;
        for stored in stored {
            self.apply(stored.change);
        }
        self.grown.send_replace(self.register.size_and_root().0);
        Ok(())
    }

    fn apply(&self, change: RegisterChange) {
        let leaf = leaf(&change);
        self.register.apply(change, leaf.as_bytes());
    }

    fn difference(
        &self,
        read: (Vec<RegisterEntry>, &[Rejected]),
        confirmed: Option<&str>,
        at: Timestamp,
    ) -> Difference {
        let (known, by) = (self.register.entries(), self.source.name());
        difference(&known, read, confirmed, Moment { at, by })
    }
}

/// The JSON text of a change whose bytes are the list's leaf.
pub(super) fn leaf(change: &RegisterChange) -> String {
    // A change is plain data with string keys: serialising it can't fail.
    serde_json::to_string(change).unwrap_or_default()
}

/// An error with its causes, in one line.
fn error_words(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |words, cause| format!("{words}: {cause}"))
}
