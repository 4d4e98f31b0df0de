//! Partners that take up more than their share, by mistake or on purpose.

use std::time::Duration;

use kinfold_service::ports::Route;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::support::{Node, Peer, credential, eventually, tls};
use crate::partner::{Knock, Limits};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// Empty settings.
const SETTINGS: &[u8] = &[0, 0, 0, 4, 0, 0, 0, 0, 0];

fn hurried() -> Limits {
    Limits { read: Duration::from_millis(500), ..Limits::default() }
}

/// Sends these bytes as a partner would, and waits for the node to close the connection.
async fn closes_after(node: &Node, bytes: &[u8]) -> bool {
    let mut stream = tls(node, &credential(1, 0)).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let reading = async { while matches!(stream.read(&mut [0; 1024]).await, Ok(1..)) {} };
    tokio::time::timeout(Duration::from_secs(30), reading).await.is_ok()
}

#[tokio::test]
async fn whoever_asks_nothing_or_never_ends_a_frame_is_not_waited_for() {
    let node = Node::start(hurried()).await;
    // The head of a frame of 256 bytes that never come.
    let unended = [PREFACE, SETTINGS, &[0, 1, 0, 1, 4, 0, 0, 0, 1]].concat();
    for bytes in [b"".as_slice(), &PREFACE[..10], &[PREFACE, SETTINGS].concat(), &unended] {
        assert!(closes_after(&node, bytes).await, "{bytes:?}");
    }
}

#[tokio::test]
async fn garbage_behind_a_good_handshake_ends_the_connection_alone() {
    let node = Node::start(Limits::default()).await;
    for garbage in [b"GET / HTTP/1.1\r\n\r\n".as_slice(), &[0xff; 4096]] {
        assert!(closes_after(&node, garbage).await);
    }
    let peer = Peer::connect(&node, &credential(1, 0)).await.unwrap();
    assert_eq!(peer.post(Route::Ask.path(), "a").await.unwrap().status, 200);
}

#[tokio::test]
async fn a_message_of_one_mebibyte_is_read_and_a_longer_one_is_not() {
    let node = Node::start(Limits::default()).await;
    let peer = Peer::connect(&node, &credential(1, 0)).await.unwrap();
    let longest = "x".repeat(1024 * 1024);
    assert_eq!(peer.post(Route::Notices.path(), &longest).await.unwrap().status, 200);
    let told = peer.post(Route::Notices.path(), &(longest + "x")).await;
    // The refusal may come before the node gives up reading, or the stream may be reset under the peer's hands.
    assert!(told.is_none_or(|told| told.status == 413));
    assert_eq!(node.desk.answers(), 1);
    assert_eq!(peer.post(Route::Ask.path(), "a").await.unwrap().status, 200);
}

#[tokio::test]
async fn a_message_that_does_not_arrive_is_not_waited_for() {
    let node = Node::start(hurried()).await;
    let mut stream = tls(&node, &credential(1, 0)).await.unwrap();
    // POST https node /partner/v1/ask with content-length 5, and no body (RFC 7541: indexed and literal fields).
    let mut head = vec![0x83, 0x87, 0x01, 4];
    head.extend_from_slice(b"node");
    head.extend_from_slice(&[0x04, 15]);
    head.extend_from_slice(b"/partner/v1/ask");
    head.extend_from_slice(&[0x0f, 0x0d, 1, b'5']);
    let length = u8::try_from(head.len()).unwrap();
    let frame = [&[0, 0, length, 1, 4, 0, 0, 0, 1], head.as_slice()].concat();
    stream.write_all(&[PREFACE, SETTINGS, &frame].concat()).await.unwrap();
    let mut told = Vec::new();
    let reading = async {
        let mut some = [0; 1024];
        while let Ok(read @ 1..) = stream.read(&mut some).await {
            told.extend_from_slice(&some[..read]);
        }
    };
    // The node also pings, gets no answer, and closes the connection in the end.
    tokio::time::timeout(Duration::from_secs(30), reading).await.unwrap();
    assert_eq!(node.desk.answers(), 0);
    let said = String::from_utf8_lossy(&told);
    assert!(said.contains("did not arrive in time") || said.contains("whole"), "{said}");
}

#[tokio::test]
async fn headers_past_sixteen_kibibytes_are_refused() {
    let node = Node::start(Limits::default()).await;
    let peer = Peer::connect(&node, &credential(1, 0)).await.unwrap();
    let told = peer.post(&format!("/partner/v1/ask?{}", "x".repeat(20_000)), "a").await;
    assert!(told.is_none_or(|told| told.status == 431));
    assert_eq!(node.desk.answers(), 0);
}

#[tokio::test]
async fn a_partner_has_so_many_connections_and_no_more() {
    let node = Node::start(Limits { connections: 2, ..Limits::default() }).await;
    let first = Peer::connect(&node, &credential(1, 0)).await.unwrap();
    let _second = Peer::connect(&node, &credential(1, 0)).await.unwrap();
    assert!(Peer::connect(&node, &credential(1, 0)).await.is_err());
    assert_eq!(node.parts.knocks.counts()[&Knock::Surplus], 1);
    drop(first);
    let mut tries = 0;
    while Peer::connect(&node, &credential(1, 0)).await.is_err() {
        tries += 1;
        assert!(tries < 300, "its place was not given back");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_half_closed_connection_does_not_stay() {
    let node = Node::start(Limits { connections: 1, ..Limits::default() }).await;
    let mut stream = tls(&node, &credential(1, 0)).await.unwrap();
    stream.write_all(&[PREFACE, SETTINGS].concat()).await.unwrap();
    stream.shutdown().await.unwrap();
    let reading = async { while matches!(stream.read(&mut [0; 1024]).await, Ok(1..)) {} };
    tokio::time::timeout(Duration::from_secs(30), reading).await.unwrap();
    let peer = Peer::connect(&node, &credential(1, 0)).await.unwrap();
    assert_eq!(peer.post(Route::Ask.path(), "a").await.unwrap().status, 200);
}

#[tokio::test]
async fn messages_past_a_partners_share_of_memory_wait_and_are_then_refused() {
    let node = Node::start(Limits { read: Duration::from_secs(2), ..Limits::default() }).await;
    let peer = std::sync::Arc::new(Peer::connect(&node, &credential(1, 0)).await.unwrap());
    let ask = |_| {
        let peer = peer.clone();
        tokio::spawn(async move { peer.post(Route::Register.path(), "hold").await })
    };
    let held: Vec<_> = (0..512).map(ask).collect();
    eventually(|| node.desk.held() == 512).await;
    let other = Peer::connect(&node, &credential(1, 0)).await.unwrap();
    assert_eq!(other.post(Route::Ask.path(), "one too many").await.unwrap().status, 503);
    node.desk.release();
    for held in held {
        assert_eq!(held.await.unwrap().unwrap().status, 200);
    }
    assert_eq!(other.post(Route::Ask.path(), "a").await.unwrap().status, 200);
}
