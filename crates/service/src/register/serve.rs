//! This agency's register, served to partners whose agreement allows it.

use std::{collections::HashMap, sync::Arc, time::Duration};

use kinfold_agreement::InForce;
use kinfold_domain::{AgencyId, AsAt, Categories, Category, RegisterPhones};
use tokio::sync::{Mutex, watch};

use super::{
    Register, RegisterHead,
    ahead::{Ahead, Page},
    frontier::Frontier,
    projection::project,
    taking::leaf,
};
use crate::{
    agreements::{Agreements, Heard, RefusedPeer},
    exchange::{MessageKind, RegisterMessage, RegisterPage},
    identity::NodeIdentity,
    journal::Journal,
    ports::{Clock, RegisterStore, StoredChange},
    records::Entry,
};

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
    projection: Categories,
    list: Frontier,
    ahead: Ahead,
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
        let Heard { agreement, message, .. } =
            self.agreements.hear::<RegisterMessage>(peer, note, now).await?;
        self.may_hold(peer, &agreement).await?;
        self.wait(message.from, Duration::from_millis(message.wait_ms.into())).await;
        // The wait was long enough for the agreement to end, or to be replaced.
        let agreement = self.agreements.in_force(self.clock.now())?;
        self.may_hold(peer, &agreement).await?;
        let (changes, head) = self.page(peer, &agreement, message.from).await?;
        if !changes.is_empty() {
            self.record_sent(peer, message.from, changes.len()).await?;
        }
        let head = self.identity.seal(MessageKind::RegisterHead, &head)?;
        let page = RegisterPage { from: message.from, changes, head };
        Ok(self.identity.seal(MessageKind::RegisterPage, &page)?)
    }

    async fn may_hold(&self, peer: &AgencyId, agreement: &InForce) -> Result<(), RefusedPeer> {
        if agreement.permits_any(peer, self.agreements.own(), Category::Register) {
            Ok(())
        } else {
            Err(self.refused(peer, "no clause lets your agency hold this register").await)
        }
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
        let own = &self.register.owner().id;
        // Read before the changes, so that the head never confirms more than it counts.
        let confirmed = self.register.confirmed(self.clock.now()).as_at;
        let mut lists = self.lists.lock().await;
        let seen = lists.entry(peer.clone()).or_default();
        let head = self.head((peer, agreement), (seen, from), confirmed).await?;
        if from > head.size {
            let why = "you hold more changes than there are: the register was restored";
            return Err(self.refused(peer, why).await);
        }
        let ready = seen.ahead.page(from);
        if !ready.is_empty() {
            return Ok((ready, head));
        }
        drop(lists);
        let page = self.store.changes(own, from, Page::MOST).await?;
        // The register may have grown since its head was counted: what is beyond it comes with the next head.
        let counted = page.into_iter().filter(|change| change.sequence < head.size);
        Ok((Page::of(counted.map(|change| leaf_for(change, &head.projection))), head))
    }

    /// The head of the list as this partner sees it: extended by what is new, begun anew under other terms. What of the new lies beyond
    /// `from`, where the partner goes on, is kept ready.
    async fn head(
        &self,
        (peer, agreement): (&AgencyId, &InForce),
        (seen, from): (&mut PartnerList, u64),
        confirmed: Option<AsAt>,
    ) -> Result<RegisterHead, RefusedPeer> {
        let own = &self.register.owner().id;
        let digest = agreement.agreement().digest().to_string();
        let may = |category: &Category| agreement.permits_any(peer, own, *category);
        let projection: Categories = Category::ALL.into_iter().filter(may).collect();
        if seen.agreement != digest || seen.projection != projection {
            let (agreement, projection) = (digest.clone(), projection.clone());
            *seen = PartnerList { agreement, projection, ..PartnerList::default() };
        }
        loop {
            let next = self.store.changes(own, seen.list.size(), Page::MOST).await?;
            if next.is_empty() {
                break;
            }
            for change in next {
                let (at, leaf) = (seen.list.size(), leaf_for(change, &projection));
                seen.list.push(leaf.as_bytes());
                if at >= from {
                    seen.ahead.keep(at, leaf);
                }
            }
        }
        Ok(RegisterHead {
            owner: own.clone(),
            partner: peer.clone(),
            agreement: digest,
            projection,
            size: seen.list.size(),
            root: seen.list.root().to_string(),
            confirmed,
            signed_at: self.clock.now(),
            phones: self
                .register
                .confirmed(self.clock.now())
                .phones
                .or_else(|| Some(self.phones.clone())),
        })
    }

    async fn refused(&self, peer: &AgencyId, why: &'static str) -> RefusedPeer {
        let refused = RefusedPeer::NotAllowed(why);
        self.agreements.refused(peer, MessageKind::Register, refused, self.clock.now()).await
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

fn leaf_for(stored: StoredChange, projection: &Categories) -> String {
    let mut change = stored.change;
    change.entry = project(&change.entry, |category| projection.contains(&category));
    // Why a custodian changed it is told nobody else.
    change.reason = None;
    leaf(&change)
}
