//! The committed `.sqlx`, which the compiler believes, says what the tables say. `prepare-queries.sh` writes it anew.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sqlx::{AssertSqlSafe, Executor, SqlSafeStr};

use crate::testing::store;

fn crate_file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, into) } else { into.push(path) }
    }
}

fn committed() -> Vec<Value> {
    let mut paths = Vec::new();
    files(&crate_file(".sqlx"), &mut paths);
    let read = |path: &PathBuf| serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    paths.iter().map(read).collect()
}

/// Where a column comes from is not known again of a statement that has been run; what it holds is.
fn without_origins(mut described: Value) -> Value {
    for column in described["columns"].as_array_mut().unwrap() {
        column.as_object_mut().unwrap().remove("origin");
    }
    described
}

#[tokio::test]
async fn the_tables_describe_every_query_as_it_was_committed() {
    let (_place, store) = store().await;
    let committed = committed();
    assert!(!committed.is_empty());
    for file in committed {
        let query = file["query"].as_str().unwrap();
        let described = (&store.read)
            .describe(AssertSqlSafe(query.to_owned()).into_sql_str())
            .await
            .unwrap_or_else(|error| panic!("run prepare-queries.sh: {query}: {error}"));
        let described = serde_json::to_value(described).unwrap();
        let committed = without_origins(file["describe"].clone());
        assert_eq!(without_origins(described), committed, "run prepare-queries.sh: {query}");
    }
}

#[test]
fn every_committed_query_is_still_in_use() {
    let mut paths = Vec::new();
    files(&crate_file("../store/queries"), &mut paths);
    let source: String = paths.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    for file in committed() {
        let query = file["query"].as_str().unwrap();
        assert!(source.contains(query), "run prepare-queries.sh: {query}");
    }
}
