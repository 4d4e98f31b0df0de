use kinfold_domain::EmployeeId;
use kinfold_service::{
    notifications::{Destination, Event, Notification, RetryPolicy, Standing, Undelivered},
    ports::NotificationStore,
};
use uuid::Uuid;

use crate::testing::{Place, at};

fn notification(matter: u128) -> Notification {
    let call = (Event::AttendanceToAcknowledge, Uuid::from_u128(matter), "key-worker");
    Notification::new(call, Destination::Employee(EmployeeId(Uuid::from_u128(1))), at(1), at(2))
}

#[tokio::test]
async fn what_is_to_be_told_and_how_far_the_ledger_was_followed_outlive_a_start_together() {
    let place = Place::new().await;
    let store = place.open().await;
    assert_eq!(store.announced().await.unwrap(), None);
    store.announce(&[notification(1), notification(2)], 7).await.unwrap();
    store.close().await;

    let store = place.open().await;
    assert_eq!(store.announced().await.unwrap(), Some(7));
    assert!(store.due_notifications(at(1), 9).await.unwrap().is_empty(), "not yet");
    let due = store.due_notifications(at(2), 9).await.unwrap();
    assert_eq!(due.len(), 2);
    assert_eq!(store.due_notifications(at(2), 1).await.unwrap().len(), 1);
    let sent = due[0].clone().after(Ok(()), (at(3), 0), &RetryPolicy::default());
    store.put_notification(&sent).await.unwrap();
    assert_eq!(store.notification_counts().await.unwrap(), (1, 0));
    // The ledger read again from an earlier place.
    store.announce(&[notification(1), notification(2)], 7).await.unwrap();
    assert_eq!(store.notification(sent.id).await.unwrap(), Some(sent.clone()), "once delivered");
    store.forget_notifications(at(4)).await.unwrap();
    assert_eq!(store.notification(sent.id).await.unwrap(), None);
}

#[tokio::test]
async fn what_was_put_aside_waits_for_somebody_and_is_not_forgotten() {
    let place = Place::new().await;
    let store = place.open().await;
    store.announce(&[notification(1)], 1).await.unwrap();
    let refused = Undelivered { why: "the mail server refused".to_owned(), is_final: true };
    let aside = notification(1).after(Err(refused), (at(3), 0), &RetryPolicy::default());
    assert_eq!(aside.standing, Standing::PutAside { at: at(3) });
    store.put_notification(&aside).await.unwrap();
    store.forget_notifications(at(100)).await.unwrap();
    assert!(store.due_notifications(at(100), 9).await.unwrap().is_empty());
    assert_eq!(store.put_aside(9).await.unwrap(), std::slice::from_ref(&aside));
    assert_eq!(store.notification_counts().await.unwrap(), (0, 1));
    store.put_notification(&aside.again(at(200)).unwrap()).await.unwrap();
    assert_eq!(store.due_notifications(at(200), 9).await.unwrap().len(), 1);
}
