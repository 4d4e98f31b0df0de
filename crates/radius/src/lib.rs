//! RADIUS packets as a server reads and answers them: RFC 2865 with the Message-Authenticator of RFC 3579 section 3.2 and the
//! Status-Server of RFC 5997.
//!
//! MD5 is what these documents prescribe; nothing else in Kinfold uses it. It holds only because a Message-Authenticator is required of
//! every request and stands first in every reply (`draft-ietf-radext-deprecating-radius`, which answers the Blast-RADIUS attack).
//!
//! Architecture invariant: this crate opens no socket and knows nothing of employees, tokens or clocks. A password and a secret redact
//! `Debug`, lack `Display`, and are wiped from memory.

mod authenticator;
mod packet;
mod password;
mod reply;
mod secret;
#[cfg(any(test, feature = "testing"))]
#[allow(clippy::expect_used, reason = "a test that can't be set up has failed")]
pub mod testing;

pub use authenticator::NotAuthentic;
pub use packet::{Attribute, Code, Kind, MAX_LENGTH, MIN_LENGTH, Malformed, Packet};
pub use reply::{Reply, TooLong};
pub use secret::Secret;

#[cfg(test)]
mod tests;
