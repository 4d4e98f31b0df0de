//! The partners' port, asked by peers that behave well and badly, on real sockets.

mod bounds;
mod strangers;
mod support;

use std::{sync::Arc, time::Duration};

use kinfold_service::ports::Route;
use kinfold_tls::HandshakeFailure;
use tokio::time::{Instant, timeout};

use super::{Knock, Limits};
use support::{DAY, Node, Peer, credential, eventually, knows};

#[tokio::test]
async fn a_partners_note_reaches_the_desk_with_its_path_and_sender() {
    let node = Node::start(Limits::default()).await;
    let peer = Peer::connect(&node, &credential(1, 0)).await.unwrap();
    for route in Route::ALL {
        let told = peer.post(route.path(), "note\n").await.unwrap();
        assert_eq!((told.status, told.kind.as_str()), (200, "text/plain; charset=utf-8"));
        assert_eq!(told.text, format!("the-council asks {}: note\n", route.path()));
        assert_eq!(told.caching, "no-store");
    }
    assert_eq!(node.parts.knocks.counts().len(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hundreds_of_notes_at_once_on_one_connection_are_answered() {
    let node = Node::start(Limits::default()).await;
    let peer = Arc::new(Peer::connect(&node, &credential(1, 0)).await.unwrap());
    let asks = (0..700).map(|n| {
        let peer = peer.clone();
        tokio::spawn(async move { peer.post(Route::Ask.path(), &n.to_string()).await.unwrap() })
    });
    for (n, ask) in asks.collect::<Vec<_>>().into_iter().enumerate() {
        assert!(ask.await.unwrap().text.ends_with(&format!(": {n}")));
    }
}

#[tokio::test]
async fn whatever_is_no_message_of_the_protocol_is_refused() {
    let node = Node::start(Limits::default()).await;
    let peer = Peer::connect(&node, &credential(1, 0)).await.unwrap();
    assert_eq!(peer.post("/partner/v1/", "x").await.unwrap().status, 404);
    assert_eq!(peer.post("/partner/v1/ask/", "x").await.unwrap().status, 404);
    assert_eq!(peer.send("GET", Route::Ask.path(), "").await.unwrap().status, 405);
    assert_eq!(node.desk.answers(), 0);
}

#[tokio::test]
async fn a_desks_refusal_is_told_as_problem_details() {
    let node = Node::start(Limits::default()).await;
    let peer = Peer::connect(&node, &credential(1, 0)).await.unwrap();
    for (note, status) in [("refuse: clock", 403), ("refuse: other agreement", 409)] {
        let told = peer.post(Route::Ask.path(), note).await.unwrap();
        assert_eq!((told.status, told.kind.as_str()), (status, "application/problem+json"));
        let problem: serde_json::Value = serde_json::from_str(&told.text).unwrap();
        assert_eq!(problem["status"], status);
        assert!(!problem["detail"].as_str().unwrap().is_empty());
        assert!(!problem["title"].as_str().unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_key_that_leaves_the_agreement_gets_nothing_more_on_its_open_connection() {
    let node = Node::start(Limits::default()).await;
    let peer = Peer::connect(&node, &credential(1, 0)).await.unwrap();
    assert_eq!(peer.post(Route::Ask.path(), "a").await.unwrap().status, 200);
    node.keys.forget();
    assert_eq!(peer.post(Route::Ask.path(), "b").await.unwrap().status, 403);
    assert_eq!(node.desk.answers(), 1);
    // Its connection is closed, and it gets no other.
    eventually(|| peer.is_closed()).await;
    let again = Peer::connect(&node, &credential(1, 0)).await;
    assert_eq!(again.err(), Some(HandshakeFailure::OwnKeyUnknown));
}

#[tokio::test]
async fn a_key_that_becomes_another_partners_is_not_served_as_the_old_one() {
    let node = Node::start(Limits::default()).await;
    let peer = Peer::connect(&node, &credential(1, 0)).await.unwrap();
    knows(&node.keys, 1, "the-police");
    assert_eq!(peer.post(Route::Ask.path(), "a").await.unwrap().status, 403);
}

#[tokio::test]
async fn an_answer_that_was_held_back_does_not_go_to_a_key_that_left_meanwhile() {
    let node = Node::start(Limits::default()).await;
    let peer = Peer::connect(&node, &credential(1, 0)).await.unwrap();
    let (told, ()) = tokio::join!(peer.post(Route::Register.path(), "hold"), async {
        eventually(|| node.desk.held() == 1).await;
        node.keys.forget();
        node.desk.release();
    });
    let told = told.unwrap();
    assert_eq!(told.status, 403);
    assert!(!told.text.contains("asks"), "{}", told.text);
}

#[tokio::test]
async fn a_certificate_that_runs_out_ends_its_open_connection() {
    let node = Node::start(Limits::default()).await;
    let peer = Peer::connect(&node, &credential(1, 0)).await.unwrap();
    node.clock.advance(91 * DAY);
    let told = peer.post(Route::Ask.path(), "a").await.unwrap();
    assert_eq!(told.status, 403);
    assert!(told.text.contains("certificate"), "{}", told.text);
    eventually(|| peer.is_closed()).await;
    assert_eq!(node.desk.answers(), 0);
}

#[tokio::test]
async fn a_stopping_node_lets_what_is_being_answered_end() {
    let mut node = Node::start(Limits { grace: Duration::from_mins(1), ..Limits::default() }).await;
    let peer = Peer::connect(&node, &credential(1, 0)).await.unwrap();
    let (told, ()) = tokio::join!(peer.post(Route::Ask.path(), "hold"), async {
        eventually(|| node.desk.held() == 1).await;
        node.stop();
        tokio::time::sleep(Duration::from_millis(50)).await;
        node.desk.release();
    });
    assert_eq!(told.unwrap().status, 200);
    node.stopped().await;
}

#[tokio::test]
async fn a_node_stops_within_two_seconds_though_answers_are_held_back() {
    let mut node = Node::start(Limits::default()).await;
    let peer = Arc::new(Peer::connect(&node, &credential(1, 0)).await.unwrap());
    let polls = (0..5).map(|_| {
        let peer = peer.clone();
        tokio::spawn(async move { peer.post(Route::Register.path(), "hold").await })
    });
    let polls: Vec<_> = polls.collect();
    eventually(|| node.desk.held() == 5).await;
    let started = Instant::now();
    node.stop();
    node.stopped().await;
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    for poll in polls {
        assert!(poll.await.unwrap().is_none());
    }
    // Nothing goes on behind the scenes.
    eventually(|| node.desk.held() == 0).await;
}

#[tokio::test]
async fn a_desk_need_not_wait_for_a_peer_that_hung_up() {
    let node = Node::start(Limits::default()).await;
    let peer = Peer::connect(&node, &credential(1, 0)).await.unwrap();
    let gone = timeout(Duration::from_millis(200), peer.post(Route::Register.path(), "hold")).await;
    assert!(gone.is_err());
    drop(peer);
    eventually(|| node.desk.held() == 0).await;
}

#[tokio::test]
async fn a_desk_that_panics_takes_nothing_with_it() {
    let node = Node::start(Limits::default()).await;
    let peer = Peer::connect(&node, &credential(1, 0)).await.unwrap();
    assert!(peer.post(Route::Ask.path(), "panic").await.is_none());
    assert_eq!(peer.post(Route::Ask.path(), "a").await.unwrap().status, 200);
}

#[tokio::test]
async fn strangers_are_counted_by_what_they_lacked() {
    let node = Node::start(Limits::default()).await;
    assert_eq!(
        Peer::connect(&node, &credential(3, 0)).await.err(),
        Some(HandshakeFailure::OwnKeyUnknown)
    );
    assert_eq!(
        Peer::connect(&node, &credential(1, -91 * DAY)).await.err(),
        Some(HandshakeFailure::OwnOutdated)
    );
    let counts = node.parts.knocks.counts();
    assert_eq!(counts[&Knock::Handshake(HandshakeFailure::UnknownKey)], 1);
    assert_eq!(counts[&Knock::Handshake(HandshakeFailure::Expired)], 1);
}
