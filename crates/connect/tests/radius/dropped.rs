//! What is not believed gets no answer, and what comes again the same one.

use std::time::Duration;

use kinfold_radius::{Code, Kind, Packet, Secret, testing::Ask};

use crate::vpn::{PIN, Vpn, secret};

#[tokio::test]
async fn a_request_without_a_message_authenticator_or_with_a_wrong_one_is_dropped_and_counted() {
    let vpn = Vpn::start().await;
    let concentrator = vpn.concentrator().await;
    let (ask, _) = concentrator.access("nurse");
    let ask = ask.password(vpn.right().await.as_bytes(), &secret());
    concentrator.dropped(&ask.clone().bare()).await;
    concentrator.dropped(&ask.signed(&Secret::new(*b"some-other-secret"))).await;
    let known = &vpn.state().clients[0];
    assert_eq!((known.unsigned, known.wrong_secret), (1, 1));
    assert_eq!((known.last, vpn.recorded().len()), (None, 0));
}

#[tokio::test]
async fn strangers_other_kinds_and_what_is_no_packet_are_dropped_and_counted() {
    let vpn = Vpn::start().await;
    let concentrator = vpn.concentrator().await;
    concentrator.dropped(&Ask::new(Code::Other(4), 1, [9; 16]).signed(&secret())).await;
    concentrator.dropped(b"GET / HTTP/1.1\r\n\r\n").await;
    let (ask, _) = concentrator.access("nurse");
    let mut long = ask.signed(&secret());
    long.resize(5000, 0);
    concentrator.dropped(&long).await;
    let known = &vpn.state().clients[0];
    assert_eq!((known.others, known.malformed), (1, 2));

    let elsewhere = "10.20.0.0/16".parse().unwrap();
    let vpn = Vpn::with(|config| config.clients[0].addresses = vec![elsewhere]).await;
    let concentrator = vpn.concentrator().await;
    let (ask, _) = concentrator.access("nurse");
    concentrator.dropped(&ask.signed(&secret())).await;
    assert_eq!(vpn.state().strangers, 1);
}

#[tokio::test]
async fn a_request_that_comes_again_is_answered_alike_and_judged_once() {
    let vpn = Vpn::start().await;
    let concentrator = vpn.concentrator().await;
    let (ask, _) = concentrator.access("nurse");
    let octets = ask.password(vpn.right().await.as_bytes(), &secret()).signed(&secret());
    let patience = Duration::from_secs(10);
    let first = concentrator.send(&octets, patience).await.unwrap();
    for _ in 0..3 {
        assert_eq!(concentrator.send(&octets, patience).await.unwrap(), first);
    }
    assert_eq!(Packet::parse(&first).unwrap().code(), Code::AccessAccept);
    assert_eq!(vpn.recorded(), ["radius radius:vpn-1"]);
    assert_eq!(vpn.state().clients[0].again, 3);
}

#[tokio::test]
async fn a_client_that_asks_too_fast_is_dropped_and_counted() {
    let vpn = Vpn::with(|config| config.requests_per_s = 1).await;
    let concentrator = vpn.concentrator().await;
    for _ in 0..2 {
        assert_eq!(concentrator.types("nurse", PIN).await.code, Code::AccessChallenge);
    }
    let (ask, _) = concentrator.access("nurse");
    concentrator.dropped(&ask.signed(&secret())).await;
    assert_eq!(vpn.state().clients[0].surplus, 1);
}

#[tokio::test]
async fn a_question_whether_the_node_is_there_is_answered() {
    let vpn = Vpn::start().await;
    let concentrator = vpn.concentrator().await;
    let told = concentrator.ask(Ask::new(Code::StatusServer, 7, [7; 16]), [7; 16]).await;
    assert_eq!(told.code, Code::AccessAccept);
    concentrator.dropped(&Ask::new(Code::StatusServer, 8, [8; 16]).bare()).await;
    let known = &vpn.state().clients[0];
    assert_eq!((known.status, known.accepted, vpn.recorded().len()), (1, 0, 0));
}

#[tokio::test]
async fn of_two_clients_the_narrower_network_counts() {
    let vpn = Vpn::with(|config| {
        let mut wide = config.clients[0].clone();
        wide.name = "wide".parse().unwrap();
        wide.addresses = vec!["127.0.0.0/8".parse().unwrap()];
        config.clients.insert(0, wide);
    })
    .await;
    let concentrator = vpn.concentrator().await;
    concentrator.types("nurse", &vpn.right().await).await;
    assert_eq!(vpn.recorded(), ["radius radius:vpn-1"]);
}

#[tokio::test]
async fn proxies_get_their_marks_back_in_order() {
    let vpn = Vpn::start().await;
    let concentrator = vpn.concentrator().await;
    let (ask, _) = concentrator.access("nurse");
    let ask = ask.with(Kind::PROXY_STATE, b"first").with(Kind::PROXY_STATE, b"second");
    let octets = ask.password(PIN.as_bytes(), &secret()).signed(&secret());
    let answer = concentrator.send(&octets, Duration::from_secs(10)).await.unwrap();
    let reply = Packet::parse(&answer).unwrap();
    let marks = reply.attributes().filter(|known| known.kind == Kind::PROXY_STATE);
    assert_eq!(marks.map(|known| known.value).collect::<Vec<_>>(), [&b"first"[..], b"second"]);
}
