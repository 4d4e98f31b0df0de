//! Registers at rest, in memory.

use std::collections::BTreeMap;

use async_trait::async_trait;
use kinfold_domain::AgencyId;
use parking_lot::Mutex;

use super::Fault;
use crate::ports::{PortError, RegisterStore, StoredChange};

/// Keeps registers in memory.
#[derive(Debug, Default)]
pub struct MemoryRegisters {
    /// Fails on demand.
    pub fault: Fault,
    changes: Mutex<BTreeMap<AgencyId, Vec<StoredChange>>>,
    heads: Mutex<BTreeMap<AgencyId, String>>,
}

impl MemoryRegisters {
    /// How many changes of a register are kept.
    pub fn len(&self, owner: &AgencyId) -> usize {
        self.changes.lock().get(owner).map_or(0, Vec::len)
    }

    /// Alters what is kept, as somebody with the disk in hand could.
    pub fn tamper(&self, owner: &AgencyId, alter: impl FnOnce(&mut Vec<StoredChange>)) {
        alter(self.changes.lock().entry(owner.clone()).or_default());
    }
}

#[async_trait]
impl RegisterStore for MemoryRegisters {
    async fn append(&self, owner: &AgencyId, changes: &[StoredChange]) -> Result<(), PortError> {
        self.fault.write().await?;
        let mut all = self.changes.lock();
        let kept = all.entry(owner.clone()).or_default();
        if changes.first().is_some_and(|first| first.sequence != kept.len() as u64) {
            return Err(PortError::new("appending changes", "they do not follow"));
        }
        kept.extend_from_slice(changes);
        self.fault.answer()
    }

    async fn changes(
        &self,
        owner: &AgencyId,
        from: u64,
        limit: u32,
    ) -> Result<Vec<StoredChange>, PortError> {
        self.fault.read().await?;
        let all = self.changes.lock();
        let kept = all.get(owner).map_or(&[][..], Vec::as_slice);
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        Ok(kept.iter().skip(from).take(limit as usize).cloned().collect())
    }

    async fn forget(&self, owner: &AgencyId) -> Result<(), PortError> {
        self.fault.write().await?;
        self.changes.lock().remove(owner);
        self.heads.lock().remove(owner);
        Ok(())
    }

    async fn save_head(&self, owner: &AgencyId, head: &str) -> Result<(), PortError> {
        self.fault.write().await?;
        self.heads.lock().insert(owner.clone(), head.to_owned());
        Ok(())
    }

    async fn head(&self, owner: &AgencyId) -> Result<Option<String>, PortError> {
        self.fault.read().await?;
        Ok(self.heads.lock().get(owner).cloned())
    }
}
