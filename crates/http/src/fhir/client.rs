//! Clinical systems that are registered with this node.

use std::sync::Arc;

use kinfold_domain::UserName;
use kinfold_service::System;

use super::keys::KeySet;

/// One registered system.
#[derive(Debug)]
pub struct Client {
    /// As whom it asks, in which role; its user name is its client identifier.
    pub system: System,
    /// Its public keys.
    pub keys: KeySet,
    /// The issuer that it names in CDS Hooks tokens, if it calls hooks.
    pub issuer: Option<String>,
}

impl Client {
    /// Its client identifier.
    pub fn id(&self) -> &UserName {
        &self.system.named().user_name
    }
}

/// Why clients can't be told apart.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ClientError {
    /// Two have one name.
    #[error("two clients are named {0}")]
    SameName(UserName),
    /// Two have one issuer.
    #[error("two clients have the issuer {0}")]
    SameIssuer(String),
}

/// All registered systems.
#[derive(Clone, Debug, Default)]
pub struct Clients(Vec<Arc<Client>>);

impl Clients {
    /// These, each with a name and an issuer of its own.
    pub fn new(clients: impl IntoIterator<Item = Client>) -> Result<Self, ClientError> {
        let mut known: Vec<Arc<Client>> = Vec::new();
        for client in clients {
            if known.iter().any(|other| other.id() == client.id()) {
                return Err(ClientError::SameName(client.id().clone()));
            }
            if let Some(issuer) = &client.issuer
                && known.iter().any(|other| other.issuer.as_ref() == Some(issuer))
            {
                return Err(ClientError::SameIssuer(issuer.clone()));
            }
            known.push(Arc::new(client));
        }
        Ok(Self(known))
    }

    pub(super) fn with_id(&self, id: &str) -> Option<&Arc<Client>> {
        self.0.iter().find(|client| client.id().as_str() == id)
    }

    pub(super) fn with_issuer(&self, issuer: &str) -> Option<&Arc<Client>> {
        self.0.iter().find(|client| client.issuer.as_deref() == Some(issuer))
    }
}
