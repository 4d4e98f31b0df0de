//! Full disk, locked database, damaged file: told in words, without a panic, with nothing lost that was written before.

use std::io::{Seek, SeekFrom, Write};
use std::time::Duration;

use kinfold_domain::Person;
use kinfold_service::ports::{PeopleStore, PortError, SourceProgress};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

use crate::Store;
use crate::testing::{Place, TestEntropy, chain, keys, person, store};

fn page(from: u32, number: u32) -> Vec<Person> {
    (from..from + number).map(|n| person(&n.to_string(), "Smith")).collect()
}

async fn save(store: &Store, people: &[Person]) -> Result<(), PortError> {
    store.save_page("pas", people, &[], &[], &SourceProgress::default()).await
}

async fn on_writer(store: &Store, sql: &'static str) {
    sqlx::query(sql).execute(&store.write).await.unwrap();
}

#[tokio::test]
async fn a_full_disk_is_told_and_loses_nothing() {
    let (_place, store) = store().await;
    save(&store, &page(0, 5)).await.unwrap();
    // SQLite answers a page beyond the limit as it answers a disk without space.
    on_writer(&store, "PRAGMA max_page_count = 1").await;
    let error = save(&store, &page(100, 2000)).await.unwrap_err();
    assert!(
        chain(&error).starts_with(
            "the store failed while saving a page of people: the disk is full: free some space"
        ),
        "{}",
        chain(&error)
    );
    assert_eq!(store.count("pas").await.unwrap(), 5);

    on_writer(&store, "PRAGMA max_page_count = 1000000").await;
    save(&store, &page(100, 2000)).await.unwrap();
    assert_eq!(store.count("pas").await.unwrap(), 2005);
    store.check().await.unwrap();
}

#[tokio::test]
async fn a_database_that_another_process_holds_is_told_and_reads_go_on() {
    let (place, store) = store().await;
    save(&store, &page(0, 5)).await.unwrap();
    on_writer(&store, "PRAGMA busy_timeout = 50").await;
    let options = SqliteConnectOptions::new().filename(place.path());
    let other = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
    let held = other.begin_with("BEGIN IMMEDIATE").await.unwrap();

    let error = save(&store, &page(5, 1)).await.unwrap_err();
    assert!(chain(&error).contains("the database is busy"), "{}", chain(&error));
    assert_eq!(store.count("pas").await.unwrap(), 5);
    held.rollback().await.unwrap();
    save(&store, &page(5, 1)).await.unwrap();
}

#[tokio::test]
async fn a_save_that_is_given_up_half_way_leaves_no_half_page() {
    let (_place, store) = store().await;
    let people = page(0, 3000);
    let given_up = tokio::time::timeout(Duration::from_millis(5), save(&store, &people)).await;
    assert!(given_up.is_err(), "the page was saved before it could be given up");
    assert_eq!(store.count("pas").await.unwrap(), 0);
    save(&store, &people[..10]).await.unwrap();
    assert_eq!(store.count("pas").await.unwrap(), 10);
}

#[tokio::test]
async fn a_process_that_dies_loses_nothing_that_was_answered() {
    let (place, store) = store().await;
    save(&store, &page(0, 5)).await.unwrap();
    // What lies on the disk now, without any farewell.
    let after = Place::new().await;
    for file in ["store.db", "store.db-wal"] {
        std::fs::copy(place.folder.path().join(file), after.folder.path().join(file)).unwrap();
    }
    assert_eq!(after.open().await.count("pas").await.unwrap(), 5);
}

#[tokio::test]
async fn a_damaged_file_is_told_and_never_panics() {
    let (place, store) = store().await;
    save(&store, &page(0, 500)).await.unwrap();
    store.close().await;
    let whole = std::fs::read(place.path()).unwrap();
    for (first, length) in [(4096, 4096), (whole.len() / 2, whole.len() / 4), (100, 2000)] {
        std::fs::write(place.path(), &whole).unwrap();
        let mut file = std::fs::OpenOptions::new().write(true).open(place.path()).unwrap();
        file.seek(SeekFrom::Start(first as u64)).unwrap();
        file.write_all(&vec![0xA5; length]).unwrap();
        drop(file);
        match Store::open(&place.path(), &keys(), TestEntropy::new(1)).await {
            Err(error) => assert!(chain(&error).contains("store"), "{}", chain(&error)),
            Ok(store) => {
                let error = store.check().await.unwrap_err();
                assert!(chain(&error).contains("checking the database file"));
                let _ = store.each_person(&mut |_| ()).await;
                let _ = save(&store, &page(900, 50)).await;
                store.close().await;
            }
        }
    }
}

#[tokio::test]
async fn a_truncated_file_is_told() {
    let (place, store) = store().await;
    save(&store, &page(0, 500)).await.unwrap();
    store.close().await;
    let whole = std::fs::read(place.path()).unwrap();
    std::fs::write(place.path(), &whole[..whole.len() / 2]).unwrap();
    if let Ok(store) = Store::open(&place.path(), &keys(), TestEntropy::new(1)).await {
        assert!(store.check().await.is_err());
    }
}
