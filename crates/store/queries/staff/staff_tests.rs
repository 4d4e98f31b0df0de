use kinfold_service::ports::TokenStore;

use super::*;
use crate::Store;
use crate::testing::{account, at, burn, chain, place, session, store, token};

/// A store with one employee and their active token.
async fn employed() -> (crate::testing::Place, Store, EmployeeId, TokenRow) {
    let (place, store) = store().await;
    let nurse = account(1, "t.nurse");
    assert!(store.add_account(&nurse).await.unwrap());
    let token = token(11, nurse.employee.id, Standing::InUse);
    store.add_token(&token).await.unwrap();
    (place, store, nurse.employee.id, token)
}

async fn version(store: &Store, employee: EmployeeId) -> i64 {
    store.token(employee, Standing::InUse).await.unwrap().unwrap().version
}

#[tokio::test]
async fn an_account_is_found_by_user_name_and_by_employee_after_a_restart() {
    let (place, store) = store().await;
    let (nurse, worker) = (account(1, "t.nurse"), account(2, "a.worker"));
    assert!(store.add_account(&nurse).await.unwrap());
    assert!(store.add_account(&worker).await.unwrap());
    store.close().await;

    let store = place.open().await;
    let by_name = store.account(&nurse.employee.user_name).await.unwrap().unwrap();
    assert_eq!((by_name.employee, by_name.pin), (nurse.employee.clone(), nurse.pin));
    let by_id = store.account_of(worker.employee.id).await.unwrap().unwrap();
    assert_eq!((by_id.employee, by_id.disabled), (worker.employee.clone(), false));
    assert!(store.account(&"nobody".parse().unwrap()).await.unwrap().is_none());
    let all = store.accounts().await.unwrap().into_iter().map(|row| row.employee);
    assert_eq!(all.collect::<Vec<_>>(), [worker.employee, nurse.employee]);
}

#[tokio::test]
async fn an_address_is_set_and_taken_away_and_changes_nothing_else() {
    let (_place, store, employee, _) = employed().await;
    let email: kinfold_domain::EmailAddress = "t.nurse@trust.example".parse().unwrap();
    let set = |email| AccountChange::Email(email);
    assert!(store.change_account(employee, &set(Some(email.clone()))).await.unwrap());
    let read = store.account_of(employee).await.unwrap().unwrap();
    assert_eq!((read.email, read.employee), (Some(email), account(1, "t.nurse").employee));
    assert!(store.change_account(employee, &set(None)).await.unwrap());
    assert_eq!(store.account_of(employee).await.unwrap().unwrap().email, None);
    let nobody = EmployeeId(uuid::Uuid::from_u128(99));
    assert!(!store.change_account(nobody, &set(None)).await.unwrap());
}

#[tokio::test]
async fn what_the_personnel_system_said_of_somebody_comes_back_after_a_restart() {
    let (place, store, employee, _) = employed().await;
    for change in [
        AccountChange::Named("Nurse Married".into()),
        AccountChange::External(Some("X-7".into())),
        AccountChange::Left(at(5)),
        AccountChange::Withdrawn,
    ] {
        assert!(store.change_account(employee, &change).await.unwrap());
    }
    store.close().await;
    let store = place.open().await;
    let read = store.account_of(employee).await.unwrap().unwrap();
    assert_eq!((read.employee.name, read.external), ("Nurse Married".into(), Some("X-7".into())));
    assert!(read.withdrawn && read.disabled);
    assert!(store.change_account(employee, &AccountChange::Back(at(9))).await.unwrap());
    assert!(!store.account_of(employee).await.unwrap().unwrap().withdrawn, "it is told of again");
}

#[tokio::test]
async fn a_user_name_belongs_to_one_person() {
    let (_place, store) = store().await;
    assert!(store.add_account(&account(1, "t.nurse")).await.unwrap());
    assert!(!store.add_account(&account(2, "t.nurse")).await.unwrap());
    assert!(store.account_of(account(2, "t.nurse").employee.id).await.unwrap().is_none());
    let error = store.add_account(&account(1, "other")).await.unwrap_err();
    assert!(chain(&error).starts_with("the store failed while adding an account"));
}

#[tokio::test]
async fn an_account_that_was_given_another_name_in_the_file_does_not_open() {
    let (_place, store) = store().await;
    store.add_account(&account(1, "t.nurse")).await.unwrap();
    sqlx::query("UPDATE account SET user_name = 'the.boss'").execute(&store.write).await.unwrap();
    let error = store.account(&"the.boss".parse().unwrap()).await.unwrap_err();
    assert!(chain(&error).contains("a value of account.sealed does not open"));
}

