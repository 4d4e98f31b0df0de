//! Rows that a source can't hand on: one for each record, the newest reason in place of an older one.

use async_trait::async_trait;
use jiff::Timestamp;
use kinfold_domain::{Category, PersonId};
use kinfold_service::ports::{Covered, PortError, Rejected, RowToMend, RowsToMend};

use crate::Store;
use crate::columns::Columns;
use crate::engine::Connection;
use crate::fault::{Doing, Fault, moment, place};

/// What stands as the category of a row that says who somebody is.
const PEOPLE: &str = "people";
/// The person's key of a row that is no person's.
const NOBODY: &[u8] = &[];

#[async_trait]
impl RowsToMend for Store {
    async fn note(
        &self,
        covered: Covered<'_>,
        rejected: &[Rejected],
        at: Timestamp,
    ) -> Result<(), PortError> {
        self.note_rows(covered, rejected, at).await.doing("noting the rows that can't be loaded")
    }

    async fn mended_by_hand(&self, source: &str, place: u64) -> Result<(), PortError> {
        self.close_row(source, place).await.doing("forgetting a row that was mended")
    }

    async fn to_mend(&self, source: &str, limit: u32) -> Result<(u64, Vec<RowToMend>), PortError> {
        newest(self, source, limit).await.doing("reading the rows that can't be loaded")
    }
}

