//! Amendments, in memory.

use std::collections::BTreeMap;

use async_trait::async_trait;
use parking_lot::Mutex;

use super::Fault;
use crate::ports::{Amendment, AmendmentKey, AmendmentStore, PortError, RungNumber};

/// Keeps amendments in memory.
#[derive(Debug, Default)]
pub struct MemoryAmendments {
    /// Fails on demand.
    pub fault: Fault,
    standing: Mutex<BTreeMap<AmendmentKey, Amendment>>,
    rung: Mutex<BTreeMap<String, RungNumber>>,
}

#[async_trait]
impl AmendmentStore for MemoryAmendments {
    async fn amendments(&self) -> Result<Vec<Amendment>, PortError> {
        self.fault.read().await?;
        Ok(self.standing.lock().values().cloned().collect())
    }

    async fn rung_numbers(&self) -> Result<Vec<RungNumber>, PortError> {
        self.fault.read().await?;
        Ok(self.rung.lock().values().cloned().collect())
    }

    async fn put_rung(&self, rung: &[RungNumber]) -> Result<(), PortError> {
        self.fault.write().await?;
        self.rung.lock().extend(rung.iter().map(|one| (one.number.digits(), one.clone())));
        Ok(())
    }

    async fn amend(&self, put: &[Amendment], gone: &[AmendmentKey]) -> Result<(), PortError> {
        self.fault.write().await?;
        let mut standing = self.standing.lock();
        standing.retain(|key, _| !gone.contains(key));
        standing.extend(put.iter().map(|amendment| (amendment.key(), amendment.clone())));
        Ok(())
    }
}
