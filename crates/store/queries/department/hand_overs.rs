//! Hand-overs between councils' registers: items like others that somebody has to deal with.

use async_trait::async_trait;
use jiff::Timestamp;
use kinfold_service::{
    ports::{HandOverStore, PortError},
    records::HandOverId,
    register::HandOver,
};

use super::items::{EVER, Kind};
use crate::{Store, fault::Doing};

#[async_trait]
impl HandOverStore for Store {
    async fn put_hand_over(&self, item: &HandOver) -> Result<(), PortError> {
        let row = (Kind::HandOver, item.id.0.to_string());
        self.put_one(row, (item.is_open(), item.began), (item, &[]))
            .await
            .doing("storing a hand-over")
    }

    async fn hand_over(&self, id: HandOverId) -> Result<Option<HandOver>, PortError> {
        self.item(Kind::HandOver, &id.0.to_string()).await.doing("reading a hand-over")
    }

    async fn open_hand_overs(&self) -> Result<Vec<HandOver>, PortError> {
        self.items_since(Kind::HandOver, EVER).await.doing("reading the hand-overs")
    }

    async fn recent_hand_overs(&self, since: Timestamp) -> Result<Vec<HandOver>, PortError> {
        self.items_since(Kind::HandOver, since).await.doing("reading the hand-overs")
    }
}

#[cfg(test)]
#[path = "hand_overs_tests.rs"]
mod tests;
