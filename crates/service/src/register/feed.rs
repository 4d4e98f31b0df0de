//! The register fed from the case system: its whole state is read, differences become changes, nothing vanishes unnoticed.

use std::{
    collections::{BTreeMap, HashSet},
    sync::{Arc, atomic::AtomicBool},
};

use jiff::Timestamp;
use kinfold_domain::{AsAt, ChangeKind, EntryId, RegisterEntry};
use parking_lot::RwLock;
use tokio::sync::{Mutex, watch};

use super::{
    Register, Vanished,
    amending::left,
    continued::continued,
    difference::{Difference, Moment, difference, sound},
    entry_reference,
    hand::Hand,
    held::Held,
    overlay::{Reading, overlay},
};
use crate::{
    journal::{Journal, JournalError},
    ports::{
        AmendmentStore, Clock, Covered, PortError, RegisterStore, Rejected, RowsToMend,
        SourceError, SourceSystem, by_record,
    },
    records::{Entry, HandOverId},
};

/// Changes read from the store, or taken over, at a time.
pub(super) const PAGE: u32 = 1000;

/// How the feed stands.
#[derive(Clone, Debug, Default)]
pub struct FeedState {
    /// When the source last answered with a register that could be taken over.
    pub answered: Option<Timestamp>,
    /// Why the last try failed, where it did.
    pub failure: Option<String>,
    /// Since when the source gives what can't be read: waiting mends nothing.
    pub unreadable: Option<Timestamp>,
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
    pub(super) register: Arc<Register>,
    pub(super) source: Arc<dyn SourceSystem>,
    pub(super) store: Arc<dyn RegisterStore>,
    pub(super) to_mend: Arc<dyn RowsToMend>,
    pub(super) hand: Hand,
    pub(super) journal: Journal,
    pub(super) clock: Arc<dyn Clock>,
    state: RwLock<FeedState>,
    pub(super) grown: watch::Sender<u64>,
    /// What hand-overs mean for entries.
    pub(super) held: RwLock<BTreeMap<HandOverId, Held>>,
    /// One reading at a time: two would each make the same changes.
    reading: Mutex<()>,
    /// One change of the list at a time. A reading holds it once the source has answered, so that a custodian never waits for a source.
    pub(super) changing: Mutex<()>,
    /// Changes were handed to the store, which failed before it said whether it has them.
    pub(super) doubted: AtomicBool,
}

/// Where a feed keeps what it knows.
pub struct FeedStores {
    /// The list of changes.
    pub register: Arc<dyn RegisterStore>,
    /// Rows that can't be loaded.
    pub to_mend: Arc<dyn RowsToMend>,
    /// What was changed by hand.
    pub amendments: Arc<dyn AmendmentStore>,
}

impl RegisterFeed {
    /// A feed from `source`; call `load` before the first `poll`.
    pub fn new(
        register: Arc<Register>,
        source: Arc<dyn SourceSystem>,
        stores: FeedStores,
        journal: Journal,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let FeedStores { register: store, to_mend, amendments } = stores;
        Self {
            register,
            source,
            store,
            to_mend,
            hand: Hand::new(amendments),
            journal,
            clock,
            state: RwLock::default(),
            held: RwLock::default(),
            grown: watch::channel(0).0,
            reading: Mutex::default(),
            changing: Mutex::default(),
            doubted: AtomicBool::new(false),
        }
    }

    /// Takes over the changes stored before, and what stands by hand.
    pub async fn load(&self) -> Result<(), PortError> {
        self.hand.load().await?;
        self.stamp_phones();
        loop {
            let (from, _) = self.register.size_and_root();
            let page = self.store.changes(&self.register.owner().id, from, PAGE).await?;
            if page.is_empty() {
                return Ok(());
            }
            for stored in page {
                // The register was as it is now when the feed last changed it: that much is known until the case system is read. A change
                // by hand says nothing of the case system.
                if stored.change.by == self.source.name() {
                    self.register.confirm(Some(AsAt(stored.change.at)), None);
                }
                self.apply(stored.change);
            }
        }
    }

