use kinfold_domain::PersonId;
use kinfold_service::ports::{AgreementStore, PeopleStore, SourceProgress, StaffStore};
use kinfold_store::{Cell, KeyName, Movable, Moved, SeedsRotation, TABLES};
use tokio::sync::mpsc;

use super::*;
use crate::testing::{Place, account, chain, keys, keys_of, person, store};

/// A closed store with one person in it.
async fn made() -> (Place, PersonId) {
    let (place, store) = store().await;
    let smith = person("1", "Smith");
    let page = [smith.clone()];
    store.save_page("pas", &page, &[], &[], &SourceProgress::default()).await.unwrap();
    store.close().await;
    (place, smith.id)
}

#[tokio::test]
async fn a_wrong_key_is_named_and_the_store_stays_as_it_is() {
    let (place, id) = made().await;
    let wrong = [([9, 2, 3], "people"), ([1, 9, 3], "register"), ([1, 2, 9], "seeds")];
    for (bytes, name) in wrong {
        let error = place.open_with(&keys_of(bytes)).await.unwrap_err();
        assert!(matches!(error, OpenError::WrongKey(key) if key.as_str() == name));
    }
    let error = place.open_with(&keys_of([2, 1, 3])).await.unwrap_err();
    assert!(matches!(error, OpenError::WrongKey(KeyName::People)));
    let store = place.open_with(&keys()).await.unwrap();
    assert!(store.person(&id).await.unwrap().is_some());
}

#[tokio::test]
async fn a_store_of_a_newer_release_is_refused() {
    let (place, _) = made().await;
    place.postgres.sql(
        &place.database,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'from the future', TRUE, '', 0)",
    );
    let error = place.open_with(&keys()).await.unwrap_err();
    assert!(matches!(error, OpenError::Newer { found: 9999, .. }));
}

#[tokio::test]
async fn tables_that_other_statements_made_are_refused() {
    let (place, _) = made().await;
    place
        .postgres
        .sql(&place.database, "UPDATE _sqlx_migrations SET checksum = '' WHERE version = 1");
    assert!(matches!(place.open_with(&keys()).await.unwrap_err(), OpenError::Altered(1)));
}

#[tokio::test]
async fn a_server_that_may_lose_what_it_answered_is_refused() {
    let place = Place::new().await;
    let database = &place.database;
    let alter = format!("ALTER DATABASE {database} SET synchronous_commit = off");
    place.postgres.sql("postgres", &alter);
    let error = place.open_with(&keys()).await.unwrap_err();
    assert!(matches!(error, OpenError::Unfit(why) if why.contains("synchronous_commit")));
    let tables = "SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public'";
    assert_eq!(place.postgres.sql(database, tables), "0", "nothing was made there");
}

#[tokio::test]
async fn readers_can_not_write() {
    let (_place, store) = store().await;
    let refused = sqlx::query("DELETE FROM person").execute(&store.read).await.unwrap_err();
    assert!(refused.to_string().contains("read-only"), "{refused}");
}

/// As another process's transaction that has not ended.
#[tokio::test]
async fn a_database_that_another_process_holds_is_told_and_reads_go_on() {
    let (place, store) = store().await;
    let other = place.open().await;
    let held = other.begin().await.unwrap();
    let page = [person("1", "Smith")];
    let save = async || store.save_page("pas", &page, &[], &[], &SourceProgress::default()).await;
    let error = save().await.unwrap_err();
    assert!(chain(&error).contains("the database server is busy"), "{}", chain(&error));
    assert_eq!(store.count("pas").await.unwrap(), 0);
    held.rollback().await.unwrap();
    save().await.unwrap();
    assert_eq!(other.count("pas").await.unwrap(), 1);
}

