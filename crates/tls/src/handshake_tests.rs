//! Handshakes between two ends in memory.

use std::{io, sync::Arc};

use jiff::Timestamp;
use kinfold_note::SigningKey;
use rustls::{ClientConfig, ClientConnection, Connection, Error, ServerConfig, ServerConnection};
use rustls_pki_types::ServerName;

use super::*;
use crate::{DEFAULT_DAYS, HandshakeFailure, Validity};

const NOW: i64 = 1_780_000_000;
const DAY: i64 = 86_400;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn clock(second: i64) -> Now {
    Arc::new(move || at(second))
}

fn key(byte: u8) -> SigningKey {
    SigningKey::from_seed("node.council.example".parse().unwrap(), &[byte; 32]).unwrap()
}

/// A node whose certificate was made at that time.
fn node(byte: u8, made: i64) -> Arc<Credential> {
    let validity = Validity::of_days(at(made), DEFAULT_DAYS).unwrap();
    let certificate = NodeCertificate::issue(&key(byte), validity).unwrap();
    Arc::new(Credential::new(key(byte), certificate).unwrap())
}

fn only(byte: u8) -> Arc<dyn AcceptedKeys> {
    let named = key(byte).verifier().public_key();
    Arc::new(move |shown: &[u8; 32]| *shown == named)
}

fn client(made: i64, now: i64) -> Arc<ClientConfig> {
    client_config(&node(1, made), only(2), clock(now)).unwrap()
}

fn server(made: i64, now: i64) -> Arc<ServerConfig> {
    server_config(&node(2, made), only(1), clock(now)).unwrap()
}

/// Moves what one end has to say to the other.
fn pass(from: &mut Connection, to: &mut Connection) -> Result<(), Error> {
    let mut bytes = Vec::new();
    while from.wants_write() {
        from.write_tls(&mut bytes).unwrap();
    }
    let mut rest = bytes.as_slice();
    while !rest.is_empty() {
        to.read_tls(&mut rest).unwrap();
        to.process_new_packets()?;
    }
    Ok(())
}

/// What each end makes of the handshake: the client's view, then the server's.
fn join(
    client: Arc<ClientConfig>,
    server: Arc<ServerConfig>,
) -> (Result<NodeCertificate, HandshakeFailure>, Result<NodeCertificate, HandshakeFailure>) {
    let name = ServerName::try_from("node").unwrap();
    let mut client = Connection::from(ClientConnection::new(client, name).unwrap());
    let mut server = Connection::from(ServerConnection::new(server).unwrap());
    let (mut of_client, mut of_server) = (Ok(()), Ok(()));
    for _ in 0..4 {
        of_server = of_server.and(pass(&mut client, &mut server));
        of_client = of_client.and(pass(&mut server, &mut client));
    }
    let view = |end: &Connection, outcome: Result<(), Error>| match outcome {
        Ok(()) => Ok(peer_certificate(end).unwrap()),
        // As a stream tells it.
        Err(error) => Err(HandshakeFailure::of(&io::Error::new(io::ErrorKind::InvalidData, error))),
    };
    (view(&client, of_client), view(&server, of_server))
}

#[test]
fn two_nodes_with_the_keys_that_both_expect_join_by_tls_1_3() {
    let (seen_by_client, seen_by_server) = join(client(NOW, NOW), server(NOW, NOW));
    assert_eq!(seen_by_client.unwrap().public_key(), &key(2).verifier().public_key());
    assert_eq!(seen_by_server.unwrap().public_key(), &key(1).verifier().public_key());
}

#[test]
fn a_server_with_another_key_is_not_spoken_to_and_learns_it() {
    let other = server_config(&node(3, NOW), only(1), clock(NOW)).unwrap();
    let (client, server) = join(client(NOW, NOW), other);
    assert_eq!(client.unwrap_err(), HandshakeFailure::UnknownKey);
    assert_eq!(server.unwrap_err(), HandshakeFailure::OwnKeyUnknown);
}

#[test]
fn a_client_with_another_key_is_refused_and_learns_it() {
    let other = client_config(&node(3, NOW), only(2), clock(NOW)).unwrap();
    let (client, server) = join(other, server(NOW, NOW));
    assert_eq!(client.unwrap_err(), HandshakeFailure::OwnKeyUnknown);
    assert_eq!(server.unwrap_err(), HandshakeFailure::UnknownKey);
}

