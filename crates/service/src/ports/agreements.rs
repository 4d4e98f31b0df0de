//! Agreements and revocations at rest, as the signed notes that they are.

use async_trait::async_trait;
use kinfold_agreement::AgreementDigest;

use super::PortError;

/// An agreement as it is kept. Not verified: whoever reads it verifies it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StoredAgreement {
    /// The digest that it was saved under.
    pub digest: AgreementDigest,
    /// The signed note, as it came.
    pub note: String,
    /// Whether it is the active one.
    pub active: bool,
}

/// Keeps agreements. It judges nothing: signatures, dates and revocations are judged by whoever reads.
#[async_trait]
pub trait AgreementStore: Send + Sync {
    /// Keeps a signed note under the digest of its text; under the same digest the newer one, with more signatures,
    /// takes the older one's place.
    async fn save(&self, digest: &AgreementDigest, note: &str) -> Result<(), PortError>;

    /// All agreements, the first saved first.
    async fn agreements(&self) -> Result<Vec<StoredAgreement>, PortError>;

    /// Makes a saved agreement the active one in place of the one before. `false` when it was not saved.
    async fn activate(&self, digest: &AgreementDigest) -> Result<bool, PortError>;

    /// The active agreement's note.
    async fn active(&self) -> Result<Option<String>, PortError>;

    /// Keeps a signed revocation, whether or not the agreement is kept; each party may revoke, so all notes stay.
    async fn save_revocation(&self, digest: &AgreementDigest, note: &str) -> Result<(), PortError>;

    /// All revocations, the first saved first.
    async fn revocations(&self) -> Result<Vec<String>, PortError>;
}