impl Store {
    async fn note_rows(
        &self,
        covered: Covered<'_>,
        rejected: &[Rejected],
        at: Timestamp,
    ) -> Result<(), Fault> {
        let source = covered.source();
        let person_key = person_key(&self.columns, source, covered.person().map(|p| &*p.record));
        // Most readings find nothing wrong, and most found nothing before: they write nothing.
        if rejected.is_empty() && !self.has_any(source, &person_key).await? {
            return Ok(());
        }
        let mut tx = self.begin().await?;
        let rows = rejected.iter().map(|row| (person_key.clone(), row));
        let first = put(&mut tx, &self.columns, source, rows, at).await?;
        for category in covered.categories() {
            mended(&mut tx, source, &person_key, word(category), first).await?;
        }
        if covered.categories().contains(&Some(Category::Register)) {
            keep_once(&mut tx, source).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn close_row(&self, source: &str, at: u64) -> Result<(), Fault> {
        let at = place::to_stored(at)?;
        sqlx::query!(
            "DELETE FROM rejected
             WHERE source = $1 AND place = $2 AND person_key <> $3 AND category <> 'people'",
            source,
            at,
            NOBODY
        )
        .execute(&self.write)
        .await?;
        Ok(())
    }

    async fn has_any(&self, source: &str, person_key: &[u8]) -> Result<bool, Fault> {
        let found = sqlx::query_scalar!(
            r#"SELECT COUNT(*) AS "number!: i64" FROM rejected
             WHERE source = $1 AND person_key = $2"#,
            source,
            person_key
        )
        .fetch_one(&self.read)
        .await?;
        Ok(found > 0)
    }
}

/// One page of a source's people, as far as its rows to mend go.
pub(crate) struct PageRows<'a> {
    pub(crate) source: &'a str,
    /// Those who were loaded.
    pub(crate) people: Vec<&'a PersonId>,
    pub(crate) gone: &'a [PersonId],
    pub(crate) rejected: &'a [Rejected],
    pub(crate) at: Timestamp,
    /// When the last whole reading began.
    pub(crate) swept: Option<Timestamp>,
}

/// Takes over what a page of people says of rows to mend.
pub(crate) async fn save_page(
    tx: &mut Connection,
    columns: &Columns,
    page: PageRows<'_>,
) -> Result<(), Fault> {
    let source = page.source;
    let of_row = |row: &Rejected| person_key(columns, source, Some(&row.record));
    let rows = page.rejected.iter().map(|row| (of_row(row), row));
    let first = put(tx, columns, source, rows, page.at).await?;
    if !any(tx, source).await? {
        return Ok(());
    }
    for id in page.people {
        let key = person_key(columns, source, Some(&id.record));
        mended(tx, source, &key, PEOPLE, first).await?;
    }
    for id in page.gone {
        forget(tx, source, &person_key(columns, source, Some(&id.record))).await?;
    }
    if let Some(swept) = page.swept {
        forget_before(tx, source, swept).await?;
    }
    Ok(())
}

/// Stores rejected rows as the newest; answers the first one's place, so that older rows can be told from them.
async fn put(
    tx: &mut Connection,
    columns: &Columns,
    source: &str,
    rows: impl Iterator<Item = (Vec<u8>, &Rejected)> + Send,
    at: Timestamp,
) -> Result<i64, Fault> {
    let first = sqlx::query_scalar!(
        r#"SELECT COALESCE(MAX(place) + 1, 0) AS "place!: i64" FROM rejected WHERE source = $1"#,
        source
    )
    .fetch_one(&mut *tx)
    .await?;
    let at = moment::to_stored(at);
    for (place, (person_key, row)) in (first..).zip(rows) {
        let category = word(row.category);
        let key = columns.record_key(source, &row.record);
        let record_key = key.as_slice();
        let identity = [source.as_bytes(), &person_key, category.as_bytes(), record_key];
        let sealed = columns.rejected.seal_json(&*columns.entropy, &identity, row)?;
        sqlx::query!(
            "INSERT INTO rejected (source, person_key, category, record_key, place, first_seen,
                 last_seen, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (source, person_key, category, record_key)
             DO UPDATE SET place = excluded.place, last_seen = excluded.last_seen,
                 sealed = excluded.sealed",
            source,
            person_key,
            category,
            record_key,
            place,
            at,
            at,
            sealed
        )
        .execute(&mut *tx)
        .await?;
    }
    Ok(first)
}

/// A plan that the reading of the whole register meets is that reading's row, and not its child's as well.
async fn keep_once(tx: &mut Connection, source: &str) -> Result<(), Fault> {
    sqlx::query!(
        "DELETE FROM rejected
         WHERE source = $1 AND category = 'register' AND person_key <> $2 AND record_key IN (
             SELECT record_key FROM rejected
             WHERE source = $1 AND category = 'register' AND person_key = $2
         )",
        source,
        NOBODY
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Forgets what was wrong with rows that this reading did not meet again: those before its first place.
async fn mended(
    tx: &mut Connection,
    source: &str,
    person_key: &[u8],
    category: &str,
    first: i64,
) -> Result<(), Fault> {
    sqlx::query!(
        "DELETE FROM rejected
         WHERE source = $1 AND person_key = $2 AND category = $3 AND place < $4",
        source,
        person_key,
        category,
        first
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn forget(tx: &mut Connection, source: &str, person_key: &[u8]) -> Result<(), Fault> {
    sqlx::query!("DELETE FROM rejected WHERE source = $1 AND person_key = $2", source, person_key)
        .execute(tx)
        .await?;
    Ok(())
}

/// What a whole reading did not meet is mended or gone, also where no person's identifier could be read.
async fn forget_before(tx: &mut Connection, source: &str, swept: Timestamp) -> Result<(), Fault> {
    let swept = moment::to_stored(swept);
    sqlx::query!(
        "DELETE FROM rejected WHERE source = $1 AND category = $2 AND last_seen < $3",
        source,
        PEOPLE,
        swept
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn any(tx: &mut Connection, source: &str) -> Result<bool, Fault> {
    let found = sqlx::query_scalar!(
        r#"SELECT COUNT(*) AS "number!: i64" FROM rejected WHERE source = $1"#,
        source
    )
    .fetch_one(tx)
    .await?;
    Ok(found > 0)
}

/// The number of all, and the newest of them.
async fn newest(store: &Store, source: &str, limit: u32) -> Result<(u64, Vec<RowToMend>), Fault> {
    let number = sqlx::query_scalar!(
        r#"SELECT COUNT(*) AS "number!: i64" FROM rejected WHERE source = $1"#,
        source
    )
    .fetch_one(&store.read)
    .await?;
    let found = sqlx::query!(
        "SELECT person_key, category, record_key, place, first_seen, last_seen, sealed
         FROM rejected WHERE source = $1 ORDER BY place DESC LIMIT $2",
        source,
        i64::from(limit)
    )
    .fetch_all(&store.read)
    .await?;
    let mut rows = Vec::with_capacity(found.len());
    for row in found {
        let identity =
            [source.as_bytes(), &row.person_key, row.category.as_bytes(), &row.record_key];
        rows.push(RowToMend {
            row: store.columns.rejected.open_json(&identity, &row.sealed)?,
            first_seen: moment::from_stored(row.first_seen)?,
            last_seen: moment::from_stored(row.last_seen)?,
            place: place::from_stored(row.place)?,
            closes_by_hand: !row.person_key.is_empty() && row.category != PEOPLE,
        });
    }
    Ok((place::from_stored(number)?, rows))
}

/// As in `person`; nothing where a row is no person's.
fn person_key(columns: &Columns, source: &str, person: Option<&str>) -> Vec<u8> {
    person.map_or_else(Vec::new, |record| columns.record_key(source, record).to_vec())
}

fn word(category: Option<Category>) -> &'static str {
    category.map_or(PEOPLE, Category::as_str)
}

#[cfg(test)]
#[path = "rejected_tests.rs"]
mod tests;
