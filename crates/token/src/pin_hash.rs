//! The PIN at rest: Argon2id, 19 MiB, two passes, one lane, as a PHC string.

use std::fmt;
use std::str::FromStr;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};

use crate::pin::{ChosenPin, Pin};

/// Bytes of fresh randomness that each hash needs.
pub const PIN_SALT_LEN: usize = 16;

/// What a typed PIN was found to be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PinVerdict {
    /// The person's own.
    Right,
    /// Another one, or nobody's.
    Wrong,
    /// This account has none: only an eight-digit token signs in alone.
    NotAsked,
}

/// The hash of a PIN. `Debug` is redacted: six digits are soon tried against it.
#[derive(Clone, Eq, PartialEq)]
pub struct PinHash(String);

/// Why there is no hash.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum PinHashError {
    /// The stored text is not a PHC string of Argon2id, or asks for more memory or time than a
    /// sign-in may cost.
    #[error("the stored PIN hash is not one that this node can verify")]
    Malformed,
    /// Argon2 could not run, for want of memory.
    #[error("the PIN could not be hashed")]
    Hashing,
}

const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// What a stored hash may ask for at most: room to raise the figures, none to exhaust the node.
const MOST: (u32, u32, u32) = (64 * 1024, 8, 4);

/// The hash of no PIN: salt and output are random bytes, verified when there is nobody to verify.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$u8MhHhkLYNzDvqDkoc3mZw$\
                      0fyeIaLPBibYpRcVRaTkfhgeYNnj9O56fFzS4aeMEGQ";

impl PinHash {
    /// Hashes a PIN with fresh random salt.
    pub fn hash(pin: &ChosenPin, salt: [u8; PIN_SALT_LEN]) -> Result<Self, PinHashError> {
        let params = Params::new(MEMORY_KIB, PASSES, LANES, None);
        let params = params.map_err(|_| PinHashError::Hashing)?;
        let hash = Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_with_salt(pin.pin().expose().as_bytes(), &salt)
            .map_err(|_| PinHashError::Hashing)?;
        Ok(Self(hash.to_string()))
    }

    /// The PHC string, for the store.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether this is the person's PIN.
    pub fn verify(&self, pin: &Pin) -> PinVerdict {
        verdict(&self.0, pin)
    }

    /// Verifies against the hash of no PIN when the user name is unknown, so that an answer takes as
    /// long for a stranger as for an employee.
    pub fn verify_or_dummy(known: Option<&Self>, pin: &Pin) -> PinVerdict {
        let verdict = verdict(known.map_or(NOBODY, |hash| &hash.0), pin);
        if known.is_some() { verdict } else { PinVerdict::Wrong }
    }
}

fn verdict(phc: &str, pin: &Pin) -> PinVerdict {
    let right = PasswordHash::new(phc).is_ok_and(|hash| {
        Argon2::default().verify_password(pin.expose().as_bytes(), &hash).is_ok()
    });
    if right { PinVerdict::Right } else { PinVerdict::Wrong }
}

impl FromStr for PinHash {
    type Err = PinHashError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let hash = PasswordHash::new(text).map_err(|_| PinHashError::Malformed)?;
        let params = Params::try_from(&hash).map_err(|_| PinHashError::Malformed)?;
        let capped =
            params.m_cost() <= MOST.0 && params.t_cost() <= MOST.1 && params.p_cost() <= MOST.2;
        let whole = hash.algorithm == Algorithm::Argon2id.ident()
            && hash.version == Some(Version::V0x13.into())
            && hash.salt.is_some()
            && hash.hash.is_some();
        (capped && whole).then(|| Self(text.to_owned())).ok_or(PinHashError::Malformed)
    }
}

impl fmt::Debug for PinHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PinHash(redacted)")
    }
}

#[cfg(test)]
#[path = "pin_hash_tests.rs"]
mod tests;
