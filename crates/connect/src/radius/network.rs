//! Addresses that a client may have: one, or a network in CIDR notation (RFC 4632).

use std::{fmt, net::IpAddr, str::FromStr};

use ipnet::IpNet;
use serde::Deserialize;

/// An address, or a network whose spelling names no address within it.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(try_from = "String")]
pub struct Network(IpNet);

/// Why a text is no network.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NetworkError {
    /// Neither an address nor a network.
    #[error("{0} is neither an address, such as 10.20.0.9, nor a network, such as 10.20.1.0/24")]
    Malformed(String),
    /// Bits are set behind the prefix: an address or a network could be meant.
    #[error(
        "{0} has bits behind its prefix: write {1} for the network, or the address without a prefix"
    )]
    Ambiguous(String, IpNet),
}

impl Network {
    /// Whether the address lies in it.
    pub fn holds(&self, address: IpAddr) -> bool {
        self.0.contains(&address)
    }

    /// How narrow it is: of two that hold an address, the narrower one counts.
    pub fn prefix(&self) -> u8 {
        self.0.prefix_len()
    }
}

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Self(address.to_canonical().into()));
        }
        let network: IpNet = text.parse().map_err(|_| NetworkError::Malformed(text.to_owned()))?;
        if network.trunc() != network {
            return Err(NetworkError::Ambiguous(text.to_owned(), network.trunc()));
        }
        Ok(Self(network))
    }
}

impl TryFrom<String> for Network {
    type Error = NetworkError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_an_address_or_a_prefix_and_nothing_between() {
        let network: Network = "10.20.1.0/24".parse().unwrap();
        assert!(network.holds("10.20.1.7".parse().unwrap()));
        assert!(!network.holds("10.20.2.7".parse().unwrap()));
        let one: Network = "10.20.0.9".parse().unwrap();
        assert!(one.holds("10.20.0.9".parse().unwrap()) && one.prefix() == 32);
        assert!("fd00::/8".parse::<Network>().unwrap().holds("fd00::1".parse().unwrap()));
        for wrong in ["", "vpn-1", "10.20.0", "10.20.0.0/33", "10.20.0.9/24"] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
    }
}
