//! How connections come, hang, break and end.

use std::time::Duration;

use kinfold_connect::mllp::MllpConfig;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::hospital::{Running, bind, config, frame, message, verdict};

#[tokio::test]
async fn a_stranger_is_shown_out_and_counted() {
    let mut config = config();
    config.senders[0].addresses = vec!["192.0.2.1".parse().unwrap()];
    let running = Running::start(&config).await;
    assert_eq!(running.connect().await.answer().await, None);
    running.until(|state| state.strangers == 1).await;
    assert_eq!(running.desk.ids(), Vec::<String>::new());
}

#[tokio::test]
async fn a_client_that_dies_in_mid_message_leaves_nothing_and_nobody_behind() {
    let running = Running::start(&config()).await;
    let mut dying = running.connect().await;
    let mut other = running.connect().await;
    dying.send(&frame(&message("A04", "cut"))[..100]).await;
    drop(dying);
    running.until(|state| state.connections == 1 && state.incomplete == 1).await;
    assert_eq!(other.ask(&message("A04", "1")).await, "AA|1");
    assert_eq!(running.desk.ids(), ["1"]);
}

#[tokio::test]
async fn a_client_that_does_not_wait_for_its_answer_has_its_message_kept() {
    let running = Running::start(&config()).await;
    *running.desk.takes.lock() = Duration::from_millis(100);
    let mut hasty = running.connect().await;
    hasty.send(&frame(&message("A04", "1"))).await;
    drop(hasty);
    running.until(|state| state.senders[0].taken == 1).await;
    assert_eq!(running.desk.ids(), ["1"]);
}

#[tokio::test]
async fn a_frame_without_an_end_is_refused_in_time_and_the_connection_closed() {
    let mut config = config();
    config.message_timeout_s = 1;
    let running = Running::start(&config).await;
    let mut client = running.connect().await;
    client.send(format!("\u{b}{}", message("A04", "open")).as_bytes()).await;
    let answer = client.answer().await.unwrap();
    assert!(answer.contains("MSA|AR|open\r") && answer.contains("FS and CR"), "{answer}");
    assert_eq!(client.answer().await, None);
    assert_eq!((running.desk.ids().len(), running.state().incomplete), (0, 1));
}

#[tokio::test]
async fn a_silent_connection_is_closed_and_a_slow_one_is_not() {
    let mut config = config();
    (config.idle_timeout_s, config.message_timeout_s) = (1, 5);
    let running = Running::start(&config).await;
    let (mut silent, mut slow) = (running.connect().await, running.connect().await);
    let (start, end) = (frame(&message("A04", "1")), frame(&message("A04", "1")));
    slow.send(&start[..50]).await;
    assert_eq!(silent.answer().await, None);
    sleep(Duration::from_millis(500)).await;
    slow.send(&end[50..]).await;
    assert_eq!(verdict(&slow.answer().await.unwrap()), "AA|1");
}