#[tokio::test]
async fn a_token_comes_back_as_it_was_stored() {
    let (place, store, employee, stored) = employed().await;
    store.close().await;
    let store = place.open().await;
    let read = store.token(employee, Standing::InUse).await.unwrap().unwrap();
    assert_eq!((read.id, read.employee, read.version), (stored.id, employee, 0));
    assert_eq!((read.parameters, read.state), (stored.parameters, stored.state));
    assert_eq!((read.seed, read.standing), (stored.seed, Standing::InUse));
    assert!(store.token(employee, Standing::Assigned).await.unwrap().is_none());
}

#[tokio::test]
async fn a_token_that_was_moved_to_another_employee_in_the_file_does_not_open() {
    let (_place, store, _, _) = employed().await;
    let other = account(2, "a.worker");
    store.add_account(&other).await.unwrap();
    sqlx::query("UPDATE token SET employee_id = $1")
        .bind(other.employee.id.0.to_string())
        .execute(&store.write)
        .await
        .unwrap();
    let error = store.token(other.employee.id, Standing::InUse).await.unwrap_err();
    assert!(chain(&error).contains("a value of token.seed does not open"));
}

#[tokio::test]
async fn enrolling_anew_revokes_what_was_pending_and_activating_what_was_active() {
    let (_place, store, employee, old) = employed().await;
    let first = token(12, employee, Standing::Assigned);
    let second = token(13, employee, Standing::Assigned);
    store.add_token(&first).await.unwrap();
    store.add_token(&second).await.unwrap();
    let pending = store.token(employee, Standing::Assigned).await.unwrap().unwrap();
    assert_eq!(pending.id, second.id);
    assert!(!store.activate_token(burn(&first, 0, 8)).await.unwrap());
    assert!(!store.activate_token(burn(&first, 1, 8)).await.unwrap(), "it is revoked");
    assert_eq!(store.token(employee, Standing::InUse).await.unwrap().unwrap().id, old.id);

    assert!(store.activate_token(burn(&second, 0, 8)).await.unwrap());
    let active = store.token(employee, Standing::InUse).await.unwrap().unwrap();
    assert_eq!((active.id, active.version), (second.id, 1));
    assert_eq!(active.state, burn(&second, 0, 8).state);
    assert!(store.token(employee, Standing::Assigned).await.unwrap().is_none());
    for superseded in [&old, &first] {
        let known = store.token_of_serial(&superseded.serial).await.unwrap().unwrap();
        assert_eq!(known.standing, Standing::Disposed, "a soft token is not handed back");
    }
    assert!(!store.activate_token(burn(&second, 1, 16)).await.unwrap(), "it is active already");
}

