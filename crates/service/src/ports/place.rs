//! From where somebody works.

use std::net::IpAddr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The network address that a client has, as the pages' listener sees it. Where an employee works is about them: `Debug` is redacted
/// and there is no `Display`.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(from = "IpAddr", into = "IpAddr")]
pub struct Address(IpAddr);

impl Address {
    /// The address itself: for the ledger, and for a page of whoever may know it.
    pub const fn expose(self) -> IpAddr {
        self.0
    }
}

impl From<IpAddr> for Address {
    /// One address has one form: IPv4 within IPv6 is IPv4.
    fn from(address: IpAddr) -> Self {
        Self(address.to_canonical())
    }
}

impl From<Address> for IpAddr {
    fn from(address: Address) -> Self {
        address.0
    }
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[address]")
    }
}

/// Where a session was opened, or unlocked last.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct SessionPlace {
    /// From which address.
    pub address: Address,
    /// When.
    pub since: Timestamp,
}
