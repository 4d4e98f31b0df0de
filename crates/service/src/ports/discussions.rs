//! Strategy discussions, at rest.

use async_trait::async_trait;

use super::PortError;
use crate::{records::DiscussionId, register::Discussion};

/// Keeps strategy discussions, sealed at rest.
#[async_trait]
pub trait DiscussionStore: Send + Sync {
    /// Puts one as it now stands.
    async fn put_discussion(&self, discussion: &Discussion) -> Result<(), PortError>;

    /// One.
    async fn discussion(&self, id: DiscussionId) -> Result<Option<Discussion>, PortError>;

    /// Those of which nothing has come yet, the oldest first.
    async fn open_discussions(&self) -> Result<Vec<Discussion>, PortError>;
}
