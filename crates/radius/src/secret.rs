//! What a client and this server share.

use std::fmt;

use zeroize::Zeroizing;

/// A shared secret. `Debug` is redacted and the memory is wiped.
#[derive(Clone)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// From its octets.
    pub fn new(octets: impl Into<Vec<u8>>) -> Self {
        Self(Zeroizing::new(octets.into()))
    }

    /// What RADIUS over TLS uses in a secret's place (RFC 6614 section 2.3): TLS protects there, not this.
    pub fn radsec() -> Self {
        Self::new(*b"radsec")
    }

    /// How many octets it has.
    pub fn octets(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(redacted)")
    }
}
