//! The way in for hospital systems: kept durably, then acknowledged, then dealt with.

use std::sync::Arc;

use async_trait::async_trait;
use kinfold_domain::Personal;
use sha2::{Digest, Sha256};
use tokio::sync::Notify;

use crate::ports::{
    Clock, DepartmentStore, HospitalDesk, KeptMessage, MessageContent, PortError, Received, Taken,
};

/// Keeps what hospital systems send, and wakes whoever deals with it.
pub struct HospitalInbox {
    store: Arc<dyn DepartmentStore>,
    clock: Arc<dyn Clock>,
    came: Arc<Notify>,
}

impl HospitalInbox {
    /// An inbox over `store`; `came` wakes the work on arrivals.
    pub fn new(store: Arc<dyn DepartmentStore>, clock: Arc<dyn Clock>, came: Arc<Notify>) -> Self {
        Self { store, clock, came }
    }
}

#[async_trait]
impl HospitalDesk for HospitalInbox {
    async fn take(&self, received: Received) -> Result<Taken, PortError> {
        let Received { sender, control_id, raw, content } = received;
        let content = match content {
            Ok(movement) => MessageContent::Movement(Box::new(movement)),
            Err(problem) => {
                MessageContent::Broken { problem, raw: Personal::new(hex::encode(raw.expose())) }
            }
        };
        let message = KeptMessage {
            sender,
            control_id,
            fingerprint: hex::encode(Sha256::digest(raw.expose())),
            received: self.clock.now(),
            content,
        };
        if !self.store.keep(&message).await? {
            return Ok(Taken::Again);
        }
        self.came.notify_one();
        Ok(Taken::Kept)
    }
}
