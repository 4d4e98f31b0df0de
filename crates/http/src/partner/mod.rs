//! Where partners' nodes ask: the five paths of the partner protocol, on a listener of its own, over mutual TLS 1.3 and HTTP/2.
//!
//! Whoever knocks must hold a key that the agreement held *now* names. That is asked at the handshake, again before each
//! message is read, and once more before its answer leaves, so that a key that the agreement no longer names gets nothing
//! more, however long its connection has been open.

mod body;
mod budget;
mod connection;
mod doors;
mod knocks;
mod listen;
mod problem;
mod request;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use kinfold_domain::AgencyId;
use kinfold_service::{
    agreements::{Agreements, RefusedPeer},
    ports::{Clock, Route},
};
use kinfold_tls::Credential;

pub use knocks::{Knock, Knocks};
pub use listen::serve;

/// Answers partners' signed notes with signed notes.
///
/// The future is dropped when the partner hangs up or the node stops: what must not be half done must not hang on it.
#[async_trait]
pub trait PartnerDesk: Send + Sync {
    /// Answers a note that came from this partner's node on this path.
    async fn answer(
        &self,
        route: Route,
        peer: &AgencyId,
        note: &[u8],
    ) -> Result<String, RefusedPeer>;
}

/// Tells partners by their nodes' keys.
pub trait PartnerKeys: Send + Sync {
    /// The partner whose node has this Ed25519 key, if the agreement held now names it.
    fn partner_with_key(&self, public_key: &[u8; 32]) -> Option<AgencyId>;
}

impl PartnerKeys for Agreements {
    fn partner_with_key(&self, public_key: &[u8; 32]) -> Option<AgencyId> {
        Self::partner_with_key(self, public_key)
    }
}

/// What one peer, or a stranger, may take up.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// For a handshake.
    pub handshake: Duration,
    /// For the first request on a connection, for a message's body, and for a silent connection's sign of life.
    pub read: Duration,
    /// For what is being answered when the node stops.
    pub grace: Duration,
    /// Open connections for each partner.
    pub connections: usize,
    /// The longest message, in bytes.
    pub body: usize,
}

impl Default for Limits {
    /// 5 s, 10 s and 1.5 s; 64 connections; 1 MiB.
    fn default() -> Self {
        Self {
            handshake: Duration::from_secs(5),
            read: Duration::from_secs(10),
            grace: Duration::from_millis(1500),
            connections: 64,
            body: 1024 * 1024,
        }
    }
}

/// What the listener for partners needs.
#[derive(Clone)]
pub struct PartnerParts {
    /// With what this node proves itself.
    pub credential: Arc<Credential>,
    /// Who partners are.
    pub keys: Arc<dyn PartnerKeys>,
    /// Who answers them.
    pub desk: Arc<dyn PartnerDesk>,
    /// The clock, for certificates' dates.
    pub clock: Arc<dyn Clock>,
    /// What one peer may take up.
    pub limits: Limits,
    /// Counts those that were not let in.
    pub knocks: Arc<Knocks>,
}

#[cfg(test)]
mod tests;
