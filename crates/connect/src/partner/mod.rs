//! The way to partners' nodes: signed notes over mutual TLS 1.3 with the keys that the agreement names, as HTTP/2 on one
//! connection for each partner, kept open.
//!
//! A connection is used only once the partner has let this node in: until its first bytes are read, nothing is asked. So a
//! partner's refusal of this node's key or certificate is told as such, and an ask is sent twice only where it is certain
//! that the first was not.

mod answer;
mod connection;
mod gate;
mod pool;

use std::{collections::HashMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use hyper::body::Bytes;
use kinfold_domain::AgencyId;
use kinfold_service::{
    agreements::Agreements,
    ports::{Clock, PartnerError, PartnerLink, Route},
};
use kinfold_tls::Credential;
use parking_lot::Mutex;
use tokio::time::timeout;

use connection::Lost;
use pool::Slot;

/// Where a partner's node is, and the key by which it is known.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Whereabouts {
    /// Where it answers: `node.ashmoor.example:8443`.
    pub endpoint: String,
    /// The 32 bytes of its Ed25519 key.
    pub key: [u8; 32],
}

/// Tells where partners are. Asked for each message, for the agreement may change at any time.
pub trait Directory: Send + Sync {
    /// Where a partner is, if the agreement names it.
    fn whereabouts(&self, partner: &AgencyId) -> Option<Whereabouts>;
}

impl Directory for Agreements {
    fn whereabouts(&self, partner: &AgencyId) -> Option<Whereabouts> {
        let party = self.partners().into_iter().find(|party| party.agency == *partner)?;
        let (endpoint, key) = (party.endpoint.to_string(), party.node_key.public_key());
        Some(Whereabouts { endpoint, key })
    }
}

/// How long a partner may take.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Deadlines {
    /// For a connection with its handshake.
    pub connect: Duration,
    /// For the whole answer to an ask, to notices and to who looked.
    pub answer: Duration,
    /// For the register's changes, which the partner may hold back until there are any.
    pub register: Duration,
}

impl Default for Deadlines {
    /// 1 s, 6 s and 30 s.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(1),
            answer: Duration::from_secs(6),
            register: Duration::from_secs(30),
        }
    }
}

impl Deadlines {
    const fn of(&self, route: Route) -> Duration {
        match route {
            Route::Ask | Route::Notices | Route::Who | Route::History => self.answer,
            Route::Register => self.register,
        }
    }
}

/// What the way to the partners needs.
#[derive(Clone)]
pub struct LinkParts {
    /// Where they are.
    pub directory: Arc<dyn Directory>,
    /// With what this node proves itself.
    pub credential: Arc<Credential>,
    /// The clock, for certificates' dates.
    pub clock: Arc<dyn Clock>,
    /// How long they may take.
    pub deadlines: Deadlines,
}

/// The way to the partners' nodes. It needs a Tokio runtime with I/O and time.
pub struct Link {
    parts: LinkParts,
    slots: Mutex<HashMap<AgencyId, Arc<Slot>>>,
}

impl Link {
    /// Connects to nobody yet: the first message to a partner does.
    pub fn new(parts: LinkParts) -> Self {
        Self { parts, slots: Mutex::default() }
    }

    fn slot(&self, partner: &AgencyId) -> Arc<Slot> {
        let mut slots = self.slots.lock();
        if let Some(slot) = slots.get(partner) {
            return Arc::clone(slot);
        }
        Arc::clone(slots.entry(partner.clone()).or_default())
    }
}

#[async_trait]
impl PartnerLink for Link {
    async fn send(
        &self,
        partner: &AgencyId,
        route: Route,
        message: String,
    ) -> Result<String, PartnerError> {
        let whereabouts =
            self.parts.directory.whereabouts(partner).ok_or(PartnerError::NotAPartner)?;
        let slot = self.slot(partner);
        let message = Bytes::from(message);
        let mut sent_before = false;
        loop {
            let connection = slot.connection(&self.parts, &whereabouts).await?;
            let exchange = connection.exchange(route, message.clone());
            match timeout(self.parts.deadlines.of(route), exchange).await {
                Err(_) => return Err(PartnerError::TimedOut),
                Ok(Ok(answer)) => return Ok(answer),
                Ok(Err(Lost::Failed(error))) => return Err(error),
                Ok(Err(Lost::NotSent)) if sent_before => return Err(PartnerError::Unreachable),
                // The partner closed the connection that was kept open: not a byte of this was sent.
                Ok(Err(Lost::NotSent)) => sent_before = true,
            }
            slot.forget(&connection);
        }
    }
}

#[cfg(test)]
mod tests;
