//! Strategy discussions: items like others that somebody has to deal with.

use async_trait::async_trait;
use kinfold_service::{
    ports::{DiscussionStore, PortError},
    records::DiscussionId,
    register::Discussion,
};

use super::items::{EVER, Kind};
use crate::{Store, fault::Doing};

#[async_trait]
impl DiscussionStore for Store {
    async fn put_discussion(&self, known: &Discussion) -> Result<(), PortError> {
        let row = (Kind::Discussion, known.id.0.to_string());
        let stands = (known.outcome.is_none(), known.recorded.1);
        self.put_one(row, stands, (known, &[])).await.doing("storing a strategy discussion")
    }

    async fn discussion(&self, id: DiscussionId) -> Result<Option<Discussion>, PortError> {
        self.item(Kind::Discussion, &id.0.to_string()).await.doing("reading a strategy discussion")
    }

    async fn open_discussions(&self) -> Result<Vec<Discussion>, PortError> {
        self.items_since(Kind::Discussion, EVER).await.doing("reading the strategy discussions")
    }
}
