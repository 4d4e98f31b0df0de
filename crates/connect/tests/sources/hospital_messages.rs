//! What the listener does with each message.

use std::io;
use std::sync::Arc;

use kinfold_domain::MovementEvent;
use parking_lot::Mutex;

use crate::hospital::{Running, broken, config, frame, message, verdict};

const EVENTS: [(&str, MovementEvent); 9] = [
    ("A01", MovementEvent::Admitted),
    ("A03", MovementEvent::Discharged),
    ("A04", MovementEvent::Registered),
    ("A08", MovementEvent::Updated),
    ("A11", MovementEvent::ArrivalCancelled),
    ("A13", MovementEvent::DischargeCancelled),
    ("A28", MovementEvent::PersonAdded),
    ("A31", MovementEvent::PersonUpdated),
    ("A40", MovementEvent::Merged),
];

#[tokio::test]
async fn each_event_is_kept_before_it_is_acknowledged() {
    let running = Running::start(&config()).await;
    let mut client = running.connect().await;
    for (place, (code, event)) in EVENTS.into_iter().enumerate() {
        assert_eq!(client.ask(&message(code, code)).await, format!("AA|{code}"));
        assert_eq!(running.desk.events().get(place), Some(&Some(event)));
    }
    let kept = running.desk.kept.lock();
    assert!(kept.iter().all(|received| received.sender == "pas"));
    assert_eq!(kept[0].raw.expose(), message("A01", "A01").as_bytes());
    let merged = kept[8].content.as_ref().unwrap().merged.len();
    assert_eq!(merged, 1);
}

#[tokio::test]
async fn a_message_that_comes_again_is_acknowledged_as_before_and_kept_once() {
    let running = Running::start(&config()).await;
    for _ in 0..3 {
        let mut client = running.connect().await;
        assert_eq!(client.ask(&message("A04", "1")).await, "AA|1");
        assert_eq!(client.ask(&broken("2")).await, "AE|2");
    }
    assert_eq!(running.desk.ids(), ["1", "2"]);
    let sender = &running.state().senders[0];
    assert_eq!((sender.taken, sender.as_work, sender.again, sender.refused), (1, 1, 4, 0));
}

#[tokio::test]
async fn a_broken_message_becomes_work_and_never_blocks_the_next() {
    let running = Running::start(&config()).await;
    let mut client = running.connect().await;
    client.send(&frame(&broken("1"))).await;
    let answer = client.answer().await.unwrap();
    assert!(answer.contains("|101^Required field missing^HL70357|E|"), "{answer}");
    assert_eq!(client.ask(&message("A04", "2")).await, "AA|2");
    let kept = running.desk.kept.lock();
    let problem = kept[0].content.as_ref().unwrap_err();
    assert!(problem.starts_with("PID-3 has no patient number: send"), "{problem}");
    assert_eq!(kept[0].raw.expose(), broken("1").as_bytes());
    assert!(kept[1].content.is_ok());
}

#[tokio::test]
async fn what_is_not_for_this_node_is_refused_and_not_kept() {
    let mut config = config();
    config.senders[0].application = Some("PAS".to_owned());
    let running = Running::start(&config).await;
    let mut client = running.connect().await;
    let good = message("A04", "1");
    for (wrong, code) in [
        (good.replace("ADT^A04", "ORU^R01"), "200^"),
        (good.replace("ADT^A04", "ADT^A05"), "201^"),
        (good.replace("|P|2.5.1", "|T|2.5.1"), "202^"),
        (good.replace("|P|2.5.1", "|P|2.8"), "203^"),
        (good.replace("|PAS|", "|OTHER|"), "103^"),
        (good.replace("|1|P|", "||P|"), "101^"),
        ("hello".to_owned(), "100^"),
    ] {
        client.send(&frame(&wrong)).await;
        let answer = client.answer().await.unwrap();
        assert!(answer.contains("MSA|AR|") && answer.contains(&format!("|{code}")), "{answer}");
    }
    assert_eq!(client.ask(&good).await, "AA|1");
    let state = running.state();
    let sender = &state.senders[0];
    assert_eq!((sender.taken, sender.refused, state.unknown_senders), (1, 5, 2));
    assert_eq!(sender.last, Some("2026-11-01T12:00:00Z".parse().unwrap()));
    assert_eq!(running.desk.ids(), ["1"]);
}

