//! Agreements in memory.

use async_trait::async_trait;
use kinfold_agreement::AgreementDigest;
use parking_lot::Mutex;

use super::Fault;
use crate::ports::{AgreementStore, PortError, StoredAgreement};

/// Keeps agreements in memory.
#[derive(Debug, Default)]
pub struct MemoryAgreements {
    /// Fails on demand.
    pub fault: Fault,
    kept: Mutex<Vec<StoredAgreement>>,
    revocations: Mutex<Vec<String>>,
}

#[async_trait]
impl AgreementStore for MemoryAgreements {
    async fn save(&self, digest: &AgreementDigest, note: &str) -> Result<(), PortError> {
        self.fault.write().await?;
        let mut kept = self.kept.lock();
        if let Some(stored) = kept.iter_mut().find(|stored| stored.digest == *digest) {
            note.clone_into(&mut stored.note);
        } else {
            let (digest, note) = (*digest, note.to_owned());
            kept.push(StoredAgreement { digest, note, active: false });
        }
        Ok(())
    }

    async fn agreements(&self) -> Result<Vec<StoredAgreement>, PortError> {
        self.fault.read().await?;
        Ok(self.kept.lock().clone())
    }

    async fn activate(&self, digest: &AgreementDigest) -> Result<bool, PortError> {
        self.fault.write().await?;
        let mut kept = self.kept.lock();
        if !kept.iter().any(|stored| stored.digest == *digest) {
            return Ok(false);
        }
        for stored in kept.iter_mut() {
            stored.active = stored.digest == *digest;
        }
        Ok(true)
    }

    async fn active(&self) -> Result<Option<String>, PortError> {
        self.fault.read().await?;
        Ok(self.kept.lock().iter().find(|stored| stored.active).map(|stored| stored.note.clone()))
    }

    async fn save_revocation(&self, _: &AgreementDigest, note: &str) -> Result<(), PortError> {
        self.fault.write().await?;
        self.revocations.lock().push(note.to_owned());
        Ok(())
    }

    async fn revocations(&self) -> Result<Vec<String>, PortError> {
        self.fault.read().await?;
        Ok(self.revocations.lock().clone())
    }
}
