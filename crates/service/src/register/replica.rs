//! A partner's register, held here: signed changes, verified against a signed head before they count.

use std::sync::Arc;

use kinfold_agreement::InForce;
use kinfold_domain::{AgencyId, RegisterChange};
use parking_lot::RwLock;

use super::{Register, RegisterHead, frontier::Frontier};
use crate::{
    agreements::{Agreements, NoAgreement},
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

/// A partner's register as it is held here.
pub struct Replica {
    register: Arc<Register>,
    identity: Arc<NodeIdentity>,
    agreements: Arc<Agreements>,
    link: Arc<dyn PartnerLink>,
    store: Arc<dyn RegisterStore>,
    clock: Arc<dyn Clock>,
    failure: RwLock<Option<ReplicaError>>,
}

impl Replica {
    /// A replica kept in `register`; call `load` before the first `pull`.
    pub fn new(
        register: Arc<Register>,
        identity: Arc<NodeIdentity>,
        agreements: Arc<Agreements>,
        (link, store, clock): (Arc<dyn PartnerLink>, Arc<dyn RegisterStore>, Arc<dyn Clock>),
    ) -> Self {
        let failure = RwLock::default();
        Self { register, identity, agreements, link, store, clock, failure }
    }

    /// Whose register.
    pub fn owner(&self) -> &AgencyId {
        &self.register.owner().id
    }

    /// Why the last pull failed, where it did.
    pub fn failure(&self) -> Option<ReplicaError> {
        self.failure.read().clone()
    }

    /// Takes over what was stored, if its head still stands under the agreement in force; forgets it otherwise.
    pub async fn load(&self) -> Result<(), ReplicaError> {
        let stored = self.store.head(self.owner()).await?;
        let agreement = self.agreements.in_force(self.clock.now());
        if let (Some(head), Ok(agreement)) = (stored, agreement)
            && self.restore(&head, &agreement).await.is_ok()
        {
            return Ok(());
        }
        self.forget().await
    }

    /// Forgets the replica: nothing of it may be kept without an agreement.
    pub async fn forget(&self) -> Result<(), ReplicaError> {
        self.register.clear();
        Ok(self.store.forget(self.owner()).await?)
    }

    /// Brings the replica up to date; the partner answers at once when there is something, otherwise after `wait_ms` with a fresh head.
    pub async fn pull(&self, wait_ms: u32) -> Result<usize, ReplicaError> {
        let outcome = self.pull_once(wait_ms).await;
        if matches!(outcome, Err(ReplicaError::NoAgreement(_)))
            && self.register.size_and_root().0 > 0
        {
            self.forget().await?;
        }
        *self.failure.write() = outcome.as_ref().err().cloned();
        outcome
    }

    async fn pull_once(&self, wait_ms: u32) -> Result<usize, ReplicaError> {
        let agreement = self.agreements.in_force(self.clock.now())?;
        let (held, _) = self.register.size_and_root();
        let mut pending = Vec::new();
        loop {
            let from = held + pending.len() as u64;
            let wait_ms = if pending.is_empty() { wait_ms } else { 0 };
            let page = self.ask(&agreement, from, wait_ms).await?;
            let head = self.open_head(&page.head, &agreement)?;
            if page.from != from || head.size < from + page.changes.len() as u64 {
                return Err(ReplicaError::Untrusted("its changes do not follow those held here"));
            }
            let nothing_new = page.changes.is_empty();
            pending.extend(page.changes);
            if held + pending.len() as u64 == head.size {
                return self.take_over(pending, &head, &page.head).await;
            }
            if nothing_new {
                return Err(ReplicaError::Untrusted("it withholds changes that its head counts"));
            }
        }
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
        let key = self.agreements.node_key_of(agreement, self.owner())?;
        Ok(open(MessageKind::RegisterPage, answer.as_bytes(), &key)?)
    }

    fn open_head(&self, note: &str, agreement: &InForce) -> Result<RegisterHead, ReplicaError> {
        let key = self.agreements.node_key_of(agreement, self.owner())?;
        let head: RegisterHead = open(MessageKind::RegisterHead, note.as_bytes(), &key)?;
        let ours = head.owner == *self.owner()
            && head.partner == *self.agreements.own()
            && head.agreement == agreement.agreement().digest().to_string();
        if ours {
            Ok(head)
        } else {
            Err(ReplicaError::Untrusted("its head is of another register"))
        }
    }

    /// Verifies the whole list's root before anything of it counts.
    async fn take_over(
        &self,
        leaves: Vec<String>,
        head: &RegisterHead,
        note: &str,
    ) -> Result<usize, ReplicaError> {
        let changes = leaves
            .iter()
            .map(|leaf| serde_json::from_str::<RegisterChange>(leaf))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| ReplicaError::Untrusted("a change can't be read"))?;
        if self.register.root_with(&leaves) != head.root {
            return Err(ReplicaError::Untrusted("its changes do not add up to its signed head"));
        }
        let count = changes.len();
        let (held, _) = self.register.size_and_root();
        if count > 0 {
            let stored: Vec<StoredChange> = (held..)
                .zip(changes.iter().cloned())
                .map(|(sequence, change)| StoredChange { sequence, change })
                .collect();
            self.store.append(self.owner(), &stored).await?;
        }
        self.store.save_head(self.owner(), note).await?;
        for (change, leaf) in changes.into_iter().zip(&leaves) {
            self.register.apply(change, leaf.as_bytes());
        }
        self.register.confirm(head.confirmed, head.phones.clone());
        Ok(count)
    }

    async fn restore(&self, note: &str, agreement: &InForce) -> Result<(), ReplicaError> {
        let head = self.open_head(note, agreement)?;
        let mut list = Frontier::default();
        let mut changes = Vec::new();
        loop {
            let page = self.store.changes(self.owner(), changes.len() as u64, 1000).await?;
            if page.is_empty() {
                break;
            }
            changes.extend(page.into_iter().map(|stored| stored.change));
        }
        let leaves: Vec<String> = changes.iter().map(super::feed::leaf).collect();
        leaves.iter().for_each(|leaf| list.push(leaf.as_bytes()));
        if list.root().to_string() != head.root {
            return Err(ReplicaError::Untrusted("what is stored does not add up to its head"));
        }
        for (change, leaf) in changes.into_iter().zip(&leaves) {
            self.register.apply(change, leaf.as_bytes());
        }
        self.register.confirm(head.confirmed, head.phones);
        Ok(())
    }
}