#[tokio::test]
async fn a_state_is_written_only_over_the_one_that_was_read() {
    let (_place, store, employee, token) = employed().await;
    assert!(store.save_token(burn(&token, 0, 8)).await.unwrap());
    assert!(!store.save_token(burn(&token, 0, 16)).await.unwrap());
    let read = store.token(employee, Standing::InUse).await.unwrap().unwrap();
    assert_eq!((read.version, read.state), (1, burn(&token, 0, 8).state));
    assert!(store.save_token(burn(&token, 1, 16)).await.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_code_opens_exactly_one_session() {
    let (place, store, employee, token) = employed().await;
    // A second store on the same file stands for a second process.
    let stores = [store.clone(), place.open().await];
    let tries: Vec<_> = (0..40_u8)
        .map(|n| {
            let (store, burn) = (stores[usize::from(n) % 2].clone(), burn(&token, 0, 8));
            tokio::spawn(async move { store.open_session(burn, &session(n, employee)).await })
        })
        .collect();
    let mut opened = Vec::new();
    for (n, tried) in (0..).zip(tries) {
        if tried.await.unwrap().unwrap() {
            opened.push(n);
        }
    }
    assert_eq!(opened.len(), 1);
    for n in 0..40 {
        let found = store.session(SessionId([n; 32])).await.unwrap();
        assert_eq!(found.is_some(), opened == [n]);
    }
    assert_eq!(version(&store, employee).await, 1);
}

#[tokio::test]
async fn a_session_opens_only_with_an_active_token_of_its_own_employee() {
    let (_place, store, employee, active) = employed().await;
    let other = account(2, "a.worker").employee.id;
    store.add_account(&account(2, "a.worker")).await.unwrap();
    assert!(!store.open_session(burn(&active, 0, 8), &session(1, other)).await.unwrap());
    let pending = token(12, employee, Standing::Assigned);
    store.add_token(&pending).await.unwrap();
    assert!(!store.open_session(burn(&pending, 0, 8), &session(1, employee)).await.unwrap());
    assert_eq!(version(&store, employee).await, 0);
    assert!(store.session(SessionId([1; 32])).await.unwrap().is_none());
}

#[tokio::test]
async fn a_code_that_was_right_for_a_token_replaced_meanwhile_opens_nothing() {
    let (_place, store, employee, old) = employed().await;
    let new = token(12, employee, Standing::Assigned);
    store.add_token(&new).await.unwrap();
    assert!(store.activate_token(burn(&new, 0, 8)).await.unwrap());
    assert!(!store.open_session(burn(&old, 0, 8), &session(1, employee)).await.unwrap());
    assert!(!store.save_token(burn(&old, 1, 8)).await.unwrap());
}

#[tokio::test]
async fn a_session_that_fails_to_open_spends_no_code() {
    let (_place, store, employee, token) = employed().await;
    assert!(store.open_session(burn(&token, 0, 8), &session(1, employee)).await.unwrap());
    assert!(store.open_session(burn(&token, 1, 16), &session(1, employee)).await.is_err());
    assert_eq!(version(&store, employee).await, 1);
}

#[tokio::test]
async fn a_session_that_was_locked_stays_locked_whoever_used_it_or_stepped_up_in_the_same_moment() {
    let (_place, store, employee, token) = employed().await;
    let mut open = session(1, employee);
    assert!(store.open_session(burn(&token, 0, 8), &open).await.unwrap());
    let locked = SessionRow { locked: true, seen: at(20), ..open.clone() };
    store.touch_sessions(&[locked]).await.unwrap();

    // A request that had read the session before it was locked.
    store.touch_sessions(&[SessionRow { seen: at(10), ..open.clone() }]).await.unwrap();
    let read = store.session(open.id).await.unwrap().unwrap();
    assert_eq!((read.locked, read.seen, read.proved), (true, at(20), at(3)));

    (open.seen, open.proved) = (at(30), at(30));
    assert!(!store.renew_session(burn(&token, 0, 8), &open).await.unwrap());
    assert!(store.renew_session(burn(&token, 1, 16), &open).await.unwrap());
    let read = store.session(open.id).await.unwrap().unwrap();
    assert_eq!((read.locked, read.seen, read.proved), (true, at(30), at(30)));
    assert_eq!((read.began, read.employee), (at(1), employee));
}

#[tokio::test]
async fn where_a_session_was_opened_comes_back_whoever_steps_up_in_it() {
    let (folder, store, employee, token) = employed().await;
    let open = session(1, employee);
    assert!(store.open_session(burn(&token, 0, 8), &open).await.unwrap());
    store.close().await;
    let store = folder.open().await;
    let read = |rows: Vec<SessionRow>| rows.into_iter().map(|row| row.place).collect::<Vec<_>>();
    let first = Some(place("10.20.30.40"));
    assert_eq!(read(store.sessions_of(employee).await.unwrap()), [first]);
    assert!(store.renew_session(burn(&token, 1, 16), &open).await.unwrap());
    assert_eq!(read(store.sessions().await.unwrap()), [first]);
    let nobody = EmployeeId(uuid::Uuid::from_u128(99));
    assert!(store.sessions_of(nobody).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_place_that_was_moved_to_another_session_in_the_file_does_not_open() {
    let (_place, store, employee, token) = employed().await;
    assert!(store.open_session(burn(&token, 0, 8), &session(1, employee)).await.unwrap());
    let other = SessionId([9; 32]);
    sqlx::query("UPDATE session SET session_id = $1")
        .bind(other.0.as_slice())
        .execute(&store.write)
        .await
        .unwrap();
    let error = store.session(other).await.unwrap_err();
    assert!(chain(&error).contains("a value of session.place does not open"));
}

#[tokio::test]
async fn an_ended_session_stays_ended() {
    let (_place, store, employee, token) = employed().await;
    for n in 1..=3 {
        let burn = burn(&token, i64::from(n) - 1, 8);
        assert!(store.open_session(burn, &session(n, employee)).await.unwrap());
    }
    store.end_session(SessionId([1; 32])).await.unwrap();
    store.touch_sessions(&[session(1, employee)]).await.unwrap();
    assert!(!store.renew_session(burn(&token, 3, 8), &session(1, employee)).await.unwrap());
    assert_eq!(version(&store, employee).await, 3, "no code was spent on it");
    assert!(store.session(SessionId([1; 32])).await.unwrap().is_none());
    assert!(store.session(SessionId([2; 32])).await.unwrap().is_some());
    store.end_sessions_of(employee).await.unwrap();
    assert!(store.session(SessionId([2; 32])).await.unwrap().is_none());
    assert!(store.session(SessionId([3; 32])).await.unwrap().is_none());
}