#[tokio::test]
async fn a_server_that_falls_is_told_and_one_that_comes_back_is_used_again_with_all_it_answered() {
    let postgres = Arc::new(kinfold_temporary_postgres::TemporaryPostgres::start().unwrap());
    let place = Place { postgres, database: "postgres".to_owned() };
    let store = place.open().await;
    let saved = async |record: &str| {
        let page = [person(record, "Smith")];
        store.save_page("pas", &page, &[], &[], &SourceProgress::default()).await
    };
    saved("1").await.unwrap();
    place.postgres.stop().unwrap();
    for error in [saved("2").await.unwrap_err(), store.count("pas").await.unwrap_err()] {
        assert!(
            chain(&error).contains("the database server can't be reached"),
            "{}",
            chain(&error)
        );
    }
    place.postgres.run().unwrap();
    assert_eq!(store.count("pas").await.unwrap(), 1);
    saved("2").await.unwrap();
    assert_eq!(store.count("pas").await.unwrap(), 2);
}

#[tokio::test]
async fn a_whole_store_is_taken_in_as_it_was_handed_over_and_never_over_another() {
    let (_from, one) = store().await;
    let page = [person("1", "Smith"), person("2", "Jones")];
    let progress = SourceProgress::default();
    one.save_page("pas", &page, &[], &[], &progress).await.unwrap();
    one.add_account(&account(1, "t.nurse")).await.unwrap();
    let (place, other) = store().await;
    for expected in [Ok(7), Err("the database holds a store already")] {
        let (to, from) = mpsc::channel(1);
        let (handed, taken) = tokio::join!(one.hand_over(to), other.take_in(from));
        match expected {
            Ok(rows) => {
                handed.unwrap();
                assert_eq!(taken.unwrap(), rows);
            }
            Err(why) => assert!(chain(&taken.unwrap_err()).contains(why)),
        }
    }
    other.close().await;
    let other = place.open().await;
    assert_eq!(other.person(&page[0].id).await.unwrap().unwrap(), page[0]);
    assert_eq!(other.accounts().await.unwrap()[0].employee, account(1, "t.nurse").employee);
}

#[tokio::test]
async fn a_store_that_is_not_handed_over_whole_is_not_taken_in() {
    let (_place, store) = store().await;
    let (to, from) = mpsc::channel(8);
    let cells = [("place", Cell::Number(Some(1))), ("digest", Cell::Text(Some("d".to_owned())))];
    let cells = cells.map(|(column, cell)| (column.to_owned(), cell));
    let note = ("note".to_owned(), Cell::Text(Some("n".to_owned())));
    to.send(Moved::Row("revocation", cells.into_iter().chain([note]).collect()))
        .await
        .ok()
        .unwrap();
    drop(to);
    let error = store.take_in(from).await.unwrap_err();
    assert!(chain(&error).contains("what was handed over"), "{}", chain(&error));
    assert!(store.revocations().await.unwrap().is_empty());
}

#[tokio::test]
async fn every_table_is_moved() {
    let (place, _store) = store().await;
    let tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'
         AND tablename <> '_sqlx_migrations' ORDER BY tablename COLLATE \"C\"";
    let mut moved = TABLES;
    moved.sort_unstable();
    assert_eq!(place.postgres.sql(&place.database, tables).lines().collect::<Vec<_>>(), moved);
}

#[tokio::test]
async fn two_nodes_do_not_work_on_one_database() {
    let (place, _store) = store().await;
    Store::alone(&place.server()).await.unwrap();
    let refused = Store::alone(&place.server()).await.unwrap_err();
    assert!(matches!(refused, OpenError::Unfit(why) if why.contains("another node")));
}

#[tokio::test]
async fn files_are_not_said_to_be_new_while_somebody_may_still_see_what_the_old_key_sealed() {
    let (place, store) = store().await;
    let other = place.open().await;
    let mut reads = other.read.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ").await.unwrap();
    sqlx::query("SELECT 1 FROM account").fetch_all(&mut *reads).await.unwrap();
    let error = store.write_files_anew().await.unwrap_err();
    assert!(chain(&error).contains("can't be written anew"), "{}", chain(&error));
    reads.rollback().await.unwrap();
    store.write_files_anew().await.unwrap();
}
