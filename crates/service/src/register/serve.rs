//! This agency's register, served to partners whose agreement allows it.

use std::{collections::HashMap, sync::Arc, time::Duration};

use kinfold_agreement::InForce;
use kinfold_domain::{AgencyId, Category, RegisterPhones};
use tokio::sync::{Mutex, watch};

use super::{Register, RegisterHead, feed::leaf, frontier::Frontier, projection::project};
use crate::{
    agreements::{Agreements, RefusedPeer},
    exchange::{MessageKind, RegisterMessage, RegisterPage},
    identity::NodeIdentity,
    journal::Journal,
    ports::{Clock, RegisterStore, StoredChange},
    records::Entry,
};

/// Changes on a page: below the size of a note even when each is long.
const PAGE: u32 = 200;
/// The longest wait for a change.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// Answers partners who hold a replica of this agency's register.
pub struct RegisterDesk {
    register: Arc<Register>,
    phones: RegisterPhones,
    identity: Arc<NodeIdentity>,
    agreements: Arc<Agreements>,
    store: Arc<dyn RegisterStore>,
    journal: Journal,
    clock: Arc<dyn Clock>,
    grown: watch::Receiver<u64>,
    lists: Mutex<HashMap<AgencyId, PartnerList>>,
}

/// The list of changes as one partner sees it under one agreement.
#[derive(Default)]
struct PartnerList {
    agreement: String,
    list: Frontier,
}

/// What the desk works with.
pub struct DeskParts {
    /// The register.
    pub register: Arc<Register>,
    /// Whom to ring.
    pub phones: RegisterPhones,
    /// This node's keys.
    pub identity: Arc<NodeIdentity>,
    /// The agreement.
    pub agreements: Arc<Agreements>,
    /// Where changes are kept.
    pub store: Arc<dyn RegisterStore>,
    /// The ledger.
    pub journal: Journal,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Tells when the register grows.
    pub grown: watch::Receiver<u64>,
}

impl RegisterDesk {
    /// A desk for this agency's register.
    pub fn new(parts: DeskParts) -> Self {
        let DeskParts { register, phones, identity, agreements, store, journal, clock, grown } =
            parts;
        let lists = Mutex::default();
        Self { register, phones, identity, agreements, store, journal, clock, grown, lists }
    }

    /// Answers a partner's request, signed; what is sent is recorded before it leaves.
    pub async fn answer(&self, peer: &AgencyId, note: &[u8]) -> Result<String, RefusedPeer> {
        let now = self.clock.now();
        let (agreement, message): (_, RegisterMessage) =
            self.agreements.open(peer, MessageKind::Register, note, now)?;
        self.agreements.same_agreement(&agreement, &message.agreement)?;
        self.agreements.in_time(message.sent_at, now)?;
        if !agreement.permits_any(peer, self.agreements.own(), Category::Register) {
            return Err(RefusedPeer::NotAllowed("no clause lets your agency hold this register"));
        }
        self.wait(message.from, Duration::from_millis(message.wait_ms.into())).await;
        let (changes, head) = self.page(peer, &agreement, message.from).await?;
        if !changes.is_empty() {
            self.record_sent(peer, message.from, changes.len()).await?;
        }
        let head = self.identity.seal(MessageKind::RegisterHead, &head)?;
        let page = RegisterPage { from: message.from, changes, head };
        Ok(self.identity.seal(MessageKind::RegisterPage, &page)?)
    }

    async fn wait(&self, from: u64, longest: Duration) {
        let mut grown = self.grown.clone();
        let more = grown.wait_for(|_| self.register.size_and_root().0 > from);
        // Either a change came, or a fresh head is due: both are answers.
        let _ = tokio::time::timeout(longest.min(LONGEST_WAIT), more).await;
    }

    async fn page(
        &self,
        peer: &AgencyId,
        agreement: &InForce,
        from: u64,
    ) -> Result<(Vec<String>, RegisterHead), RefusedPeer> {
        let mut lists = self.lists.lock().await;
        let list = lists.entry(peer.clone()).or_default();
        let digest = agreement.agreement().digest().to_string();
        if list.agreement != digest {
            *list = PartnerList { agreement: digest.clone(), list: Frontier::default() };
        }
        // Read before the changes, so that the head never confirms more than it counts.
        let confirmed = self.register.confirmed(self.clock.now()).as_at;
        let own = &self.register.owner().id;
        let may = |category| agreement.permits_any(peer, own, category);
        loop {
            let next = self.store.changes(own, list.list.size(), PAGE).await?;
            if next.is_empty() {
                break;
            }
            next.iter().for_each(|change| list.list.push(leaf_for(change, may).as_bytes()));
        }
        if from > list.list.size() {
            return Err(RefusedPeer::NotAllowed(
                "you hold more changes than there are: the register was restored",
            ));
        }
        let page = self.store.changes(own, from, PAGE).await?;
        let changes = page.iter().map(|change| leaf_for(change, may)).collect();
        let head = RegisterHead {
            owner: own.clone(),
            partner: peer.clone(),
            agreement: digest,
            size: list.list.size(),
            root: list.list.root().to_string(),
            confirmed,
            signed_at: self.clock.now(),
            phones: Some(self.phones.clone()),
        };
        Ok((changes, head))
    }

    async fn record_sent(
        &self,
        peer: &AgencyId,
        from: u64,
        count: usize,
    ) -> Result<(), RefusedPeer> {
        let entry = Entry::RegisterSent {
            at: self.clock.now(),
            partner: peer.clone(),
            from,
            to: from + count as u64,
        };
        self.journal.record(entry).await?;
        Ok(())
    }
}

fn leaf_for(stored: &StoredChange, may: impl Fn(Category) -> bool) -> String {
    let mut change = stored.change.clone();
    change.entry = project(&change.entry, may);
    leaf(&change)
}
