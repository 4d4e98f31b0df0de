//! Time and chance.

use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

/// The node's clock.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// A clock that nobody sets.
pub trait Steady: Send + Sync {
    /// How long it has been since some moment of its own.
    fn elapsed(&self) -> Duration;
}

/// Cryptographic randomness.
pub trait Entropy: Send + Sync {
    /// Fills `bytes`. An operating system that can't is no place to run a node: implementations abort the process.
    fn fill(&self, bytes: &mut [u8]);
}

impl dyn Entropy {
    /// Thirty-two random bytes.
    pub fn bytes32(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        self.fill(&mut bytes);
        bytes
    }

    /// A UUID version 7 for `now` (RFC 9562 section 5.7).
    pub fn uuid(&self, now: Timestamp) -> Uuid {
        let mut random = [0; 10];
        self.fill(&mut random);
        let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }
}
