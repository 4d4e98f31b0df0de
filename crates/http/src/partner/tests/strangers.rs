//! Whoever is no partner, or no node at all.

use std::{sync::Arc, time::Duration};

use kinfold_tls::HandshakeFailure;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::{Instant, sleep},
};

use super::support::{DAY, Node, Peer, credential, eventually, tls};
use crate::partner::{Knock, Limits};

fn count(node: &Node, knock: Knock) -> u64 {
    node.parts.knocks.counts().get(&knock).copied().unwrap_or(0)
}

/// Whether the node closes this connection, whatever it says before.
async fn is_closed(stream: &mut (impl tokio::io::AsyncRead + Unpin)) -> bool {
    let reading = async { while matches!(stream.read(&mut [0; 1024]).await, Ok(1..)) {} };
    tokio::time::timeout(Duration::from_secs(30), reading).await.is_ok()
}

#[tokio::test]
async fn a_refused_peer_that_has_sent_much_already_still_reads_why() {
    let node = Node::start(Limits::default()).await;
    for _ in 0..20 {
        let mut stream = tls(&node, &credential(3, 0)).await.unwrap();
        // The client's part of the handshake is over: it may write before the node has judged it.
        for _ in 0..3 {
            let _ = stream.write_all(&[0; 16 * 1024]).await;
        }
        let refused = stream.read_u8().await.unwrap_err();
        assert_eq!(HandshakeFailure::of(&refused), HandshakeFailure::OwnKeyUnknown);
    }
}

#[tokio::test]
async fn a_node_whose_own_certificate_expired_is_told_so_by_its_partners() {
    let node = Node::start_with(credential(2, -91 * DAY), Limits::default()).await;
    let refused = Peer::connect(&node, &credential(1, 0)).await.err();
    assert_eq!(refused, Some(HandshakeFailure::Expired));
    eventually(|| count(&node, Knock::Handshake(HandshakeFailure::OwnOutdated)) == 1).await;
}

#[tokio::test]
async fn plain_http_is_refused() {
    let node = Node::start(Limits::default()).await;
    let mut stream = TcpStream::connect(node.address).await.unwrap();
    stream.write_all(b"POST /partner/v1/ask HTTP/1.1\r\nhost: node\r\n\r\n").await.unwrap();
    assert!(is_closed(&mut stream).await);
    assert_eq!(count(&node, Knock::Handshake(HandshakeFailure::NotTls13)), 1);
}

#[tokio::test]
async fn a_client_that_speaks_tls_1_2_alone_is_refused() {
    let node = Node::start(Limits::default()).await;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let old = rustls::ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS12])
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_client_cert_resolver(credential(1, 0));
    let stream = TcpStream::connect(node.address).await.unwrap();
    let name = rustls_pki_types::ServerName::try_from("node").unwrap();
    let joined = tokio_rustls::TlsConnector::from(Arc::new(old)).connect(name, stream).await;
    assert_eq!(HandshakeFailure::of(&joined.unwrap_err()), HandshakeFailure::NotTls13);
    assert_eq!(count(&node, Knock::Handshake(HandshakeFailure::NotTls13)), 1);
}

#[tokio::test]
async fn whoever_hangs_in_the_handshake_is_dropped_and_others_are_served_meanwhile() {
    let limits = Limits { handshake: Duration::from_secs(2), ..Limits::default() };
    let node = Node::start(limits).await;
    let mut hanging = Vec::new();
    for _ in 0..5 {
        let mut stream = TcpStream::connect(node.address).await.unwrap();
        // The beginning of a client's greeting.
        stream.write_all(&[22, 3, 1, 2, 0, 1, 0, 1, 252]).await.unwrap();
        hanging.push(stream);
    }
    let peer = Peer::connect(&node, &credential(1, 0)).await.unwrap();
    assert_eq!(peer.post("/partner/v1/ask", "a").await.unwrap().status, 200);
    for stream in &mut hanging {
        assert!(is_closed(stream).await);
    }
    assert_eq!(count(&node, Knock::Hung), 5);
}

#[tokio::test]
async fn a_crowd_from_one_address_is_not_let_into_the_doorway() {
    let node = Node::start(Limits { handshake: Duration::from_mins(1), ..Limits::default() }).await;
    let mut crowd = Vec::new();
    for _ in 0..40 {
        crowd.push(TcpStream::connect(node.address).await.unwrap());
    }
    eventually(|| count(&node, Knock::Crowd) == 8).await;
    drop(crowd);
    // Partners get in again once the crowd has left.
    eventually(|| count(&node, Knock::Handshake(HandshakeFailure::Broken)) == 32).await;
    assert!(Peer::connect(&node, &credential(1, 0)).await.is_ok());
}

#[tokio::test]
async fn a_node_with_strangers_in_its_doorway_stops_in_time() {
    let mut node = Node::start(Limits::default()).await;
    let _hanging = TcpStream::connect(node.address).await.unwrap();
    sleep(Duration::from_millis(50)).await;
    let started = Instant::now();
    node.stop();
    node.stopped().await;
    assert!(started.elapsed() < Duration::from_secs(2));
    assert!(TcpStream::connect(node.address).await.is_err());
}