    /// The name of the source that it reads.
    pub fn source(&self) -> &str {
        self.source.name()
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
            let garbled = matches!(error, FeedError::Source(SourceError::Garbled(_)));
            let mut state = self.state.write();
            state.failure = Some(error_words(error));
            state.unreadable = state.unreadable.or(Some(self.now())).filter(|_| garbled);
        }
        outcome
    }

    async fn read_once(&self, confirmed: Option<&str>) -> Result<usize, FeedError> {
        // What was changed by hand just before the process ended stands whether the case system answers or not.
        let finished = self.finish().await?;
        // The moment before asking: what changes while the answer travels belongs to the next reading.
        let asked_at = self.clock.now();
        let kept = self.source.register().await?.ok_or(FeedError::NoRegister)?;
        let extract = kept.extract;
        let (entries, rejected) = sound(kept.entries, by_record(kept.rejected));
        let reading = Reading {
            is_empty: entries.is_empty(),
            unread: unread(&rejected),
            entries,
            at: asked_at,
            extract,
        };
        let _alone = self.alone().await?;
        let (count, vanished) = self.lay_over(reading, confirmed).await?;
        let is_whole = vanished.is_none();
        let whole = Covered::Register(self.source.name());
        self.to_mend.note(whole, &rejected, asked_at).await?;
        let mut state = self.state.write();
        *state = FeedState { answered: Some(asked_at), rejected, vanished, ..FeedState::default() };
        drop(state);
        self.register.heard(asked_at);
        // A register of which a part vanished is not confirmed: it keeps its last age until somebody has looked.
        if is_whole {
            let as_at = extract.map_or(AsAt(asked_at), |extract| extract.as_at);
            self.register.confirm(Some(as_at), None);
        }
        Ok(finished + count)
    }

    /// Lays what stands by hand over a reading and takes the difference over; answers how many changes that made, and what vanished.
    async fn lay_over(
        &self,
        mut reading: Reading,
        confirmed: Option<&str>,
    ) -> Result<(usize, Option<Vanished>), FeedError> {
        let (at, by) = (reading.at, self.source.name());
        let known = self.register.entries();
        let mut standing = self.hand.all();
        if let Some(extract) = reading.extract {
            reading.entries = continued(reading.entries, &reading.unread, &known, &standing);
            if extract.nameless {
                reading.unread.extend(known.keys().cloned());
            }
        }
        let (mut unread, is_empty) = (reading.unread.clone(), reading.is_empty);
        for row in self.held_rows(at) {
            standing.entry(row.key()).or_insert(row);
        }
        let mut laid = overlay(reading, &known, &standing);
        self.hand.stamp(laid.entries.iter_mut().flat_map(RegisterEntry::telephones_mut));
        let mut handing_over = self.handing_over();
        for entry in &mut laid.entries {
            entry.handing_over = handing_over.remove(&entry.id);
        }
        // Their end is told below, with what took their place.
        unread.extend(laid.superseded.iter().map(|entry| entry.id.clone()));
        let moment = Moment { at, by };
        let Difference { mut changes, vanished } =
            difference(&known, (laid.entries, &unread, is_empty), confirmed, moment);
        // Who confirmed that a part has ended has looked at it already.
        if confirmed.is_none() {
            laid.put.extend(left(&changes, moment));
        }
        changes
            .extend(laid.superseded.into_iter().map(|e| moment.change(ChangeKind::Superseded, e)));
        let count = changes.len();
        // What differs must not be forgotten when the process ends in between; what is done with may be judged once more.
        self.hand.amend(laid.put, &[]).await?;
        self.take_over(changes).await?;
        self.hand.amend(Vec::new(), &laid.gone).await?;
        Ok((count, vanished))
    }
}

/// Whose rows could not be read: what was known of them stays.
fn unread(rejected: &[Rejected]) -> HashSet<EntryId> {
    rejected.iter().filter_map(|row| entry_reference(&row.record)).collect()
}

/// An error with its causes, in one line.
fn error_words(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |words, cause| format!("{words}: {cause}"))
}
