use std::os::unix::fs::PermissionsExt;

use kinfold_domain::PersonId;
use kinfold_service::ports::{PeopleStore, SourceProgress};
use kinfold_store::KeyName;

use super::*;
use crate::testing::{Place, TestEntropy, chain, keys, keys_of, person, store};

/// A closed store with one person in it.
async fn made() -> (Place, PersonId) {
    let (place, store) = store().await;
    let smith = person("1", "Smith");
    let page = [smith.clone()];
    store.save_page("pas", &page, &[], &[], &SourceProgress::default()).await.unwrap();
    store.close().await;
    (place, smith.id)
}

async fn alter(place: &Place, sql: &'static str) {
    let pool = pool(&place.path(), 1, false).await.unwrap();
    sqlx::query(sql).execute(&pool).await.unwrap();
    pool.close().await;
}

#[tokio::test]
async fn a_wrong_key_is_named_and_nothing_is_overwritten() {
    let (place, id) = made().await;
    let before = std::fs::read(place.path()).unwrap();
    let wrong = [([9, 2, 3], "people"), ([1, 9, 3], "register"), ([1, 2, 9], "seeds")];
    for (bytes, name) in wrong {
        let error = place.open_with(&keys_of(bytes)).await.unwrap_err();
        assert!(matches!(error, OpenError::WrongKey(key) if key.as_str() == name));
        assert!(error.to_string().starts_with(&format!("the {name} key does not fit")));
    }
    // Two of them changed places: both are keys of this store, for other purposes.
    let error = place.open_with(&keys_of([2, 1, 3])).await.unwrap_err();
    assert!(matches!(error, OpenError::WrongKey(KeyName::People)));
    assert_eq!(std::fs::read(place.path()).unwrap(), before);
    let store = place.open_with(&keys()).await.unwrap();
    assert!(store.person(&id).await.unwrap().is_some());
}

#[tokio::test]
async fn a_store_of_a_newer_release_is_refused_as_it_is() {
    let (place, _) = made().await;
    alter(
        &place,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'from the future', TRUE, x'00', 0)",
    )
    .await;
    let before = std::fs::read(place.path()).unwrap();
    let error = place.open_with(&keys()).await.unwrap_err();
    assert!(matches!(error, OpenError::Newer { found: 9999, .. }));
    assert!(error.to_string().starts_with("the store was written by a newer release (schema 9999"));
    assert_eq!(std::fs::read(place.path()).unwrap(), before);
}

#[tokio::test]
async fn tables_that_other_statements_made_are_refused() {
    let (place, _) = made().await;
    alter(&place, "UPDATE _sqlx_migrations SET checksum = x'00' WHERE version = 1").await;
    assert!(matches!(place.open_with(&keys()).await.unwrap_err(), OpenError::Altered(1)));
}

#[tokio::test]
async fn a_file_that_is_no_database_is_told_and_left_alone() {
    let place = Place::new().await;
    let text = "patients.csv\n".repeat(1000);
    std::fs::write(place.path(), &text).unwrap();
    let error = place.open_with(&keys()).await.unwrap_err();
    assert!(chain(&error).contains("the database file is damaged"), "{}", chain(&error));
    assert_eq!(std::fs::read_to_string(place.path()).unwrap(), text);
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_told() {
    let nowhere = Place::new().await.path().join("none").join("store.db");
    let error = Store::open(&nowhere, &keys(), TestEntropy::new(1)).await.unwrap_err();
    assert!(matches!(error, OpenError::File(_)));
}

#[tokio::test]
async fn only_its_owner_reads_the_file_and_its_log() {
    let (place, store) = store().await;
    let page = [person("1", "Smith")];
    store.save_page("pas", &page, &[], &[], &SourceProgress::default()).await.unwrap();
    for file in ["store.db", "store.db-wal", "store.db-shm"] {
        let path = place.folder.path().join(file);
        let mode = std::fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}

#[tokio::test]
async fn every_write_is_synced_and_references_are_kept() {
    let (_place, store) = store().await;
    let pragma = async |pool: &SqlitePool, sql: &'static str| {
        sqlx::query_scalar::<_, i64>(sql).fetch_one(pool).await.unwrap()
    };
    assert_eq!(pragma(&store.write, "PRAGMA synchronous").await, 2);
    assert_eq!(pragma(&store.write, "PRAGMA foreign_keys").await, 1);
    assert_eq!(pragma(&store.write, "PRAGMA query_only").await, 0);
    assert_eq!(pragma(&store.read, "PRAGMA query_only").await, 1);
    let mode: String =
        sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&store.write).await.unwrap();
    assert_eq!(mode, "wal");
}
