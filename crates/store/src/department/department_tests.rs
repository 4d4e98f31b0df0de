use kinfold_domain::{Movement, MovementEvent, MovingPatient, Personal, Subject};
use kinfold_service::{
    department::{Attendance, AttendanceCheck, AttendanceId, Whereabouts},
    ports::{DepartmentStore, KeptMessage, MessageContent},
};
use uuid::Uuid;

use crate::testing::{Place, at};

fn movement() -> MessageContent {
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

fn message(control_id: &str, fingerprint: &str, content: MessageContent) -> KeptMessage {
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
    let place = Place::new();
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
    let place = Place::new();
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
