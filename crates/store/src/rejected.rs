//! Rows of a source that can't be loaded: one record for each row, the newest reason in place of an older one.

use kinfold_domain::PersonId;
use kinfold_service::ports::Rejected;
use sqlx::SqliteConnection;

use crate::Store;
use crate::columns::Columns;
use crate::fault::{Fault, place};

/// Whether the source has any.
pub(crate) async fn any(tx: &mut SqliteConnection, source: &str) -> Result<bool, Fault> {
    let found = sqlx::query_scalar!(
        r#"SELECT COUNT(*) AS "number!: i64" FROM rejected WHERE source = $1"#,
        source
    )
    .fetch_one(tx)
    .await?;
    Ok(found > 0)
}

/// Forgets what was wrong with a row that is loaded now, or is gone.
pub(crate) async fn mended(
    tx: &mut SqliteConnection,
    columns: &Columns,
    id: &PersonId,
) -> Result<(), Fault> {
    let key = columns.record_key(&id.source, &id.record);
    let record_key = key.as_slice();
    sqlx::query!(
        "DELETE FROM rejected WHERE source = $1 AND record_key = $2",
        id.source,
        record_key
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Stores rejected rows as the newest.
pub(crate) async fn put(
    tx: &mut SqliteConnection,
    columns: &Columns,
    source: &str,
    rows: &[Rejected],
) -> Result<(), Fault> {
    if rows.is_empty() {
        return Ok(());
    }
    let first = sqlx::query_scalar!(
        r#"SELECT COALESCE(MAX(place) + 1, 0) AS "place!: i64" FROM rejected WHERE source = $1"#,
        source
    )
    .fetch_one(&mut *tx)
    .await?;
    for (place, row) in (first..).zip(rows) {
        let key = key(columns, source, row);
        let record_key = key.as_slice();
        let identity = [source.as_bytes(), record_key];
        let sealed = columns.rejected.seal_json(&*columns.entropy, &identity, row)?;
        sqlx::query!(
            "INSERT INTO rejected (source, record_key, place, sealed) VALUES ($1, $2, $3, $4)
             ON CONFLICT (source, record_key)
             DO UPDATE SET place = excluded.place, sealed = excluded.sealed",
            source,
            record_key,
            place,
            sealed
        )
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}

/// The number of all, and the newest of them.
pub(crate) async fn newest(
    store: &Store,
    source: &str,
    limit: u32,
) -> Result<(u64, Vec<Rejected>), Fault> {
    let number = sqlx::query_scalar!(
        r#"SELECT COUNT(*) AS "number!: i64" FROM rejected WHERE source = $1"#,
        source
    )
    .fetch_one(&store.read)
    .await?;
    let rows = sqlx::query!(
        "SELECT record_key, sealed FROM rejected WHERE source = $1
         ORDER BY place DESC LIMIT $2",
        source,
        limit
    )
    .fetch_all(&store.read)
    .await?;
    let open = |row: &[u8], sealed: &[u8]| {
        store.columns.rejected.open_json(&[source.as_bytes(), row], sealed)
    };
    let rows: Result<_, _> = rows.iter().map(|r| open(&r.record_key, &r.sealed)).collect();
    Ok((place::from_stored(number)?, rows?))
}

/// A row without a readable identifier is known by its problem, so that one such row does not hide the others.
fn key(columns: &Columns, source: &str, row: &Rejected) -> [u8; 32] {
    if row.record.is_empty() {
        columns.record_key(source, &format!("\0{}", row.problem))
    } else {
        columns.record_key(source, &row.record)
    }
}
