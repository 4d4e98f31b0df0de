//! Why a provider's answer let nobody in.

use openidconnect::{ClaimsVerificationError, SignatureVerificationError};

/// Why an answer is not believed, or does not suffice.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// It belongs to another question, or to none.
    #[error("the answer belongs to another question")]
    State,
    /// It can't be read.
    #[error("the answer can't be read")]
    Garbled,
    /// The code was used, is over, or belongs to somebody else.
    #[error("the provider does not take the code")]
    Code,
    /// It was made for another question.
    #[error("the ID token was made for another question")]
    Nonce,
    /// Another provider made it.
    #[error("the ID token comes from another issuer")]
    Issuer,
    /// It is meant for somebody else.
    #[error("the ID token is meant for another client")]
    Audience,
    /// It is over, or not of now.
    #[error("the ID token is not of now")]
    Expired,
    /// Its signature is wrong, or by no key of the provider's.
    #[error("the ID token's signature is wrong")]
    Signature,
    /// The provider did not make sure of them in a way that is enough (`acr`).
    #[error("the provider's assurance (acr) is not one of those that are enough")]
    Acr,
    /// None of the methods that are asked for was used (`amr`).
    #[error("none of the methods (amr) that are asked for was used")]
    Amr,
    /// Another claim that is asked for is missing or has another value.
    #[error("a claim that is asked for is missing, or has another value")]
    Claim,
    /// They proved themselves there too long ago, or the provider does not say when.
    #[error("the provider does not say that they have just proved themselves")]
    AuthTime,
}

impl Refusal {
    /// The word for the ledger.
    pub const fn word(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Garbled => "garbled",
            Self::Code => "code",
            Self::Nonce => "nonce",
            Self::Issuer => "issuer",
            Self::Audience => "audience",
            Self::Expired => "expired",
            Self::Signature => "signature",
            Self::Acr => "acr",
            Self::Amr => "amr",
            Self::Claim => "claim",
            Self::AuthTime => "auth-time",
        }
    }
}

impl From<&ClaimsVerificationError> for Refusal {
    fn from(error: &ClaimsVerificationError) -> Self {
        match error {
            ClaimsVerificationError::Expired(_) => Self::Expired,
            ClaimsVerificationError::InvalidAudience(_) => Self::Audience,
            ClaimsVerificationError::InvalidIssuer(_) => Self::Issuer,
            ClaimsVerificationError::InvalidNonce(_) => Self::Nonce,
            ClaimsVerificationError::SignatureVerification(_) => Self::Signature,
            _ => Self::Garbled,
        }
    }
}

/// Whether keys that were fetched anew might help.
pub(crate) const fn is_by_unknown_key(error: &ClaimsVerificationError) -> bool {
    matches!(
        error,
        ClaimsVerificationError::SignatureVerification(
            SignatureVerificationError::NoMatchingKey
                | SignatureVerificationError::AmbiguousKeyId(_)
                | SignatureVerificationError::CryptoError(_)
        )
    )
}

/// Why nobody is let in.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Trouble {
    /// The provider can't be reached, or does not answer as a provider does: why, for an operator.
    #[error("the identity provider can't be used now: {0}")]
    Away(String),
    /// The provider does not take this node's own credentials, or its terms: for an operator to mend.
    #[error("the identity provider refuses this node itself: {0}")]
    Misconfigured(&'static str),
    /// The answer is not believed, or does not suffice.
    #[error(transparent)]
    Refused(#[from] Refusal),
}
