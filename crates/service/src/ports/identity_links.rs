//! Who employees are at an identity provider, at rest; and the provider itself.

use async_trait::async_trait;
use jiff::Timestamp;
use kinfold_domain::EmployeeId;
use kinfold_oidc::{Asked, Identity, Provider, Subject, Trouble};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{PortError, SessionRow};

/// A link's identity within a node.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LinkId(pub Uuid);

/// Who an employee is at a provider.
#[derive(Clone, Debug)]
pub struct LinkRow {
    /// Identity.
    pub id: LinkId,
    /// Whose it is.
    pub employee: EmployeeId,
    /// The provider.
    pub issuer: String,
    /// Who they are there.
    pub subject: Subject,
    /// Since when.
    pub linked: Timestamp,
    /// When it was last used.
    pub used: Option<Timestamp>,
}

/// Keeps links. A subject is sealed at rest, bound to the employee, and found by a keyed digest.
#[async_trait]
pub trait LinkStore: Send + Sync {
    /// Adds a link; `false` when somebody has it already, or the employee has another one at that provider.
    async fn add_link(&self, link: &LinkRow) -> Result<bool, PortError>;

    /// The link of whoever that is at that provider.
    async fn link(&self, issuer: &str, subject: &Subject) -> Result<Option<LinkRow>, PortError>;

    /// An employee's links, the oldest first.
    async fn links_of(&self, employee: EmployeeId) -> Result<Vec<LinkRow>, PortError>;

    /// Writes when a link was used together with a new session, in one transaction. `false`, and nothing written, when the link is gone.
    async fn open_session_by_link(
        &self,
        link: &LinkRow,
        session: &SessionRow,
    ) -> Result<bool, PortError>;

    /// Writes when a link was used together with a session that stands, in one transaction. `false`, and nothing written, when either is gone.
    async fn renew_session_by_link(
        &self,
        link: &LinkRow,
        session: &SessionRow,
    ) -> Result<bool, PortError>;

    /// Removes a link together with its employee's sessions. `false` when it is gone already.
    async fn remove_link(&self, link: LinkId) -> Result<bool, PortError>;
}

/// An identity provider.
#[async_trait]
pub trait IdentityProvider: Send + Sync {
    /// What employees call it.
    fn name(&self) -> &str;

    /// Its address.
    fn issuer(&self) -> &str;

    /// Where a browser is sent.
    async fn ask(&self, asked: &Asked, now: Timestamp) -> Result<String, Trouble>;

    /// Whom the provider has made sure of.
    async fn exchange(&self, code: &str, asked: Asked, now: Timestamp)
    -> Result<Identity, Trouble>;
}

#[async_trait]
impl IdentityProvider for Provider {
    fn name(&self) -> &str {
        Self::name(self)
    }

    fn issuer(&self) -> &str {
        Self::issuer(self)
    }

    async fn ask(&self, asked: &Asked, now: Timestamp) -> Result<String, Trouble> {
        Self::ask(self, asked, now).await.map(String::from)
    }

    async fn exchange(
        &self,
        code: &str,
        asked: Asked,
        now: Timestamp,
    ) -> Result<Identity, Trouble> {
        Self::exchange(self, code, asked, now).await
    }
}
