//! The search tables over the ledger, in memory.

use std::collections::{BTreeMap, HashMap, HashSet};

use async_trait::async_trait;
use kinfold_domain::{AgencyId, AskId, EmployeeId};
use parking_lot::Mutex;

use super::Fault;
use crate::ports::{Look, LookKey, LookKind, PortError, TrailStore};

/// Keeps the search tables in memory.
#[derive(Debug, Default)]
pub struct MemoryTrail {
    /// Fails on demand.
    pub fault: Fault,
    looks: Mutex<BTreeMap<u64, Look>>,
    followed: Mutex<u64>,
    delivered: Mutex<HashMap<AgencyId, u64>>,
}

impl MemoryTrail {
    /// All looks, the oldest first.
    pub fn all(&self) -> Vec<Look> {
        self.looks.lock().values().cloned().collect()
    }

    /// How many ledger entries a partner has acknowledged notices of.
    pub fn told(&self, partner: &AgencyId) -> u64 {
        self.delivered.lock().get(partner).copied().unwrap_or(0)
    }

    fn whole_asks(&self, limit: u32, found: impl Fn(&Look) -> bool) -> Vec<Look> {
        let looks = self.looks.lock();
        let mut asks = HashSet::new();
        for look in looks.values().rev().filter(|look| found(look)) {
            if asks.len() < limit as usize {
                asks.insert(look.ask);
            }
        }
        looks.values().rev().filter(|look| asks.contains(&look.ask)).cloned().collect()
    }
}

#[async_trait]
impl TrailStore for MemoryTrail {
    async fn index(&self, looks: &[Look], followed: u64) -> Result<(), PortError> {
        self.fault.write().await?;
        self.looks.lock().extend(looks.iter().map(|look| (look.index, look.clone())));
        let mut place = self.followed.lock();
        *place = (*place).max(followed);
        Ok(())
    }

    async fn followed(&self) -> Result<u64, PortError> {
        self.fault.read().await?;
        Ok(*self.followed.lock())
    }

    async fn forget(&self) -> Result<(), PortError> {
        self.fault.write().await?;
        self.looks.lock().clear();
        *self.followed.lock() = 0;
        Ok(())
    }

    async fn by_keys(&self, keys: &[LookKey], limit: u32) -> Result<Vec<Look>, PortError> {
        self.fault.read().await?;
        Ok(self.whole_asks(limit, |look| look.keys.iter().any(|key| keys.contains(key))))
    }

    async fn by_asks(&self, asks: &[AskId], limit: u32) -> Result<Vec<Look>, PortError> {
        self.fault.read().await?;
        Ok(self.whole_asks(limit, |look| asks.contains(&look.ask)))
    }

    async fn by_employee(&self, employee: EmployeeId, limit: u32) -> Result<Vec<Look>, PortError> {
        self.fault.read().await?;
        let own = |look: &Look| {
            look.employee == Some(employee)
                && matches!(look.kind, LookKind::Intent | LookKind::Receipt | LookKind::Refusal)
        };
        Ok(self.whole_asks(limit, own))
    }

    async fn delivered(&self, partner: &AgencyId) -> Result<u64, PortError> {
        self.fault.read().await?;
        Ok(self.delivered.lock().get(partner).copied().unwrap_or(0))
    }

    async fn set_delivered(&self, partner: &AgencyId, upto: u64) -> Result<(), PortError> {
        self.fault.write().await?;
        let mut delivered = self.delivered.lock();
        let place = delivered.entry(partner.clone()).or_default();
        *place = (*place).max(upto);
        Ok(())
    }
}
