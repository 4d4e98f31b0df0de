//! The secret that a token and its node share.

use std::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::base32;

/// A token's shared secret, 16 to 64 bytes. `Debug` is redacted and the memory is wiped on drop.
#[derive(Clone)]
pub struct Seed(Zeroizing<Vec<u8>>);

/// Why some bytes are not a seed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SeedError {
    /// Below RFC 4226's 128 bits.
    #[error("the token secret is shorter than 16 bytes")]
    TooShort,
    /// Above the block that any of the three hashes keeps whole.
    #[error("the token secret is longer than 64 bytes")]
    TooLong,
    /// Not base 32 as RFC 4648 writes it.
    #[error("the token secret is not base 32")]
    NotBase32,
}

impl Seed {
    /// Fewest bytes (RFC 4226 section 4, R6).
    pub const MIN_LEN: usize = 16;
    /// Most bytes.
    pub const MAX_LEN: usize = 64;

    /// Takes over bytes from a fob's file or from the caller's randomness, and wipes them later.
    pub fn new(bytes: Vec<u8>) -> Result<Self, SeedError> {
        let bytes = Zeroizing::new(bytes);
        match bytes.len() {
            ..Self::MIN_LEN => Err(SeedError::TooShort),
            Self::MIN_LEN..=Self::MAX_LEN => Ok(Self(bytes)),
            _ => Err(SeedError::TooLong),
        }
    }

    /// Reads base 32 without padding or spaces, in either case.
    pub fn from_base32(text: &str) -> Result<Self, SeedError> {
        if text.len() > Self::MAX_LEN * 2 {
            return Err(SeedError::TooLong);
        }
        let mut bytes = base32::decode(text).ok_or(SeedError::NotBase32)?;
        Self::new(std::mem::take(&mut *bytes))
    }

    /// The secret bytes, for the generator and for encryption at rest.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// The secret as a person types it into an app: base 32, upper case, no padding.
    pub fn expose_base32(&self) -> Zeroizing<String> {
        base32::encode(&self.0)
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(redacted)")
    }
}

impl PartialEq for Seed {
    /// In constant time for seeds of one length.
    fn eq(&self, other: &Self) -> bool {
        self.0.as_slice().ct_eq(other.0.as_slice()).into()
    }
}

impl Eq for Seed {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_has_sixteen_to_sixty_four_bytes() {
        assert_eq!(Seed::new(vec![7; 15]), Err(SeedError::TooShort));
        assert!(Seed::new(vec![7; 16]).is_ok());
        assert!(Seed::new(vec![7; 64]).is_ok());
        assert_eq!(Seed::new(vec![7; 65]), Err(SeedError::TooLong));
    }

    #[test]
    fn a_seed_reads_back_what_it_writes_in_base_32() {
        let seed = Seed::new((0..20).collect()).unwrap();
        assert_eq!(Seed::from_base32(&seed.expose_base32()), Ok(seed));
        assert_eq!(Seed::from_base32(&"A".repeat(200)), Err(SeedError::TooLong));
        assert_eq!(Seed::from_base32("GEZDGNBV 8"), Err(SeedError::NotBase32));
    }

    #[test]
    fn debug_says_nothing_of_the_secret() {
        let seed = Seed::new(vec![65; 16]).unwrap();
        assert_eq!(format!("{seed:?}"), "Seed(redacted)");
    }
}
