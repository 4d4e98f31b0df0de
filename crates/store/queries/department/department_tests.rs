use kinfold_domain::{Movement, MovementEvent, MovingPatient, Personal, Subject};
use kinfold_service::{
    department::{Attendance, AttendanceCheck, AttendanceId, Whereabouts},
    ports::{DepartmentStore, KeptMessage, Mark, MessageContent},
};
use uuid::Uuid;

use crate::testing::{Place, at};

pub(crate) fn movement() -> MessageContent {
    MessageContent::Movement(Box::new(Movement {
        event: MovementEvent::Registered,
        at: at(1),
        patient: MovingPatient {
            number: Personal::new("H1".to_owned()),
            subject: Subject::default(),
        },
        visit: None,
        merged: Vec::new(),
    }))
}

pub(crate) fn message(control_id: &str, fingerprint: &str, content: MessageContent) -> KeptMessage {
    KeptMessage {
        sender: "pas".to_owned(),
        control_id: control_id.to_owned(),
        fingerprint: fingerprint.to_owned(),
        received: at(2),
        content,
    }
}

pub(crate) fn attendance(n: u128, whereabouts: Whereabouts) -> Attendance {
    Attendance {
        id: AttendanceId(Uuid::from_u128(n)),
        sender: Some("pas".to_owned()),
        patient: Personal::new("H1".to_owned()),
        visit: None,
        subject: Subject::default(),
        pregnant: false,
        place: None,
        arrived: at(2),
        heard: at(2),
        whereabouts,
        check: None,
        first_checked: None,
        failure: None,
        recorded: None,
        steps: 0,
        told: Vec::new(),
        ever_told: std::collections::BTreeSet::new(),
        acknowledged: Vec::new(),
    }
}

#[tokio::test]
async fn a_message_is_kept_once_and_waits_until_it_is_settled() {
    let place = Place::new().await;
    let store = place.open().await;
    assert!(store.keep(&message("1", "aa", movement())).await.unwrap());
    assert!(!store.keep(&message("1", "aa", movement())).await.unwrap(), "the very same");
    assert!(store.keep(&message("1", "bb", movement())).await.unwrap(), "a number used anew");
    let waiting = store.waiting(9).await.unwrap();
    assert_eq!(waiting.iter().map(|w| w.place).collect::<Vec<_>>(), [0, 1]);
    let here = attendance(1, Whereabouts::Present);
    store.settle(1, std::slice::from_ref(&here)).await.unwrap();
    store.close().await;

    let store = place.open().await;
    assert_eq!(store.waiting(9).await.unwrap().len(), 1, "the second still waits after a start");
    assert!(!store.keep(&message("1", "aa", movement())).await.unwrap(), "known though settled");
    assert_eq!(
        store.attendances(at(9)).await.unwrap(),
        std::slice::from_ref(&here),
        "open, however old"
    );
    let check = AttendanceCheck {
        ask: kinfold_domain::AskId(Uuid::from_u128(9)),
        at: at(3),
        answer: "not-on-register".to_owned(),
        entries: Vec::new(),
        sealed: false,
        changes: 1,
    };
    let whereabouts = Whereabouts::Left { at: at(3) };
    let gone = Attendance { whereabouts, check: Some(check), ..here };
    store.settle(2, std::slice::from_ref(&gone)).await.unwrap();
    assert!(store.waiting(9).await.unwrap().is_empty());
    assert!(store.attendances(at(9)).await.unwrap().is_empty());
    assert_eq!(store.attendances(at(2)).await.unwrap(), std::slice::from_ref(&gone));
    assert_eq!(store.attendance(gone.id).await.unwrap(), Some(gone));
}

#[tokio::test]
async fn a_broken_message_waits_for_somebody_and_blocks_nothing() {
    let place = Place::new().await;
    let store = place.open().await;
    let content = MessageContent::Broken {
        problem: "PID is missing".to_owned(),
        raw: Personal::new("00".to_owned()),
    };
    assert!(store.keep(&message("7", "aa", content)).await.unwrap());
    assert!(store.keep(&message("8", "bb", movement())).await.unwrap());
    assert_eq!(store.waiting(9).await.unwrap().len(), 1);
    store.settle(2, &[]).await.unwrap();
    let broken = store.to_mend(9).await.unwrap();
    assert_eq!(broken.len(), 1);
    assert_eq!(
        (broken[0].control_id.as_str(), broken[0].problem.as_str()),
        ("7", "PID is missing")
    );
    store.mended(broken[0].place).await.unwrap();
    assert!(store.to_mend(9).await.unwrap().is_empty());
}

