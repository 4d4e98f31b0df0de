//! What a browser hands back, read but not yet believed.

use uuid::Uuid;
use webauthn_rs::prelude::PublicKeyCredential;

use crate::{CredentialDigest, Refusal};

/// A browser's answer to a challenge of signing in.
pub struct Answer(pub(crate) PublicKeyCredential);

impl Answer {
    /// Reads the JSON of a `PublicKeyCredential` (`WebAuthn` Level 3, section 5.1).
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        serde_json::from_str(text).map(Self).map_err(|_| Refusal::Garbled)
    }

    /// Which passkey it says that it is.
    pub fn credential(&self) -> CredentialDigest {
        CredentialDigest::of(self.0.get_credential_id())
    }

    /// Whose it says that it is: what the passkey was given when it was made. Some leave it out where they were told which is meant.
    pub fn owner(&self) -> Option<Uuid> {
        self.0.get_user_unique_id().and_then(|handle| Uuid::from_slice(handle).ok())
    }
}
