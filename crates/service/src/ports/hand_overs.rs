//! Hand-overs between councils' registers, at rest.

use async_trait::async_trait;
use jiff::Timestamp;

use super::PortError;
use crate::{records::HandOverId, register::HandOver};

/// Keeps hand-overs, sealed at rest.
#[async_trait]
pub trait HandOverStore: Send + Sync {
    /// Puts one as it now stands.
    async fn put_hand_over(&self, item: &HandOver) -> Result<(), PortError>;

    /// One.
    async fn hand_over(&self, id: HandOverId) -> Result<Option<HandOver>, PortError>;

    /// Those that are not over, the oldest first.
    async fn open_hand_overs(&self) -> Result<Vec<HandOver>, PortError>;

    /// Those that are not over, and those that began at or after a moment.
    async fn recent_hand_overs(&self, since: Timestamp) -> Result<Vec<HandOver>, PortError>;
}
