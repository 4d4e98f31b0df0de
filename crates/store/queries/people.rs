//! The index of the node's own people.

use async_trait::async_trait;
use futures::TryStreamExt;
use jiff::Timestamp;
use kinfold_domain::{Person, PersonId};
use kinfold_service::ports::{Cursor, PeopleStore, PortError, Rejected, SourceProgress};

use crate::Store;
use crate::columns::Columns;
use crate::engine::Connection;
use crate::fault::{Doing, Fault, moment, place};
use crate::rejected::{self, PageRows};

#[async_trait]
impl PeopleStore for Store {
    async fn save_page(
        &self,
        source: &str,
        people: &[Person],
        gone: &[PersonId],
        rejected: &[Rejected],
        progress: &SourceProgress,
    ) -> Result<(), PortError> {
        let page = Page { source, people, gone, rejected, progress };
        self.save(page).await.doing("saving a page of people")
    }

    async fn each_person(&self, take: &mut (dyn FnMut(Person) + Send)) -> Result<(), PortError> {
        self.stream(take).await.doing("reading the people")
    }

    async fn person(&self, id: &PersonId) -> Result<Option<Person>, PortError> {
        self.one(id).await.doing("reading a person")
    }

    async fn progress(&self, source: &str) -> Result<SourceProgress, PortError> {
        self.progress_of(source).await.doing("reading how a source stands")
    }

    async fn count(&self, source: &str) -> Result<u64, PortError> {
        self.number_of(source).await.doing("counting the people")
    }
}

struct Page<'a> {
    source: &'a str,
    people: &'a [Person],
    gone: &'a [PersonId],
    rejected: &'a [Rejected],
    progress: &'a SourceProgress,
}

impl Store {
    async fn save(&self, page: Page<'_>) -> Result<(), Fault> {
        let mut tx = self.begin().await?;
        for person in page.people {
            put(&mut tx, &self.columns, person).await?;
        }
        for id in page.gone {
            remove(&mut tx, &self.columns, id).await?;
        }
        let rows = PageRows {
            source: page.source,
            people: page.people.iter().map(|person| &person.id).collect(),
            gone: page.gone,
            rejected: page.rejected,
            at: page.progress.answered.unwrap_or_default(),
            swept: page.progress.swept,
        };
        rejected::save_page(&mut tx, &self.columns, rows).await?;
        advance(&mut tx, &self.columns, page.source, page.progress).await?;
        Ok(tx.commit().await?)
    }

    async fn stream(&self, take: &mut (dyn FnMut(Person) + Send)) -> Result<(), Fault> {
        let mut rows =
            sqlx::query!("SELECT source, record_key, sealed FROM person").fetch(&self.read);
        while let Some(row) = rows.try_next().await? {
            let identity = [row.source.as_bytes(), &row.record_key];
            take(self.columns.person.open_json(&identity, &row.sealed)?);
        }
        Ok(())
    }

    async fn one(&self, id: &PersonId) -> Result<Option<Person>, Fault> {
        let key = self.columns.record_key(&id.source, &id.record);
        let record_key = key.as_slice();
        let sealed = sqlx::query_scalar!(
            "SELECT sealed FROM person WHERE source = $1 AND record_key = $2",
            id.source,
            record_key
        )
        .fetch_optional(&self.read)
        .await?;
        let identity = [id.source.as_bytes(), record_key];
        Ok(sealed.map(|sealed| self.columns.person.open_json(&identity, &sealed)).transpose()?)
    }

    async fn progress_of(&self, source: &str) -> Result<SourceProgress, Fault> {
        let row = sqlx::query!(
            "SELECT sealed_cursor, swept, answered FROM source_progress WHERE source = $1",
            source
        )
        .fetch_optional(&self.read)
        .await?;
        let Some(row) = row else { return Ok(SourceProgress::default()) };
        let open = |sealed: Vec<u8>| -> Result<Cursor, Fault> {
            Ok(self.columns.cursor.open_json(&[source.as_bytes()], &sealed)?)
        };
        Ok(SourceProgress {
            cursor: row.sealed_cursor.map(open).transpose()?,
            swept: row.swept.map(moment::from_stored).transpose()?,
            answered: row.answered.map(moment::from_stored).transpose()?,
        })
    }

    async fn number_of(&self, source: &str) -> Result<u64, Fault> {
        let number = sqlx::query_scalar!(
            r#"SELECT COUNT(*) AS "number!: i64" FROM person WHERE source = $1"#,
            source
        )
        .fetch_one(&self.read)
        .await?;
        place::from_stored(number)
    }
}

async fn put(tx: &mut Connection, columns: &Columns, person: &Person) -> Result<(), Fault> {
    let source = person.id.source.as_str();
    let key = columns.record_key(source, &person.id.record);
    let record_key = key.as_slice();
    let identity = [source.as_bytes(), record_key];
    let sealed = columns.person.seal_json(&*columns.entropy, &identity, person)?;
    sqlx::query!(
        "INSERT INTO person (source, record_key, sealed) VALUES ($1, $2, $3)
         ON CONFLICT (source, record_key) DO UPDATE SET sealed = excluded.sealed",
        source,
        record_key,
        sealed
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn remove(tx: &mut Connection, columns: &Columns, id: &PersonId) -> Result<(), Fault> {
    let key = columns.record_key(&id.source, &id.record);
    let record_key = key.as_slice();
    sqlx::query!("DELETE FROM person WHERE source = $1 AND record_key = $2", id.source, record_key)
        .execute(tx)
        .await?;
    Ok(())
}

async fn advance(
    tx: &mut Connection,
    columns: &Columns,
    source: &str,
    progress: &SourceProgress,
) -> Result<(), Fault> {
    let seal = |cursor| columns.cursor.seal_json(&*columns.entropy, &[source.as_bytes()], cursor);
    let cursor = progress.cursor.as_ref().map(seal).transpose()?;
    let swept = progress.swept.map(Timestamp::as_microsecond);
    let answered = progress.answered.map(Timestamp::as_microsecond);
    sqlx::query!(
        "INSERT INTO source_progress (source, sealed_cursor, swept, answered)
         VALUES ($1, $2, $3, $4)
         ON CONFLICT (source) DO UPDATE SET sealed_cursor = excluded.sealed_cursor,
             swept = excluded.swept, answered = excluded.answered",
        source,
        cursor,
        swept,
        answered
    )
    .execute(tx)
    .await?;
    Ok(())
}

#[cfg(test)]
#[path = "people_tests.rs"]
mod tests;
