//! The council's register with its feed, in memory.

use std::sync::Arc;

use async_trait::async_trait;
use kinfold_domain::{AgencyId, RegisterEntry};
use kinfold_service::{
    System,
    ports::{
        Amendment, AmendmentKey, AmendmentStore, PortError, RegisterStore, RungNumber, StoredChange,
    },
    register::{Custodian, CustodyParts, FeedStores, HandOverParts, HandOvers, RegisterFeed},
    testing::MemoryWork,
};
use parking_lot::Mutex;

use super::{Core, Held, children};

/// Changes and amendments.
#[derive(Default)]
pub(crate) struct MemoryRegister {
    changes: Mutex<Vec<StoredChange>>,
    amendments: Mutex<Vec<Amendment>>,
    rung: Mutex<Vec<RungNumber>>,
}

impl MemoryRegister {
    fn filled() -> Self {
        let changes = (0..).zip(children::register());
        let changes = changes.map(|(sequence, change)| StoredChange { sequence, change });
        Self { changes: Mutex::new(changes.collect()), ..Self::default() }
    }
}

/// The register as the case system has it.
pub(crate) fn case_system() -> Vec<RegisterEntry> {
    children::register().into_iter().map(|change| change.entry).collect()
}

/// The feed of an empty register, which it fills.
pub(crate) async fn feed(
    core: &Core,
    held: &Held,
    register: &Arc<kinfold_service::register::Register>,
) -> Arc<RegisterFeed> {
    let filled = held.source.name == "case-system";
    let store = if filled { MemoryRegister::filled() } else { MemoryRegister::default() };
    let store = Arc::new(store);
    let stores = FeedStores {
        register: Arc::<MemoryRegister>::clone(&store),
        to_mend: Arc::<super::MemoryPeople>::clone(&held.store),
        amendments: store,
    };
    let source = Arc::<super::TestSource>::clone(&held.source);
    let feed =
        RegisterFeed::new(Arc::clone(register), source, stores, core.journal.clone(), core.clock());
    feed.load().await.unwrap();
    Arc::new(feed)
}

/// The custodian's work over that feed.
pub(crate) fn custodian(
    core: &Core,
    held: &Held,
    (feed, hand_overs, work): (&Arc<RegisterFeed>, &Arc<HandOvers>, &Arc<MemoryWork>),
) -> Arc<Custodian> {
    Arc::new(Custodian::new(CustodyParts {
        feed: Arc::clone(feed),
        agreements: Arc::clone(&core.agreements),
        entropy: Arc::clone(&core.entropy),
        sealed_desk: held.holdings.sealed_desk.clone(),
        phones: children::phones(),
        hand_overs: Arc::clone(hand_overs),
        discussions: Arc::<MemoryWork>::clone(work),
    }))
}

/// What is handed over to that register and from it.
pub(crate) async fn hand_overs(
    core: &Core,
    held: &Held,
    (feed, work): (&Arc<RegisterFeed>, &Arc<MemoryWork>),
) -> Arc<HandOvers> {
    let role = "register-custodian".parse().unwrap();
    let name = "hand-overs".parse().unwrap();
    let hand_overs = HandOvers::new(HandOverParts {
        feed: Arc::clone(feed),
        agreements: Arc::clone(&core.agreements),
        store: Arc::<MemoryWork>::clone(work),
        sealed_desk: held.holdings.sealed_desk.clone(),
        system: System::new(&core.agency.id, name, "Hand-overs of the register", role),
        purpose: "child-protection-enquiry".parse().unwrap(),
    });
    hand_overs.load().await.unwrap();
    Arc::new(hand_overs)
}

#[async_trait]
impl RegisterStore for MemoryRegister {
    async fn append(&self, _: &AgencyId, changes: &[StoredChange]) -> Result<(), PortError> {
        self.changes.lock().extend_from_slice(changes);
        Ok(())
    }

    async fn changes(
        &self,
        _: &AgencyId,
        from: u64,
        limit: u32,
    ) -> Result<Vec<StoredChange>, PortError> {
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        let changes = self.changes.lock();
        Ok(changes.iter().skip(from).take(limit as usize).cloned().collect())
    }

    async fn forget(&self, _: &AgencyId) -> Result<(), PortError> {
        Ok(())
    }

    async fn save_head(&self, _: &AgencyId, _: &str) -> Result<(), PortError> {
        Ok(())
    }

    async fn head(&self, _: &AgencyId) -> Result<Option<String>, PortError> {
        Ok(None)
    }
}

#[async_trait]
impl AmendmentStore for MemoryRegister {
    async fn amendments(&self) -> Result<Vec<Amendment>, PortError> {
        Ok(self.amendments.lock().clone())
    }

    async fn rung_numbers(&self) -> Result<Vec<RungNumber>, PortError> {
        Ok(self.rung.lock().clone())
    }

    async fn put_rung(&self, rung: &[RungNumber]) -> Result<(), PortError> {
        self.rung.lock().extend_from_slice(rung);
        Ok(())
    }

    async fn amend(&self, put: &[Amendment], gone: &[AmendmentKey]) -> Result<(), PortError> {
        let mut standing = self.amendments.lock();
        let is_put = |key: &AmendmentKey| put.iter().any(|row| row.key() == *key);
        standing.retain(|row| !gone.contains(&row.key()) && !is_put(&row.key()));
        standing.extend_from_slice(put);
        Ok(())
    }
}
