//! From where a try comes. Tries of one origin are counted together.

use std::net::IpAddr;

use super::Door;
use crate::ports::Address;

/// The bits of an IPv6 address that a network gives to one customer: who has one address of it has all of them.
const ONE_NETWORK: u32 = 64;

/// Where a try is made.
#[derive(Clone, Copy)]
pub(crate) enum Whence<'a> {
    /// At the node's own console.
    Inside,
    /// On the pages, from that address.
    Network(Address),
    /// At a door outside the pages.
    Door(&'a Door),
}

/// What tries are counted by.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Origin {
    /// A network address; of IPv6 the network of it.
    Network(Address),
    /// A door outside the pages, as the ledger names it.
    Door(String),
}

impl From<Option<Address>> for Whence<'_> {
    fn from(address: Option<Address>) -> Self {
        address.map_or(Self::Inside, Self::Network)
    }
}

impl<'a> Whence<'a> {
    pub(super) const fn door(self) -> Option<&'a Door> {
        match self {
            Self::Door(door) => Some(door),
            Self::Inside | Self::Network(_) => None,
        }
    }

    /// `None` at the console: whoever is there has the node.
    pub(super) fn origin(self) -> Option<Origin> {
        match self {
            Self::Inside => None,
            Self::Network(address) => Some(Origin::Network(network(address))),
            Self::Door(door) => Some(Origin::Door(door.label())),
        }
    }
}

fn network(address: Address) -> Address {
    match address.expose() {
        IpAddr::V4(_) => address,
        IpAddr::V6(six) => {
            let network = six.to_bits() >> ONE_NETWORK << ONE_NETWORK;
            IpAddr::V6(network.into()).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_has_a_network_of_ipv6_is_one_origin() {
        let origin = |text: &str| {
            Whence::from(Some(Address::from(text.parse::<IpAddr>().unwrap()))).origin()
        };
        assert_eq!(origin("2001:db8::1"), origin("2001:db8::ffff:1"));
        assert_ne!(origin("2001:db8::1"), origin("2001:db8:0:1::1"));
        assert_ne!(origin("10.0.0.1"), origin("10.0.0.2"));
        assert_eq!(origin("10.0.0.1"), origin("::ffff:10.0.0.1"));
        assert_eq!(Whence::Inside.origin(), None);
    }
}
