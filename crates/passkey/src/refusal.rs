//! Why an answer is not believed: for the ledger, never for whoever gave it.

use webauthn_rs::prelude::WebauthnError;

/// Why an answer is not believed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// It is no such answer at all.
    #[error("the answer could not be read")]
    Garbled,
    /// It was given to another challenge.
    #[error("the answer belongs to another challenge")]
    Challenge,
    /// It was given on another site.
    #[error("the answer was given on another site")]
    Origin,
    /// The passkey did not make sure who holds it.
    #[error("the passkey did not verify its user")]
    NotVerified,
    /// The signature counter did not grow: there may be a copy.
    #[error("the passkey's counter went back")]
    Counter,
    /// The signature, or something else about it, is wrong.
    #[error("the answer is wrong")]
    Wrong,
}

impl Refusal {
    /// The word for the ledger.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Garbled => "garbled",
            Self::Challenge => "challenge",
            Self::Origin => "origin",
            Self::NotVerified => "not-verified",
            Self::Counter => "counter-went-back",
            Self::Wrong => "wrong",
        }
    }
}

impl From<WebauthnError> for Refusal {
    fn from(error: WebauthnError) -> Self {
        match error {
            WebauthnError::MismatchedChallenge => Self::Challenge,
            WebauthnError::InvalidRPOrigin
            | WebauthnError::InvalidRPIDHash
            | WebauthnError::CredentialCrossOrigin => Self::Origin,
            WebauthnError::UserNotPresent | WebauthnError::UserNotVerified => Self::NotVerified,
            WebauthnError::CredentialPossibleCompromise => Self::Counter,
            _ => Self::Wrong,
        }
    }
}
