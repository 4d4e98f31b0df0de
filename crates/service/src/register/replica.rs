//! A partner's register, held here: signed changes, verified against a signed head before they count.

use std::sync::Arc;

use jiff::Timestamp;
use kinfold_agreement::InForce;
use kinfold_domain::{AgencyId, Categories, RegisterChange};
use parking_lot::RwLock;

use super::{Register, RegisterHead, frontier::Frontier, pulled::Pulled};
use crate::{
    agreements::{Agreements, NoAgreement, clocks_agree, node_key_of},
    exchange::{MessageKind, RegisterMessage, RegisterPage, SealError, open},
    identity::NodeIdentity,
    ports::{Clock, PartnerError, PartnerLink, PortError, RegisterStore, Route, StoredChange},
};

/// Why a replica was not brought up to date. What is held stays, and ages.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ReplicaError {
    /// There is no agreement under which to hold one.
    #[error("{0}")]
    NoAgreement(#[from] NoAgreement),
    /// The partner did not answer.
    #[error("{0}")]
    Partner(#[from] PartnerError),
    /// What it answered can't be trusted.
    #[error("the partner's register can't be trusted: {0}")]
    Untrusted(&'static str),
    /// The store failed.
    #[error("the replica could not be stored")]
    Store(#[source] Arc<PortError>),
}

impl From<PortError> for ReplicaError {
    fn from(error: PortError) -> Self {
        Self::Store(Arc::new(error))
    }
}

impl From<SealError> for ReplicaError {
    fn from(_: SealError) -> Self {
        Self::Untrusted("a message's signature or form is wrong")
    }
}

/// Changes read from the store at a time.
const PAGE: u32 = 1_000;
/// Changes stored at a time: a store takes one writer, and somebody else waits to write.
const STORED: usize = 1_000;

/// A partner's register as it is held here.
pub struct Replica {
    register: Arc<Register>,
    identity: Arc<NodeIdentity>,
    agreements: Arc<Agreements>,
    link: Arc<dyn PartnerLink>,
    store: Arc<dyn RegisterStore>,
    clock: Arc<dyn Clock>,
    failure: RwLock<Option<ReplicaError>>,
    terms: RwLock<Option<Terms>>,
}

/// What a list was made for: its changes are projected for one agreement and for the categories that it lets this agency see.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Terms {
    agreement: String,
    projection: Categories,
}

impl Terms {
    fn of(head: &RegisterHead) -> Self {
        Self { agreement: head.agreement.clone(), projection: head.projection.clone() }
    }
}

impl Replica {
    /// A replica kept in `register`; call `load` before the first `pull`.
    pub fn new(
        register: Arc<Register>,
        identity: Arc<NodeIdentity>,
        agreements: Arc<Agreements>,
        (link, store, clock): (Arc<dyn PartnerLink>, Arc<dyn RegisterStore>, Arc<dyn Clock>),
    ) -> Self {
        let (failure, terms) = (RwLock::default(), RwLock::default());
        Self { register, identity, agreements, link, store, clock, failure, terms }
    }

    /// Whose register.
    pub fn owner(&self) -> &AgencyId {
        &self.register.owner().id
    }

    /// Why the last pull failed, where it did.
    pub fn failure(&self) -> Option<ReplicaError> {
        self.failure.read().clone()
    }

    /// Takes over what was stored, if its head still stands under the agreement in force; forgets it otherwise. A store that fails
    /// forgets nothing.
    pub async fn load(&self) -> Result<(), ReplicaError> {
        let stored = self.store.head(self.owner()).await?;
        let agreement = self.agreements.in_force(self.clock.now());
        if let (Some(head), Ok(agreement)) = (stored, agreement) {
            match self.restore(&head, &agreement).await {
                Err(ReplicaError::Store(error)) => return Err(ReplicaError::Store(error)),
                Ok(()) => return Ok(()),
                Err(_) => {}
            }
        }
        self.forget().await
    }

    /// Forgets the replica: nothing of it may be kept without an agreement.
    pub async fn forget(&self) -> Result<(), ReplicaError> {
        self.register.clear();
        *self.terms.write() = None;
        Ok(self.store.forget(self.owner()).await?)
    }

    /// Brings the replica up to date; the partner answers at once when there is something, otherwise after `wait_ms` with a fresh head.
    pub async fn pull(&self, wait_ms: u32) -> Result<usize, ReplicaError> {
        let outcome = self.pull_once(wait_ms).await;
        if matches!(outcome, Err(ReplicaError::NoAgreement(_))) && self.is_held() {
            self.forget().await?;
        }
        *self.failure.write() = outcome.as_ref().err().cloned();
        outcome
    }

    fn is_held(&self) -> bool {
        self.terms.read().is_some() || self.register.size_and_root().0 > 0
    }

    async fn pull_once(&self, wait_ms: u32) -> Result<usize, ReplicaError> {
        let agreement = self.agreements.in_force(self.clock.now())?;
        let mut list = self.begin(&agreement).await?;
        loop {
            let wait_ms = if list.is_empty() { wait_ms } else { 0 };
            let asked = self.clock.now();
            let page = self.ask(&agreement, list.next(), wait_ms).await?;
            let head = self.open_fresh_head(&page.head, &agreement, asked)?;
            if self.terms.read().as_ref().is_some_and(|terms| *terms != Terms::of(&head)) {
                // Other categories: the whole list is another one.
                self.forget().await?;
                list = Pulled::behind(0);
                continue;
            }
            let nothing_new = page.changes.is_empty();
            list.extend(page.from, page.changes, &head)?;
            if list.next() == head.size {
                return self.take_over(list, &head, &page.head).await;
            }
            if nothing_new {
                return Err(ReplicaError::Untrusted("it withholds changes that its head counts"));
            }
        }
    }

    /// Where the list goes on: anew when it was made under another agreement.
    async fn begin(&self, agreement: &InForce) -> Result<Pulled, ReplicaError> {
        let digest = agreement.agreement().digest().to_string();
        if self.terms.read().as_ref().is_some_and(|terms| terms.agreement != digest) {
            self.forget().await?;
        }
        Ok(Pulled::behind(self.register.size_and_root().0))
    }

    async fn ask(
        &self,
        agreement: &InForce,
        from: u64,
        wait_ms: u32,
    ) -> Result<RegisterPage, ReplicaError> {
        let message = RegisterMessage {
            sent_at: self.clock.now(),
            agreement: agreement.agreement().digest().to_string(),
            from,
            wait_ms,
        };
        let note = self.identity.seal(MessageKind::Register, &message)?;
        let answer = self.link.send(self.owner(), Route::Register, note).await?;
        let key = node_key_of(agreement, self.owner())?;
        Ok(open(MessageKind::RegisterPage, answer.as_bytes(), &key)?)
    }

    /// A head must be signed now: an old one says nothing of what has changed since.
    fn open_fresh_head(
        &self,
        signed: &str,
        agreement: &InForce,
        asked: Timestamp,
    ) -> Result<RegisterHead, ReplicaError> {
        let head = self.open_head(signed, agreement)?;
        let now = self.clock.now();
        let own_clock = self.agreements.own_clock();
        own_clock.compare(self.owner(), head.signed_at, (Some(asked), now));
        if clocks_agree(head.signed_at, now).is_err() {
            return Err(ReplicaError::Untrusted(
                "its head was signed at another time than now: are both clocks right?",
            ));
        }
        Ok(head)
    }

    fn open_head(&self, signed: &str, agreement: &InForce) -> Result<RegisterHead, ReplicaError> {
        let key = node_key_of(agreement, self.owner())?;
        let head: RegisterHead = open(MessageKind::RegisterHead, signed.as_bytes(), &key)?;
        let ours = head.owner == *self.owner()
            && head.partner == *self.agreements.own()
            && head.agreement == agreement.agreement().digest().to_string();
        if !ours {
            return Err(ReplicaError::Untrusted("its head is of another register"));
        }
        if head.confirmed.is_some_and(|confirmed| confirmed.0 > head.signed_at) {
            return Err(ReplicaError::Untrusted("its head confirms what is still to come"));
        }
        Ok(head)
    }

    /// Verifies the whole list's root before anything of it counts.
    async fn take_over(
        &self,
        list: Pulled,
        head: &RegisterHead,
        signed: &str,
    ) -> Result<usize, ReplicaError> {
        let (behind, leaves) = list.into_parts();
        let there = self.stored_from(behind).await?;
        let (register, root) = (Arc::clone(&self.register), head.root.clone());
        let verify = move || {
            let list = List::verified(&register, (behind, leaves), &root)?;
            let new = list.behind(&there);
            Ok::<_, ReplicaError>((list, new))
        };
        let (list, new) = aside(verify).await??;
        let Some(new) = new else {
            self.forget().await?;
            return Err(ReplicaError::Untrusted("what is stored here is another list"));
        };
        for part in new.chunks(STORED) {
            self.store.append(self.owner(), part).await?;
        }
        self.store.save_head(self.owner(), signed).await?;
        let count = list.changes.len();
        let register = Arc::clone(&self.register);
        aside(move || list.apply(&register)).await?;
        self.stands(head);
        Ok(count)
    }

    async fn stored_from(&self, from: u64) -> Result<Vec<RegisterChange>, PortError> {
        let mut changes = Vec::new();
        loop {
            let at = from + changes.len() as u64;
            let page = self.store.changes(self.owner(), at, PAGE).await?;
            if page.is_empty() {
                return Ok(changes);
            }
            changes.extend(page.into_iter().map(|stored| stored.change));
        }
    }

    fn stands(&self, head: &RegisterHead) {
        *self.terms.write() = Some(Terms::of(head));
        self.register.confirm(head.confirmed, head.phones.clone());
        self.register.heard(head.signed_at);
    }

    async fn restore(&self, signed: &str, agreement: &InForce) -> Result<(), ReplicaError> {
        let head = self.open_head(signed, agreement)?;
        let mut changes = self.stored_from(0).await?;
        // What was stored without its head, just before the end, is compared when it comes again.
        changes.truncate(usize::try_from(head.size).unwrap_or(usize::MAX));
        let leaves: Vec<String> = changes.iter().map(super::taking::leaf).collect();
        let mut list = Frontier::default();
        for leaf in &leaves {
            list.push(leaf.as_bytes());
        }
        if list.root().to_string() != head.root {
            return Err(ReplicaError::Untrusted("what is stored does not add up to its head"));
        }
        List { held: 0, changes, leaves }.apply(&self.register);
        self.stands(&head);
        Ok(())
    }
}

/// Changes in their order, with their JSON texts, behind so many that are held.
struct List {
    held: u64,
    changes: Vec<RegisterChange>,
    leaves: Vec<String>,
}

impl List {
    /// Changes whose texts add up to the root.
    fn verified(
        register: &Register,
        (held, leaves): (u64, Vec<String>),
        root: &str,
    ) -> Result<Self, ReplicaError> {
        let changes = leaves
            .iter()
            .map(|leaf| serde_json::from_str::<RegisterChange>(leaf))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| ReplicaError::Untrusted("a change can't be read"))?;
        if register.root_with(&leaves) != root {
            return Err(ReplicaError::Untrusted("its changes do not add up to its signed head"));
        }
        Ok(Self { held, changes, leaves })
    }

    /// What is to be stored. Where an earlier try stored changes and failed with their head, they are there already; `None` where what is
    /// there is not the beginning of this list.
    fn behind(&self, there: &[RegisterChange]) -> Option<Vec<StoredChange>> {
        let agree = there.iter().zip(&self.changes).take_while(|(there, new)| there == new).count();
        let new = (self.held + agree as u64..).zip(self.changes.iter().skip(agree).cloned());
        (agree == there.len())
            .then(|| new.map(|(sequence, change)| StoredChange { sequence, change }).collect())
    }

    fn apply(self, register: &Register) {
        for (change, leaf) in self.changes.into_iter().zip(&self.leaves) {
            register.apply(change, leaf.as_bytes());
        }
    }
}

/// Works beside the threads that answer: a whole register takes seconds, and somebody checks a child meanwhile.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ReplicaError> {
    let failed = |_| ReplicaError::Untrusted("its changes could not be taken over");
    tokio::task::spawn_blocking(work).await.map_err(failed)
}