#[tokio::test]
async fn while_nothing_can_be_kept_every_message_is_to_be_sent_again() {
    let running = Running::start(&config()).await;
    let mut client = running.connect().await;
    *running.desk.fails.lock() = true;
    client.send(&frame(&message("A04", "1"))).await;
    let answer = client.answer().await.unwrap();
    assert!(answer.contains("MSA|AR|1\r") && answer.contains("send it again"), "{answer}");
    assert_eq!(client.ask(&broken("2")).await, "AR|2");
    *running.desk.fails.lock() = false;
    assert_eq!(client.ask(&message("A04", "1")).await, "AA|1");
    assert_eq!(running.state().senders[0].refused, 2);
}

#[tokio::test]
async fn senders_at_one_address_are_told_apart_by_what_they_call_themselves() {
    let mut config = config();
    let mut other = config.senders[0].clone();
    config.senders[0].facility = Some("ELSEWHERE".to_owned());
    (other.name, other.time_zone) = ("maternity".to_owned(), "UTC".to_owned());
    config.senders.push(other);
    let running = Running::start(&config).await;
    let mut client = running.connect().await;
    assert_eq!(client.ask(&message("A04", "1")).await, "AA|1");
    assert_eq!(client.ask(&message("A04", "1").replace("ASHMOOR", "ELSEWHERE")).await, "AA|1");
    let kept = running.desk.kept.lock();
    assert_eq!((kept[0].sender.as_str(), kept[1].sender.as_str()), ("maternity", "pas"));
}

#[tokio::test]
async fn a_message_with_a_wrong_value_counts_without_it_and_that_is_counted() {
    let running = Running::start(&config()).await;
    let mut client = running.connect().await;
    let wrong = message("A04", "1").replace("9990000018", "9990000019").replace("20190331", "x");
    assert_eq!(client.ask(&wrong).await, "AA|1");
    assert_eq!(running.state().senders[0].omitted, 2);
}

#[tokio::test]
async fn a_message_that_is_too_long_is_refused_by_name_and_the_next_is_taken() {
    let mut config = config();
    config.max_bytes = 4096;
    let running = Running::start(&config).await;
    let mut client = running.connect().await;
    for length in [5_000, 300_000] {
        let long = format!("{}OBX|1|ED|{}\r", message("A04", "long"), "x".repeat(length));
        assert_eq!(client.ask(&long).await, "AR|long");
        assert_eq!(client.ask(&message("A04", "next")).await, "AA|next");
    }
    assert_eq!((running.desk.ids(), running.state().incomplete), (vec!["next".to_owned()], 2));
}

/// Log lines of this thread.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn logs_tell_of_messages_and_nothing_of_patients() {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let _default = tracing::subscriber::set_default(subscriber);
    let running = Running::start(&config()).await;
    let mut client = running.connect().await;
    client.ask(&message("A04", "1")).await;
    client.ask(&message("A04", "2").replace("9990000018", "9990000019")).await;
    client.ask(&broken("3")).await;
    client.ask(&message("A05", "4")).await;
    client.send(b"Testperson").await;
    *running.desk.fails.lock() = true;
    client.ask(&message("A04", "5")).await;
    let said = String::from_utf8(lines.0.lock().clone()).unwrap();
    for told in [
        "the NHS number is not valid",
        "work for somebody",
        "was refused",
        "disk is full",
        "bytes=10",
    ] {
        assert!(said.contains(told), "{told}: {said}");
    }
    for personal in ["Testperson", "Adeline", "H0012345", "999000001", "2019", "S60", "Sample"] {
        assert!(!said.contains(personal), "{personal}: {said}");
    }
}

#[tokio::test]
async fn frames_that_arrive_in_pieces_or_together_are_answered_in_order() {
    let running = Running::start(&config()).await;
    let mut client = running.connect().await;
    for byte in frame(&message("A04", "slow")) {
        client.send(&[byte]).await;
    }
    assert_eq!(verdict(&client.answer().await.unwrap()), "AA|slow");
    let many: Vec<u8> = (0..100).flat_map(|n| frame(&message("A08", &n.to_string()))).collect();
    client.send(&many).await;
    for n in 0..100 {
        assert_eq!(verdict(&client.answer().await.unwrap()), format!("AA|{n}"));
    }
    let expected: Vec<String> =
        std::iter::once("slow".to_owned()).chain((0..100).map(|n| n.to_string())).collect();
    assert_eq!(running.desk.ids(), expected);
}
