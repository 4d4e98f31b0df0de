//! Passkeys at rest.

use async_trait::async_trait;
use jiff::Timestamp;
use kinfold_domain::{EmployeeId, Personal};
use kinfold_passkey::{Credential, CredentialDigest};
use kinfold_token::Misses;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{PortError, SessionId, SessionRow};

/// A passkey's identity within a node.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PasskeyId(pub Uuid);

/// A passkey. It holds no secret: its public key, and its counter.
#[derive(Clone, Debug)]
pub struct PasskeyRow {
    /// Identity.
    pub id: PasskeyId,
    /// Whose it is.
    pub employee: EmployeeId,
    /// What its employee calls it.
    pub name: Personal<String>,
    /// Since when.
    pub added: Timestamp,
    /// When it last opened or unlocked a session.
    pub used: Option<Timestamp>,
    /// Public key and counter.
    pub credential: Credential,
    /// Answers in its name that were wrong.
    pub misses: Misses,
    /// Grows by one with every write: what a write compares.
    pub version: i64,
}

/// Keeps passkeys. Name, public key and counter are sealed at rest, and bound to the employee.
#[async_trait]
pub trait PasskeyStore: Send + Sync {
    /// Adds a passkey; `false` when somebody has it already.
    async fn add_passkey(&self, passkey: &PasskeyRow) -> Result<bool, PortError>;

    /// The passkey with this credential.
    async fn passkey(&self, credential: CredentialDigest) -> Result<Option<PasskeyRow>, PortError>;

    /// An employee's passkeys, the oldest first.
    async fn passkeys_of(&self, employee: EmployeeId) -> Result<Vec<PasskeyRow>, PortError>;

    /// How many there are.
    async fn passkey_count(&self) -> Result<u64, PortError>;

    /// Writes counter, misses and when it was used, over the version that stands in the row. `false`, and nothing written, when
    /// somebody else wrote since, or it was removed.
    async fn save_passkey(&self, passkey: &PasskeyRow) -> Result<bool, PortError>;

    /// The same together with a new session, in one transaction.
    async fn open_session_with(
        &self,
        passkey: &PasskeyRow,
        session: &SessionRow,
    ) -> Result<bool, PortError>;

    /// The same together with an existing session in which somebody has proved themselves anew.
    async fn renew_session_with(
        &self,
        passkey: &PasskeyRow,
        session: &SessionRow,
    ) -> Result<bool, PortError>;

    /// Removes a passkey together with its employee's sessions, but for one. `false` when it is gone already.
    async fn remove_passkey(
        &self,
        passkey: PasskeyId,
        keep: Option<SessionId>,
    ) -> Result<bool, PortError>;
}
