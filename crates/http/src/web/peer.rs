//! From which address a request comes: the connection's, or what a trusted proxy says of it.

use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, request::Parts},
};
use kinfold_service::ports::Address;

use super::site::Shared;

/// Each proxy appends who asked it.
const FORWARDED: &str = "x-forwarded-for";

/// The client's address; none where the listener doesn't tell it.
pub(super) struct Peer(pub(super) Option<Address>);

impl FromRequestParts<Shared> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, site: &Shared) -> Result<Self, Infallible> {
        let connection = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let address = connection.map(|ConnectInfo(peer)| {
            client(peer.ip(), &parts.headers, &site.services.trusted_proxies)
        });
        Ok(Self(address.map(Address::from)))
    }
}

/// Goes back from the connection for as long as each hop is a trusted proxy. What stands before the first stranger could have been
/// written by that stranger, so nothing of it is believed.
fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    let lines: Vec<&str> =
        headers.get_all(FORWARDED).iter().filter_map(|line| line.to_str().ok()).collect();
    let mut hops = lines.iter().rev().flat_map(|line| line.rsplit(','));
    let mut client = peer.to_canonical();
    while trusted.iter().any(|proxy| proxy.to_canonical() == client) {
        match hops.next().and_then(|hop| address(hop.trim())) {
            Some(before) => client = before.to_canonical(),
            None => break,
        }
    }
    client
}

/// Some proxies add the port.
fn address(hop: &str) -> Option<IpAddr> {
    let with_port = || hop.parse::<SocketAddr>().ok().map(|address| address.ip());
    hop.parse().ok().or_else(with_port)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn only_what_trusted_proxies_wrote_is_believed() {
        let trusted: [IpAddr; 2] = ["10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap()];
        let table: [(&str, &[&str], &str); 11] = [
            ("10.0.0.9", &[], "10.0.0.9"),
            // Whoever is no proxy may write what they like.
            ("10.0.0.9", &["10.7.7.7"], "10.0.0.9"),
            ("10.0.0.1", &["10.7.7.7"], "10.7.7.7"),
            ("::ffff:10.0.0.1", &["::ffff:10.7.7.7"], "10.7.7.7"),
            ("10.0.0.1", &["1.1.1.1, 10.7.7.7"], "10.7.7.7"),
            ("10.0.0.1", &["1.1.1.1", "10.7.7.7"], "10.7.7.7"),
            ("10.0.0.1", &["1.1.1.1, 10.7.7.7, 10.0.0.2"], "10.7.7.7"),
            ("10.0.0.1", &["10.7.7.7:4711"], "10.7.7.7"),
            ("10.0.0.1", &["[2001:db8::7]:4711"], "2001:db8::7"),
            ("10.0.0.1", &["10.7.7.7, unknown"], "10.0.0.1"),
            ("10.0.0.1", &[], "10.0.0.1"),
        ];
        for (peer, lines, expected) in table {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(FORWARDED, HeaderValue::from_static(line));
            }
            let found = client(peer.parse().unwrap(), &headers, &trusted);
            assert_eq!(found.to_string(), expected, "{peer} {lines:?}");
        }
    }
}
