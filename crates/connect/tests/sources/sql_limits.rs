//! Databases that are wrong, slow, locked, or hold too much.

use std::time::{Duration, Instant};

use kinfold_connect::sql::{SqlConfig, SqlDatabase};
use kinfold_domain::Category;
use kinfold_service::ports::{SourceError, SourceSystem};

use crate::sql_cases::{Cases, MAPPING};
use crate::support::{all, of, person, read_on};

#[tokio::test]
async fn a_mapping_that_does_not_fit_the_database_is_refused_by_file_table_and_column() {
    let cases = Cases::new().await;
    let refused = async |mapping: &str| {
        let source = cases.source(mapping, |_| ());
        let told = source.check().await.unwrap_err().to_string();
        assert!(source.people(None).await.unwrap_err().to_string().contains("does not fit"));
        told
    };
    let told =
        refused(&MAPPING.replace("'dob'", "'born'").replace("FROM visit", "FROM visits")).await;
    assert_eq!(told.lines().count(), 2, "{told}");
    assert!(
        told.contains(
            "cases.toml: [people]: birth_date: the query has no column born; it has ref, label"
        ),
        "{told}"
    );
    assert!(told.contains("cases.toml: [[facts.attendances]] number 1: query: the database says: no such table: visits"), "{told}");
    let told = refused(&MAPPING.replace("SELECT *, st", "SELECT ref AS dob, *, st")).await;
    assert!(told.contains("two columns dob"), "{told}");
}

#[tokio::test]
async fn a_database_that_is_not_there_is_unreachable_and_is_not_made() {
    let cases = Cases::new().await;
    let missing = cases.folder.path().join("missing.db");
    let file = missing.clone();
    let source = cases.source(MAPPING, |config| config.database = SqlDatabase::Sqlite { file });
    assert_eq!(source.people(None).await.unwrap_err(), SourceError::Unreachable);
    assert!(!missing.exists());
    let nonsense = cases.folder.path().join("nonsense.db");
    std::fs::write(&nonsense, "no database at all, but long enough to be read as one".repeat(100))
        .unwrap();
    let source =
        cases.source(MAPPING, |config| config.database = SqlDatabase::Sqlite { file: nonsense });
    let error = source.people(None).await.unwrap_err();
    assert!(matches!(error, SourceError::Failed(_)), "{error:?}");
}

#[tokio::test]
async fn a_query_without_end_is_stopped_and_the_source_goes_on_afterwards() {
    let cases = Cases::new().await;
    let forever = MAPPING.replace(
        "SELECT * FROM visit WHERE client = $person",
        "WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n) \
         SELECT max(id) AS id, ''x'' AS seen, ''x'' AS site, ''x'' AS why FROM n WHERE $person = $person",
    );
    let forever = forever
        .replace("query = 'WITH", "query = \"WITH")
        .replace("$person = $person'", "$person = $person\"")
        .replace("''", "'");
    let source = cases.source(&forever, |config| {
        config.answer_seconds = 1;
        config.connections = 1;
    });
    let begin = Instant::now();
    let error = source.facts(&all(), &person("cases", "c/1")).await.unwrap_err();
    assert_eq!(error, SourceError::TimedOut);
    assert!(begin.elapsed() < Duration::from_secs(3), "{:?}", begin.elapsed());
    assert!(source.people(None).await.is_ok(), "the only connection is free again");
}

#[tokio::test]
async fn texts_that_are_too_long_and_bytes_that_are_no_text_are_told_and_left_out() {
    let cases = Cases::new().await;
    cases
        .write(
            "UPDATE visit SET why = hex(zeroblob(3000000)) WHERE id = 1;
         UPDATE client SET addr = x'ff00fe' WHERE ref = 'c/1'",
        )
        .await;
    let source = cases.source(MAPPING, |_| ());
    let gathered = source.facts(&all(), &person("cases", "c/1")).await.unwrap();
    assert_eq!(of(&gathered.facts, Category::Attendances).len(), 1);
    let told = format!("{:?}", gathered.rejected);
    assert!(told.contains("reason") && told.contains("8000 characters"), "{told}");
    assert!(told.len() < 4_000);
}

#[tokio::test]
async fn nothing_can_be_written_through_the_connection() {
    let cases = Cases::new().await;
    let before = std::fs::read(cases.file()).unwrap();
    let source = cases.source(MAPPING, |_| ());
    source.check().await.unwrap();
    read_on(&source, None).await.unwrap();
    source.register().await.unwrap();
    assert_eq!(std::fs::read(cases.file()).unwrap(), before);
    assert_eq!(std::fs::read_dir(cases.folder.path()).unwrap().count(), 1, "no journal beside it");
}

#[test]
fn a_configuration_names_what_it_does_not_know() {
    let config = "mapping = 'm.toml'\n[database]\nkind = 'sqlite'\nfile = 'x.db'\n";
    assert!(toml::from_str::<SqlConfig>(config).is_ok());
    for wrong in ["mode = 'rw'\n", "password = 'secret'\n"] {
        let error = toml::from_str::<SqlConfig>(&format!("{config}{wrong}")).unwrap_err();
        assert!(error.to_string().contains("unknown field"), "{error}");
    }
}