#[test]
fn an_expired_certificate_is_told_from_a_wrong_key_at_both_ends_and_both_ways() {
    let old = NOW - 91 * DAY;
    let (by_client, by_server) = join(client(NOW, NOW), server(old, NOW));
    assert_eq!(by_client.unwrap_err(), HandshakeFailure::Expired);
    assert_eq!(by_server.unwrap_err(), HandshakeFailure::OwnOutdated);
    let (by_client, by_server) = join(client(old, NOW), server(NOW, NOW));
    assert_eq!(by_client.unwrap_err(), HandshakeFailure::OwnOutdated);
    assert_eq!(by_server.unwrap_err(), HandshakeFailure::Expired);
}

#[test]
fn a_certificate_from_the_future_is_told_from_an_expired_one() {
    let (client, server) = join(client(NOW, NOW), server(NOW + DAY, NOW));
    assert_eq!(client.unwrap_err(), HandshakeFailure::NotYetValid);
    assert_eq!(server.unwrap_err(), HandshakeFailure::OwnOutdated);
}

#[test]
fn an_hour_between_the_clocks_does_not_part_two_nodes() {
    let (client, server) = join(client(NOW, NOW), server(NOW + 3600, NOW));
    assert!(client.is_ok() && server.is_ok());
}

#[test]
fn a_client_without_a_certificate_is_refused() {
    let mut bare = ClientConfig::clone(&client(NOW, NOW));
    bare.client_auth_cert_resolver = Arc::new(Nothing);
    let (_, server) = join(Arc::new(bare), server(NOW, NOW));
    assert_eq!(server.unwrap_err(), HandshakeFailure::NoCertificate);
}

#[test]
fn a_client_that_speaks_tls_1_2_alone_is_refused() {
    let provider = Arc::new(default_provider());
    let algorithms = provider.signature_verification_algorithms;
    let mut old = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS12])
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(PinnedKeys { accepted: only(2), algorithms }))
        .with_client_cert_resolver(node(1, NOW));
    old.alpn_protocols = vec![ALPN.to_vec()];
    let (client, server) = join(Arc::new(old), server(NOW, NOW));
    assert!(client.is_err());
    assert_eq!(server.unwrap_err(), HandshakeFailure::NotTls13);
}

#[test]
fn a_client_that_shows_a_key_that_it_does_not_hold_is_refused() {
    let stolen = node(1, NOW).certificate();
    let thief: Arc<dyn rustls::sign::SigningKey> = Arc::new(Thief(key(3)));
    let shown = rustls::sign::CertifiedKey::new(vec![stolen.der().clone()], thief);
    let mut config = ClientConfig::clone(&client(NOW, NOW));
    config.client_auth_cert_resolver = Arc::new(rustls::sign::SingleCertAndKey::from(shown));
    let (client, server) = join(Arc::new(config), server(NOW, NOW));
    assert!(client.is_err());
    assert!(server.is_err());
}

#[test]
fn a_renewed_certificate_is_shown_from_the_next_handshake_on() {
    let credential = node(2, NOW - 91 * DAY);
    let server = server_config(&credential, only(1), clock(NOW)).unwrap();
    let (before, _) = join(client(NOW, NOW), Arc::clone(&server));
    assert_eq!(before.unwrap_err(), HandshakeFailure::Expired);
    let validity = Validity::of_days(at(NOW), DEFAULT_DAYS).unwrap();
    credential.replace(NodeCertificate::issue(&key(2), validity).unwrap()).unwrap();
    let (after, _) = join(client(NOW, NOW), server);
    assert_eq!(after.unwrap(), *credential.certificate());
}

#[derive(Debug)]
struct Nothing;

impl rustls::client::ResolvesClientCert for Nothing {
    fn resolve(
        &self,
        _hints: &[&[u8]],
        _schemes: &[rustls::SignatureScheme],
    ) -> Option<Arc<rustls::sign::CertifiedKey>> {
        None
    }

    fn has_certs(&self) -> bool {
        false
    }
}

/// Signs with another key than the certificate's.
#[derive(Clone, Debug)]
struct Thief(SigningKey);

impl rustls::sign::SigningKey for Thief {
    fn choose_scheme(
        &self,
        _offered: &[rustls::SignatureScheme],
    ) -> Option<Box<dyn rustls::sign::Signer>> {
        Some(Box::new(self.clone()))
    }

    fn algorithm(&self) -> rustls::SignatureAlgorithm {
        rustls::SignatureAlgorithm::ED25519
    }
}

impl rustls::sign::Signer for Thief {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(self.0.sign_bytes(message).to_vec())
    }

    fn scheme(&self) -> rustls::SignatureScheme {
        rustls::SignatureScheme::ED25519
    }
}