#[tokio::test]
async fn who_was_heard_last_is_known_after_a_start() {
    let place = Place::new().await;
    let store = place.open().await;
    let sent = |sender: &str, id: &str, second| KeptMessage {
        sender: sender.to_owned(),
        received: at(second),
        ..message(id, "aa", movement())
    };
    for message in [sent("pas", "1", 3), sent("maternity", "1", 4), sent("pas", "2", 5)] {
        assert!(store.keep(&message).await.unwrap());
    }
    assert!(!store.keep(&sent("maternity", "1", 6)).await.unwrap(), "it came again");
    store.close().await;
    let heard = place.open().await.senders_heard().await.unwrap();
    assert_eq!(heard, [("maternity".to_owned(), at(6)), ("pas".to_owned(), at(5))]);
}

#[tokio::test]
async fn a_message_is_known_again_until_it_is_forgotten_and_only_what_was_dealt_with_is() {
    let place = Place::new().await;
    let store = place.open().await;
    let sent = |id: &str, second, content| KeptMessage {
        received: at(second),
        ..message(id, "aa", content)
    };
    let broken = MessageContent::Broken {
        problem: "PID is missing".to_owned(),
        raw: Personal::new("00".to_owned()),
    };
    for number in 0..1200 {
        store.keep(&sent(&number.to_string(), 1, movement())).await.unwrap();
    }
    store.settle(1200, &[]).await.unwrap();
    store.keep(&sent("broken", 1, broken)).await.unwrap();
    store.keep(&sent("waits", 1, movement())).await.unwrap();
    store.keep(&sent("last", 9, movement())).await.unwrap();
    assert_eq!(store.forget_messages(at(1)).await.unwrap(), 0, "none is older");
    assert!(!store.keep(&sent("7", 2, movement())).await.unwrap(), "it is known");
    assert_eq!(store.forget_messages(at(2)).await.unwrap(), 1200);
    assert_eq!(store.waiting(9).await.unwrap().len(), 2);
    assert_eq!(store.to_mend(9).await.unwrap().len(), 1);
    store.settle(1203, &[]).await.unwrap();
    store.forget_messages(at(20)).await.unwrap();
    store.keep(&sent("next", 10, movement())).await.unwrap();
    assert_eq!(store.waiting(9).await.unwrap()[0].place, 1203, "places go on");
}

#[tokio::test]
async fn a_child_s_attendances_are_found_by_number_and_no_longer_by_one_that_was_put_right() {
    let place = Place::new().await;
    let store = place.open().await;
    let (wrong, right) = ("999 000 0018".parse().unwrap(), "999 000 0026".parse().unwrap());
    let of = |n, number, second| {
        let subject = Subject { nhs_number: Some(number), ..Subject::default() };
        Attendance { subject, heard: at(second), ..attendance(n, Whereabouts::Present) }
    };
    store.settle(0, &[of(1, wrong, 3), of(2, right, 4), of(3, right, 5)]).await.unwrap();
    let corrected = of(1, right, 3);
    store.settle(0, std::slice::from_ref(&corrected)).await.unwrap();
    assert!(store.attendances_of(&[Mark::number(wrong)], 9).await.unwrap().is_empty());
    let found = store.attendances_of(&[Mark::number(right)], 9).await.unwrap();
    assert_eq!(found.iter().map(|a| a.id.0.as_u128()).collect::<Vec<_>>(), [3, 2, 1]);
    assert_eq!(store.attendances_of(&[Mark::number(right)], 2).await.unwrap().len(), 2);
}

#[tokio::test]
async fn attendances_of_an_older_store_are_found_once_it_is_opened() {
    let place = Place::new().await;
    let store = place.open().await;
    let number = "999 000 0018".parse().unwrap();
    let subject = Subject { nhs_number: Some(number), ..Subject::default() };
    let known = Attendance { subject, ..attendance(1, Whereabouts::Present) };
    store.settle(0, std::slice::from_ref(&known)).await.unwrap();
    // As a release without keys left it.
    sqlx::query("DELETE FROM work_item_key").execute(&store.write).await.unwrap();
    sqlx::query("UPDATE work_item SET is_keyed = FALSE").execute(&store.write).await.unwrap();
    assert!(store.attendances_of(&[Mark::number(number)], 9).await.unwrap().is_empty());
    store.close().await;
    let store = place.open().await;
    assert_eq!(store.attendances_of(&[Mark::number(number)], 9).await.unwrap(), [known]);
}
