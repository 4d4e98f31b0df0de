//! Who this node is: its agency and the key that signs its messages.

use kinfold_domain::Agency;
use kinfold_note::{SigningKey, VerifierKey};
use serde::Serialize;

use crate::exchange::{MessageKind, SealError, seal};

/// This node's identity.
pub struct NodeIdentity {
    agency: Agency,
    key: SigningKey,
}

impl NodeIdentity {
    /// An agency's node with its key.
    pub const fn new(agency: Agency, key: SigningKey) -> Self {
        Self { agency, key }
    }

    /// The agency.
    pub const fn agency(&self) -> &Agency {
        &self.agency
    }

    /// The public half of its key, as the agreement must name it.
    pub fn verifier(&self) -> &VerifierKey {
        self.key.verifier()
    }

    pub(crate) fn seal<T: Serialize>(
        &self,
        kind: MessageKind,
        message: &T,
    ) -> Result<String, SealError> {
        seal(kind, message, &self.key)
    }
}
