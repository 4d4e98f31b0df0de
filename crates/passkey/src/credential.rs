//! What a node keeps of a passkey: the public key and the signature counter. No secret.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use webauthn_rs::prelude::Passkey;

/// SHA-256 of a credential's identifier, by which it is found.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct CredentialDigest(pub [u8; 32]);

impl CredentialDigest {
    pub(crate) fn of(identifier: &[u8]) -> Self {
        Self(Sha256::digest(identifier).into())
    }
}

/// A passkey's public key with its identifier and counter. Serialised as the library has it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Credential(pub(crate) Passkey);

impl Credential {
    /// By what it is found.
    pub fn digest(&self) -> CredentialDigest {
        CredentialDigest::of(self.0.cred_id())
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[passkey]")
    }
}
