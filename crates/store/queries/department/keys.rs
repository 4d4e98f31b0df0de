//! What the attendances of a child are found by: keyed digests, which name nobody.

use kinfold_service::{attendances::HeardAttendance, department::Attendance, ports::Mark};
use serde::de::DeserializeOwned;

use super::items::Kind;
use crate::Store;
use crate::columns::Columns;
use crate::engine::Connection;
use crate::fault::Fault;

/// Older items that are keyed in one transaction.
const AT_ONCE: i64 = 500;

/// An item that is found by what identifies its child.
pub(super) trait Marked: DeserializeOwned {
    /// Its kind.
    const KIND: Kind;

    /// What it is found by, as it now stands.
    fn found_by(&self) -> Vec<Mark>;
}

impl Marked for Attendance {
    const KIND: Kind = Kind::Attendance;

    fn found_by(&self) -> Vec<Mark> {
        self.marks()
    }
}

impl Marked for HeardAttendance {
    const KIND: Kind = Kind::Heard;

    fn found_by(&self) -> Vec<Mark> {
        self.marks()
    }
}

impl Store {
    /// Adds what an item is found by. Keys that it had before stay: whoever reads compares with how it now stands.
    pub(super) async fn put_keys(
        &self,
        tx: &mut Connection,
        (kind, id): (Kind, &str),
        marks: &[Mark],
    ) -> Result<(), Fault> {
        let kind = kind.as_str();
        for mark in marks {
            let key = key(&self.columns, mark);
            let key = &key[..];
            sqlx::query!(
                "INSERT INTO work_item_key (kind, item_key, item_id) VALUES ($1, $2, $3)
                 ON CONFLICT (kind, item_key, item_id) DO NOTHING",
                kind,
                key,
                id
            )
            .execute(&mut *tx)
            .await?;
        }
        Ok(())
    }

    /// Items that are found by any of the marks: the newest, at most so many.
    pub(super) async fn items_by_marks<T: Marked>(
        &self,
        marks: &[Mark],
        limit: u32,
    ) -> Result<Vec<T>, Fault> {
        let mut found = Vec::new();
        for mark in marks {
            found.extend(self.items_by_mark::<T>(mark, limit).await?);
        }
        found.sort_by(|(one, _), (other, _)| other.cmp(one));
        found.dedup_by(|((_, one), _), ((_, other), _)| one == other);
        found.truncate(limit as usize);
        let items = found.into_iter().map(|((_, id), sealed)| self.open_item::<T>(&id, &sealed));
        let items = items.collect::<Result<Vec<T>, Fault>>()?;
        // A key may be out of date: the child's number was put right, or another child was meant.
        Ok(items
            .into_iter()
            .filter(|item| item.found_by().iter().any(|m| marks.contains(m)))
            .collect())
    }

    async fn items_by_mark<T: Marked>(
        &self,
        mark: &Mark,
        limit: u32,
    ) -> Result<Vec<((i64, String), Vec<u8>)>, Fault> {
        let (kind, key) = (T::KIND.as_str(), key(&self.columns, mark));
        let key = &key[..];
        let rows = sqlx::query!(
            "SELECT item.item_id, item.began, item.sealed
             FROM work_item_key AS found
             JOIN work_item AS item ON item.kind = found.kind AND item.item_id = found.item_id
             WHERE found.kind = $1 AND found.item_key = $2
             ORDER BY item.began DESC, item.item_id DESC LIMIT $3",
            kind,
            key,
            i64::from(limit)
        )
        .fetch_all(&self.read)
        .await?;
        Ok(rows.into_iter().map(|row| ((row.began, row.item_id), row.sealed)).collect())
    }

    fn open_item<T: Marked>(&self, id: &str, sealed: &[u8]) -> Result<T, Fault> {
        let row = [T::KIND.as_str().as_bytes(), id.as_bytes()];
        Ok(self.columns.work_item.open_json(&row, sealed)?)
    }

    /// Keys the items of a store whose release had no keys. One that can't be opened stays as it is: reading it says so.
    pub(crate) async fn key_older_items(&self) -> Result<(), Fault> {
        self.key_older::<Attendance>().await?;
        self.key_older::<HeardAttendance>().await
    }

    async fn key_older<T: Marked>(&self) -> Result<(), Fault> {
        let kind = T::KIND.as_str();
        let mut after = String::new();
        loop {
            let rows = sqlx::query!(
                "SELECT item_id, sealed FROM work_item
                 WHERE is_keyed = FALSE AND kind = $1 AND item_id > $2 ORDER BY item_id LIMIT $3",
                kind,
                after,
                AT_ONCE
            )
            .fetch_all(&self.read)
            .await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after.clone_from(&last.item_id);
            let mut tx = self.begin().await?;
            for row in &rows {
                let Ok(item) = self.open_item::<T>(&row.item_id, &row.sealed) else { continue };
                self.put_keys(&mut tx, (T::KIND, &row.item_id), &item.found_by()).await?;
                let id = row.item_id.as_str();
                sqlx::query!(
                    "UPDATE work_item SET is_keyed = TRUE WHERE kind = $1 AND item_id = $2",
                    kind,
                    id
                )
                .execute(&mut *tx)
                .await?;
            }
            tx.commit().await?;
        }
    }
}

fn key(columns: &Columns, mark: &Mark) -> [u8; 32] {
    columns.record_key("what an item is found by", mark.expose())
}
