//! Partners that are down, hang, break off or babble.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures::{StreamExt as _, stream};
use http_body_util::{StreamBody, combinators::BoxBody};
use hyper::{
    Response,
    body::{Bytes, Frame},
};
use kinfold_service::ports::{PartnerError, PartnerLink as _, Route};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    sync::Notify,
    time::{Instant, sleep},
};

use super::support::{Partner, agency, answer, asker, at, key, own, patient};
use crate::partner::{Deadlines, Link};

const SHORT: Duration = Duration::from_millis(300);

async fn ask(link: &Link) -> Result<String, PartnerError> {
    link.send(&agency(), Route::Ask, "ask".to_owned()).await
}

/// A listener and this node's way to it.
async fn at_a_bare_port(deadlines: Deadlines) -> (TcpListener, Arc<Link>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let whereabouts = at(listener.local_addr().unwrap().port(), key(2).verifier());
    (listener, Arc::new(own(whereabouts, deadlines).link))
}

#[tokio::test]
async fn a_partner_that_is_down_is_unreachable() {
    let (listener, link) = at_a_bare_port(patient()).await;
    drop(listener);
    assert_eq!(ask(&link).await, Err(PartnerError::Unreachable));
}

#[tokio::test]
async fn a_partner_that_hangs_in_the_handshake_delays_everybody_by_one_deadline() {
    let (listener, link) = at_a_bare_port(Deadlines { connect: SHORT, ..patient() }).await;
    let started = Instant::now();
    let asks = (0..50).map(|_| {
        let link = link.clone();
        tokio::spawn(async move { ask(&link).await })
    });
    for ask in asks.collect::<Vec<_>>() {
        assert_eq!(ask.await.unwrap(), Err(PartnerError::TimedOut));
    }
    assert!(started.elapsed() < SHORT * 20, "{:?}", started.elapsed());
    drop(listener);
}

#[tokio::test]
async fn a_partner_that_answers_too_late_is_given_up_and_its_connection_kept() {
    let late = Arc::new(AtomicUsize::new(1));
    let partner = Partner::start(move |_, note| {
        let late = late.clone();
        async move {
            if late.swap(0, Ordering::Relaxed) == 1 {
                sleep(Duration::from_hours(1)).await;
            }
            answer(&note)
        }
    })
    .await;
    let node = own(partner.whereabouts(), Deadlines { answer: SHORT, ..patient() });
    assert_eq!(asker(&node.link).await, Err(PartnerError::TimedOut));
    let told = node.link.send(&agency(), Route::Register, "again".to_owned()).await;
    assert_eq!(told, Ok("again".to_owned()));
    assert_eq!(partner.connections(), 1);
}

#[tokio::test]
async fn the_registers_changes_may_be_held_back_longer_than_an_ask_may_take() {
    let partner = Partner::start(|_, note| async move {
        sleep(SHORT * 2).await;
        answer(&note)
    })
    .await;
    let node = own(partner.whereabouts(), Deadlines { answer: SHORT, ..patient() });
    let told = node.link.send(&agency(), Route::Register, "poll".to_owned()).await;
    assert_eq!(told, Ok("poll".to_owned()));
}

#[tokio::test]
async fn an_ask_that_may_have_been_read_is_not_sent_again() {
    let reading = Arc::new(Notify::new());
    let told = reading.clone();
    let partner = Partner::start(move |_, _| {
        told.notify_one();
        async { std::future::pending().await }
    })
    .await;
    let node = own(partner.whereabouts(), patient());
    let (asked, ()) = tokio::join!(asker(&node.link), async {
        reading.notified().await;
        partner.cut().await;
    });
    assert_eq!(asked, Err(PartnerError::Unreachable));
    assert_eq!(partner.messages(), 1);
}

#[tokio::test]
async fn a_closed_connection_is_replaced_without_anybody_noticing() {
    let partner = Partner::start(|_, note| async move { answer(&note) }).await;
    let node = own(partner.whereabouts(), patient());
    for round in 1..=5 {
        assert_eq!(asker(&node.link).await, Ok("ask".to_owned()));
        assert_eq!((partner.connections(), partner.messages()), (round, round));
        partner.cut().await;
        // The end of the connection has to arrive: a message written before that is lost, and told as such.
        sleep(Duration::from_millis(500)).await;
    }
}

#[tokio::test]
async fn a_partner_killed_in_the_middle_of_an_answer_is_unreachable() {
    let begun = Arc::new(Notify::new());
    let told = begun.clone();
    let partner = Partner::start(move |_, _| {
        let begun = told.clone();
        let beginning = stream::once(async move {
            begun.notify_one();
            Ok(Frame::data(Bytes::from_static(b"kinfold/ans")))
        });
        let body = BoxBody::new(StreamBody::new(beginning.chain(stream::pending())));
        async { Response::builder().header("content-type", "text/plain").body(body).unwrap() }
    })
    .await;
    let node = own(partner.whereabouts(), patient());
    let (asked, ()) = tokio::join!(asker(&node.link), async {
        begun.notified().await;
        partner.cut().await;
    });
    assert_eq!(asked, Err(PartnerError::Unreachable));
}

#[tokio::test]
async fn whatever_else_listens_at_the_partners_port_is_not_mistaken_for_it() {
    for greeting in [
        b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n".as_slice(),
        b"SSH-2.0-OpenSSH_9.6\r\n",
        &[0; 64],
        &[],
    ] {
        let (listener, link) = at_a_bare_port(patient()).await;
        let other = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut hello = [0; 64];
            let _ = stream.read(&mut hello).await;
            let _ = stream.write_all(greeting).await;
            let _ = stream.shutdown().await;
            let _ = stream.read_to_end(&mut Vec::new()).await;
        };
        let (told, ()) = tokio::join!(ask(&link), other);
        let told = told.unwrap_err();
        assert!(
            matches!(told, PartnerError::Untrusted(_) | PartnerError::Unreachable),
            "{greeting:?}: {told:?}"
        );
    }
}
