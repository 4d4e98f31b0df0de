use kinfold_service::ports::StaffStore;
use kinfold_token::{EmergencyAttempt, EmergencyCode, EmergencyOutcome, PinVerdict};

use super::*;
use crate::testing::{account, at, chain, emergency_codes, session, sheet, store};

/// A store with one employee and their sheet.
async fn employed() -> (crate::testing::Place, Store, SheetRow) {
    let (place, store) = store().await;
    let nurse = account(1, "t.nurse");
    assert!(store.add_account(&nurse).await.unwrap());
    let sheet = sheet(21, nurse.employee.id);
    assert!(store.put_sheet(&sheet, None).await.unwrap());
    (place, store, sheet)
}

/// The sheet once that code is spent.
fn spent(row: &SheetRow, code: &EmergencyCode) -> SheetRow {
    let attempt = EmergencyAttempt { code, pin: PinVerdict::Right, now: at(9) };
    let EmergencyOutcome::Accepted { sheet } = row.sheet.check(&attempt) else {
        panic!("the code is not right");
    };
    SheetRow { sheet, ..row.clone() }
}

async fn read(store: &Store, employee: EmployeeId) -> SheetRow {
    store.sheet(employee).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_sheet_comes_back_as_it_was_stored() {
    let (place, store, stored) = employed().await;
    store.close().await;
    let store = place.open().await;
    let back = read(&store, stored.employee).await;
    assert_eq!((back.id, back.employee, back.made), (stored.id, stored.employee, at(5)));
    assert_eq!((back.sheet, back.version), (stored.sheet, 0));
    let nobody = account(2, "a.worker").employee.id;
    assert!(store.sheet(nobody).await.unwrap().is_none());
}

#[tokio::test]
async fn a_new_sheet_takes_the_place_of_the_one_that_was_there_and_of_no_other() {
    let (_place, store, first) = employed().await;
    let (second, third) = (sheet(22, first.employee), sheet(23, first.employee));
    assert!(!store.put_sheet(&second, None).await.unwrap(), "there is one already");
    assert!(store.put_sheet(&second, Some(first.id)).await.unwrap());
    assert!(!store.put_sheet(&third, Some(first.id)).await.unwrap(), "it was replaced meanwhile");
    assert_eq!(read(&store, first.employee).await.id, second.id);
    let used = spent(&first, &emergency_codes()[0]);
    let session = session(1, first.employee);
    assert!(!store.open_session_by_sheet(&used, &session).await.unwrap(), "its sheet is over");
    assert!(store.session(session.id).await.unwrap().is_none());
}

#[tokio::test]
async fn a_sheet_that_was_moved_to_another_employee_in_the_file_does_not_open() {
    let (_place, store, _) = employed().await;
    let other = account(2, "a.worker");
    store.add_account(&other).await.unwrap();
    sqlx::query("UPDATE emergency_sheet SET employee_id = $1")
        .bind(other.employee.id.0.to_string())
        .execute(&store.write)
        .await
        .unwrap();
    let error = store.sheet(other.employee.id).await.unwrap_err();
    assert!(chain(&error).contains("a value of emergency_sheet.sealed does not open"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_emergency_code_opens_exactly_one_session() {
    let (place, store, sheet) = employed().await;
    let used = spent(&sheet, &emergency_codes()[0]);
    // A second store on the same file stands for a second process.
    let stores = [store.clone(), place.open().await];
    let tries: Vec<_> = (0..40_u8)
        .map(|n| {
            let (store, used) = (stores[usize::from(n) % 2].clone(), used.clone());
            let session = session(n, used.employee);
            tokio::spawn(async move { store.open_session_by_sheet(&used, &session).await })
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
    let back = read(&store, used.employee).await;
    assert_eq!((back.version, back.sheet.left()), (1, 9));
}

#[tokio::test]
async fn what_a_try_leaves_is_written_over_the_version_that_was_read() {
    let (_place, store, sheet) = employed().await;
    let codes = emergency_codes();
    let one = session(1, sheet.employee);
    let used = spent(&sheet, &codes[0]);
    assert!(store.open_session_by_sheet(&used, &one).await.unwrap());
    assert!(!store.save_sheet(&used).await.unwrap(), "an old version");

    let used = spent(&read(&store, sheet.employee).await, &codes[1]);
    let elses = session(3, account(2, "a.worker").employee.id);
    assert!(!store.open_session_by_sheet(&used, &elses).await.unwrap(), "another's session");
    assert_eq!(read(&store, sheet.employee).await.sheet.left(), 9, "nothing was spent on it");
}

#[tokio::test]
async fn a_sheet_ends_together_with_its_employees_other_sessions() {
    let (_place, store, sheet) = employed().await;
    let codes = emergency_codes();
    let (one, other) = (session(1, sheet.employee), session(2, sheet.employee));
    assert!(store.open_session_by_sheet(&spent(&sheet, &codes[0]), &one).await.unwrap());
    let used = spent(&read(&store, sheet.employee).await, &codes[1]);
    assert!(store.open_session_by_sheet(&used, &other).await.unwrap());
    let late = spent(&read(&store, sheet.employee).await, &codes[2]);
    assert!(store.end_sheet(sheet.id, Some(one.id)).await.unwrap());
    assert!(!store.end_sheet(sheet.id, None).await.unwrap(), "it is gone");
    assert!(store.session(one.id).await.unwrap().is_some());
    assert!(store.session(other.id).await.unwrap().is_none());
    assert!(!store.open_session_by_sheet(&late, &session(3, sheet.employee)).await.unwrap());
    assert!(!store.save_sheet(&late).await.unwrap());
    assert!(store.sheet(sheet.employee).await.unwrap().is_none());
}