#[tokio::test]
async fn a_message_that_another_begins_in_is_refused_and_the_other_taken() {
    let running = Running::start(&config()).await;
    let mut client = running.connect().await;
    client.send(format!("\u{b}{}", message("A04", "1")).as_bytes()).await;
    client.send(&frame(&message("A04", "2"))).await;
    assert_eq!(verdict(&client.answer().await.unwrap()), "AR|1");
    assert_eq!(verdict(&client.answer().await.unwrap()), "AA|2");
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_hospitals_at_once_are_each_answered_in_order() {
    let running = Running::start(&config()).await;
    let mut hospitals = JoinSet::new();
    for hospital in 0..50 {
        let mut client = running.connect().await;
        hospitals.spawn(async move {
            for number in 0..10 {
                let id = format!("{hospital}-{number}");
                assert_eq!(client.ask(&message("A04", &id)).await, format!("AA|{id}"));
            }
        });
    }
    while let Some(done) = hospitals.join_next().await {
        done.unwrap();
    }
    let ids = running.desk.ids();
    assert_eq!(ids.len(), 500);
    for hospital in 0..50 {
        let own: Vec<&String> =
            ids.iter().filter(|id| id.starts_with(&format!("{hospital}-"))).collect();
        assert!(own.iter().enumerate().all(|(n, id)| **id == format!("{hospital}-{n}")));
    }
    assert_eq!(running.state().senders[0].taken, 500);
    running.until(|state| state.connections == 0).await;
}

#[tokio::test]
async fn a_slow_desk_for_one_connection_keeps_no_other_waiting() {
    let running = Running::start(&config()).await;
    *running.desk.takes.lock() = Duration::from_mins(1);
    let mut waiting = running.connect().await;
    waiting.send(&frame(&message("A04", "1"))).await;
    sleep(Duration::from_millis(100)).await;
    *running.desk.takes.lock() = Duration::ZERO;
    assert_eq!(running.connect().await.ask(&message("A04", "2")).await, "AA|2");
}

#[tokio::test]
async fn connections_beyond_the_limit_are_closed_and_counted() {
    let mut config = config();
    config.max_connections = 1;
    let running = Running::start(&config).await;
    let mut first = running.connect().await;
    assert_eq!(first.ask(&message("A04", "1")).await, "AA|1");
    assert_eq!(running.connect().await.answer().await, None);
    assert_eq!(running.state().surplus, 1);
    assert_eq!(first.ask(&message("A04", "2")).await, "AA|2");
}

#[tokio::test]
async fn when_the_node_stops_the_message_at_hand_is_answered_and_no_other_begun() {
    let mut running = Running::start(&config()).await;
    let mut idle = running.connect().await;
    let mut busy = running.connect().await;
    *running.desk.takes.lock() = Duration::from_millis(300);
    busy.send(&frame(&message("A04", "1"))).await;
    busy.send(&frame(&message("A04", "2"))).await;
    sleep(Duration::from_millis(100)).await;
    running.ask_to_stop();
    assert_eq!(verdict(&busy.answer().await.unwrap()), "AA|1");
    assert_eq!(busy.answer().await, None);
    assert_eq!(idle.answer().await, None);
    assert_eq!(running.desk.ids(), ["1"]);
    running.stopped().await;
}

#[tokio::test]
async fn what_is_between_frames_is_skipped_and_counted() {
    let running = Running::start(&config()).await;
    let mut client = running.connect().await;
    client.send(b"noise\r\n").await;
    assert_eq!(client.ask(&message("A04", "1")).await, "AA|1");
    assert_eq!(running.state().skipped_bytes, 5);
}

#[tokio::test]
async fn a_configuration_that_makes_no_sense_is_refused_with_every_problem() {
    let mut wrong = config();
    (wrong.max_bytes, wrong.idle_timeout_s) = (10, 0);
    let sender = wrong.senders[0].clone();
    wrong.senders.push(sender.clone());
    let mut hidden = sender.clone();
    (hidden.name, hidden.application) = ("hidden".to_owned(), Some("X".to_owned()));
    wrong.senders.push(hidden);
    let mut empty = sender;
    (empty.name, empty.addresses) = ("empty".to_owned(), vec![]);
    wrong.senders.push(empty);
    let told = bind(&wrong).await.err().unwrap().to_string();
    for part in [
        "max_bytes",
        "idle_timeout_s",
        "pas stands here twice",
        "hidden would be taken for pas",
        "sender empty: addresses",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let mut zone = config();
    zone.senders[0].time_zone = "Nowhere".to_owned();
    assert!(bind(&zone).await.err().unwrap().to_string().contains("sender pas: time_zone"));
    let mut taken = config();
    taken.listen = Running::start(&config()).await.address;
    assert!(bind(&taken).await.err().unwrap().to_string().contains("can't be listened on"));
}

#[test]
fn the_documented_configuration_is_read_and_a_misspelt_setting_is_not() {
    let text = "listen = '0.0.0.0:2575'\nmax_connections = 16\n[tls]\ncertificate = 'a.pem'\nkey = 'a.key'\nclient_ca = 'ca.pem'\n\
        [[sender]]\nname = 'pas'\naddresses = ['192.0.2.10', '2001:db8::1']\napplication = 'PAS'\nprocessing = ['P', 'T']\n";
    let read: MllpConfig = toml::from_str(text).unwrap();
    assert_eq!((read.max_connections, read.senders.len(), read.max_bytes), (16, 1, 1 << 20));
    assert_eq!(read.senders[0].time_zone, "Europe/London");
    for (right, wrong) in
        [("listen", "liste"), ("key =", "kee ="), ("application", "app"), ("'T'", "'X'")]
    {
        assert!(toml::from_str::<MllpConfig>(&text.replacen(right, wrong, 1)).is_err(), "{wrong}");
    }
}
