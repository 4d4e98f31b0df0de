//! Passkeys and security keys (`WebAuthn` Level 3): challenges, and what is made of the answers. User verification is always
//! required, so a passkey is two factors: the thing, and the PIN or finger that opens it.
//!
//! Architecture invariant: pure but for the challenges' randomness, which the library takes from the operating system. This
//! crate keeps nothing: who may have which challenge, once and for how long, is the caller's.

mod answer;
mod credential;
mod refusal;
mod site;
#[cfg(feature = "testing")]
#[allow(clippy::expect_used, reason = "a test that can't be set up has failed")]
pub mod testing;

pub use answer::Answer;
pub use credential::{Credential, CredentialDigest};
pub use refusal::Refusal;
pub use site::{Adding, Asking, NoDomain, Options, Site};
