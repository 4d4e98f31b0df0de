use kinfold_service::ports::StaffStore;

use super::*;
use crate::testing::{Place, account, at, chain, link, session, store};

/// A store with two employees, the first of them linked.
async fn linked() -> (Place, Store, LinkRow) {
    let (place, store) = store().await;
    let nurse = account(1, "t.nurse");
    assert!(store.add_account(&nurse).await.unwrap());
    assert!(store.add_account(&account(2, "a.worker")).await.unwrap());
    let link = link(41, nurse.employee.id);
    assert!(store.add_link(&link).await.unwrap());
    (place, store, link)
}

#[tokio::test]
async fn a_link_comes_back_as_it_was_stored_and_is_found_by_issuer_and_subject_alone() {
    let (place, store, stored) = linked().await;
    store.close().await;
    let store = place.open().await;
    let read = store.link(&stored.issuer, &stored.subject).await.unwrap().unwrap();
    assert_eq!(
        (read.id, read.employee, &read.issuer),
        (stored.id, stored.employee, &stored.issuer)
    );
    assert_eq!((read.subject, read.linked, read.used), (stored.subject.clone(), at(6), None));
    assert_eq!(store.links_of(stored.employee).await.unwrap().len(), 1);
    let another = Subject::new("another").unwrap();
    assert!(store.link(&stored.issuer, &another).await.unwrap().is_none());
    assert!(store.link("https://other.example", &stored.subject).await.unwrap().is_none());
}

#[tokio::test]
async fn an_employee_is_one_person_at_a_provider_and_that_person_one_employee() {
    let (_place, store, stored) = linked().await;
    let other = account(2, "a.worker").employee.id;
    let id = LinkId(uuid::Uuid::from_u128(42));
    let same_subject = LinkRow { id, employee: other, ..stored.clone() };
    assert!(!store.add_link(&same_subject).await.unwrap());
    let subject = Subject::new("another").unwrap();
    let same_employee = LinkRow { id, subject: subject.clone(), ..stored.clone() };
    assert!(!store.add_link(&same_employee).await.unwrap());
    let free = LinkRow { id, employee: other, subject, ..stored };
    assert!(store.add_link(&free).await.unwrap());
}

#[tokio::test]
async fn a_link_that_was_moved_to_another_employee_or_digest_in_the_file_opens_nothing() {
    let (_place, store, stored) = linked().await;
    let other = account(2, "a.worker").employee.id;
    let moved = "UPDATE identity_link SET employee_id = $1";
    let set = |id: EmployeeId| sqlx::query(moved).bind(id.0.to_string()).execute(&store.write);
    set(other).await.unwrap();
    let error = store.link(&stored.issuer, &stored.subject).await.unwrap_err();
    assert!(chain(&error).contains("a value of identity_link.sealed does not open"));
    set(stored.employee).await.unwrap();

    let another = Subject::new("another").unwrap();
    let digest = store.columns.subject_key(&stored.issuer, another.expose()).to_vec();
    sqlx::query("UPDATE identity_link SET subject_key = $1")
        .bind(digest)
        .execute(&store.write)
        .await
        .unwrap();
    assert!(store.link(&stored.issuer, &another).await.unwrap().is_none());
}

#[tokio::test]
async fn a_session_is_opened_by_a_link_that_is_still_there_and_of_its_employee() {
    let (_place, store, stored) = linked().await;
    let used = LinkRow { used: Some(at(9)), ..stored };
    let (one, other) = (session(1, used.employee), session(2, used.employee));
    assert!(store.open_session_by_link(&used, &one).await.unwrap());
    let read = store.link(&used.issuer, &used.subject).await.unwrap().unwrap();
    assert_eq!(read.used, Some(at(9)));
    let elses = session(3, account(2, "a.worker").employee.id);
    assert!(!store.open_session_by_link(&used, &elses).await.unwrap());
    assert!(!store.renew_session_by_link(&used, &other).await.unwrap(), "no such session");
    let again = LinkRow { used: Some(at(12)), ..used.clone() };
    assert!(store.renew_session_by_link(&again, &one).await.unwrap());
    let read = store.link(&used.issuer, &used.subject).await.unwrap().unwrap();
    assert_eq!(read.used, Some(at(12)));

    assert!(store.remove_link(used.id).await.unwrap());
    assert!(!store.remove_link(used.id).await.unwrap(), "it is gone");
    assert!(store.session(one.id).await.unwrap().is_none(), "its employee's sessions end");
    assert!(!store.open_session_by_link(&used, &other).await.unwrap());
    assert!(store.links_of(used.employee).await.unwrap().is_empty());
}
