use kinfold_service::ports::StaffStore;

use super::*;
use crate::testing::{account, at, chain, passkey, session, store};

/// A store with one employee and their passkey.
async fn employed() -> (crate::testing::Place, Store, PasskeyRow) {
    let (place, store) = store().await;
    let nurse = account(1, "t.nurse");
    assert!(store.add_account(&nurse).await.unwrap());
    let passkey = passkey(21, nurse.employee.id);
    assert!(store.add_passkey(&passkey).await.unwrap());
    (place, store, passkey)
}

#[tokio::test]
async fn a_passkey_comes_back_as_it_was_stored() {
    let (place, store, stored) = employed().await;
    store.close().await;
    let store = place.open().await;
    let read = store.passkey(stored.credential.digest()).await.unwrap().unwrap();
    assert_eq!((read.id, read.employee, &read.name), (stored.id, stored.employee, &stored.name));
    assert_eq!((read.added, read.used, read.version), (at(4), None, 0));
    assert_eq!(read.credential.digest(), stored.credential.digest());
    assert_eq!(store.passkeys_of(stored.employee).await.unwrap().len(), 1);
    assert_eq!(store.passkey_count().await.unwrap(), 1);
    assert!(store.passkey(CredentialDigest([9; 32])).await.unwrap().is_none());
}

#[tokio::test]
async fn a_passkey_belongs_to_one_person() {
    let (_place, store, stored) = employed().await;
    let other = account(2, "a.worker");
    store.add_account(&other).await.unwrap();
    let again = PasskeyRow { id: PasskeyId(uuid::Uuid::from_u128(22)), ..stored.clone() };
    let again = PasskeyRow { employee: other.employee.id, ..again };
    assert!(!store.add_passkey(&again).await.unwrap());
    assert!(store.passkeys_of(other.employee.id).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_passkey_that_was_moved_to_another_employee_in_the_file_does_not_open() {
    let (_place, store, stored) = employed().await;
    let other = account(2, "a.worker");
    store.add_account(&other).await.unwrap();
    sqlx::query("UPDATE passkey SET employee_id = $1")
        .bind(other.employee.id.0.to_string())
        .execute(&store.write)
        .await
        .unwrap();
    let error = store.passkey(stored.credential.digest()).await.unwrap_err();
    assert!(chain(&error).contains("a value of passkey.sealed does not open"));
}

#[tokio::test]
async fn a_sign_in_writes_over_the_version_that_was_read_and_opens_one_session() {
    let (_place, store, stored) = employed().await;
    let used = PasskeyRow { used: Some(at(9)), misses: stored.misses.missed(at(8)), ..stored };
    let (one, other) = (session(1, used.employee), session(2, used.employee));
    assert!(store.open_session_with(&used, &one).await.unwrap());
    assert!(!store.open_session_with(&used, &other).await.unwrap());
    assert!(!store.save_passkey(&used).await.unwrap());
    assert!(store.session(one.id).await.unwrap().is_some());
    assert!(store.session(other.id).await.unwrap().is_none());
    let read = store.passkey(used.credential.digest()).await.unwrap().unwrap();
    assert_eq!((read.version, read.used, &read.misses), (1, Some(at(9)), &used.misses));

    let locked = SessionRow { locked: true, ..one.clone() };
    store.touch_sessions(&[locked]).await.unwrap();
    assert!(!store.renew_session_with(&used, &one).await.unwrap(), "an old version");
    assert!(!store.renew_session_with(&read, &other).await.unwrap(), "no such session");
    assert!(store.renew_session_with(&read, &one).await.unwrap());
    assert!(store.session(one.id).await.unwrap().unwrap().locked, "it is not unlocked by that");
    let elses = session(3, account(2, "a.worker").employee.id);
    let read = store.passkey(used.credential.digest()).await.unwrap().unwrap();
    assert!(!store.open_session_with(&read, &elses).await.unwrap());
}

#[tokio::test]
async fn a_passkey_is_removed_together_with_its_employees_other_sessions() {
    let (_place, store, stored) = employed().await;
    let (one, other) = (session(1, stored.employee), session(2, stored.employee));
    assert!(store.open_session_with(&stored, &one).await.unwrap());
    let read = store.passkey(stored.credential.digest()).await.unwrap().unwrap();
    assert!(store.open_session_with(&read, &other).await.unwrap());
    assert!(store.remove_passkey(stored.id, Some(one.id)).await.unwrap());
    assert!(!store.remove_passkey(stored.id, None).await.unwrap(), "it is gone");
    assert!(store.session(one.id).await.unwrap().is_some());
    assert!(store.session(other.id).await.unwrap().is_none());
    assert!(!store.save_passkey(&read).await.unwrap());
    assert_eq!(store.passkey_count().await.unwrap(), 0);
}
