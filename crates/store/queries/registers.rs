//! Registers: the node's own list of changes, and replicas of its partners'.

use async_trait::async_trait;
use kinfold_domain::AgencyId;
use kinfold_service::ports::{PortError, RegisterStore, StoredChange};
use sqlx::QueryBuilder;

use crate::Store;
use crate::engine::{Connection, Database};
use crate::fault::{Doing, Fault, place};

#[async_trait]
impl RegisterStore for Store {
    async fn append(&self, owner: &AgencyId, changes: &[StoredChange]) -> Result<(), PortError> {
        self.append_all(owner, changes).await.doing("appending changes of a register")
    }

    async fn changes(
        &self,
        owner: &AgencyId,
        from: u64,
        limit: u32,
    ) -> Result<Vec<StoredChange>, PortError> {
        self.changes_from(owner, from, limit).await.doing("reading the changes of a register")
    }

    async fn forget(&self, owner: &AgencyId) -> Result<(), PortError> {
        self.forget_register(owner).await.doing("forgetting a replica of a register")
    }

    async fn save_head(&self, owner: &AgencyId, head: &str) -> Result<(), PortError> {
        self.put_head(owner, head).await.doing("saving the head of a register")
    }

    async fn head(&self, owner: &AgencyId) -> Result<Option<String>, PortError> {
        self.newest_head(owner).await.doing("reading the head of a register")
    }
}

/// Rows that one statement takes: a register's first reading has thousands.
const TOGETHER: usize = 100;

impl Store {
    async fn append_all(&self, owner: &AgencyId, changes: &[StoredChange]) -> Result<(), Fault> {
        let mut tx = self.begin().await?;
        let first = next(&mut tx, owner).await?;
        for (expected, change) in (first..).zip(changes) {
            if change.sequence != expected {
                return Err(Fault::OutOfOrder { expected, given: change.sequence });
            }
        }
        for part in changes.chunks(TOGETHER) {
            self.put_changes(&mut tx, owner, part).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn put_changes(
        &self,
        tx: &mut Connection,
        owner: &AgencyId,
        changes: &[StoredChange],
    ) -> Result<(), Fault> {
        let (name, seal) = (owner.as_str(), &self.columns.change);
        let mut rows = Vec::with_capacity(changes.len());
        for stored in changes {
            let sequence = place::to_stored(stored.sequence)?;
            let identity = [name.as_bytes(), &sequence.to_be_bytes()];
            let sealed = seal.seal_json(&*self.columns.entropy, &identity, &stored.change)?;
            rows.push((sequence, sealed));
        }
        let mut insert =
            QueryBuilder::<Database>::new("INSERT INTO register_change (owner, sequence, sealed) ");
        insert.push_values(rows, |mut row, (sequence, sealed)| {
            row.push_bind(name).push_bind(sequence).push_bind(sealed);
        });
        insert.build().execute(tx).await?;
        Ok(())
    }

    async fn changes_from(
        &self,
        owner: &AgencyId,
        from: u64,
        limit: u32,
    ) -> Result<Vec<StoredChange>, Fault> {
        let (name, from) = (owner.as_str(), place::to_stored(from)?);
        let rows = sqlx::query!(
            "SELECT sequence, sealed FROM register_change
             WHERE owner = $1 AND sequence >= $2 ORDER BY sequence LIMIT $3",
            name,
            from,
            i64::from(limit)
        )
        .fetch_all(&self.read)
        .await?;
        let open = |sequence: i64, sealed: &[u8]| -> Result<StoredChange, Fault> {
            let identity = [name.as_bytes(), &sequence.to_be_bytes()];
            let change = self.columns.change.open_json(&identity, sealed)?;
            Ok(StoredChange { sequence: place::from_stored(sequence)?, change })
        };
        rows.iter().map(|row| open(row.sequence, &row.sealed)).collect()
    }

    async fn forget_register(&self, owner: &AgencyId) -> Result<(), Fault> {
        let name = owner.as_str();
        let mut tx = self.begin().await?;
        sqlx::query!("DELETE FROM register_change WHERE owner = $1", name)
            .execute(&mut *tx)
            .await?;
        sqlx::query!("DELETE FROM register_head WHERE owner = $1", name).execute(&mut *tx).await?;
        Ok(tx.commit().await?)
    }

    async fn put_head(&self, owner: &AgencyId, head: &str) -> Result<(), Fault> {
        let name = owner.as_str();
        let seal = &self.columns.head;
        let sealed = seal.seal(&*self.columns.entropy, &[name.as_bytes()], head.as_bytes())?;
        sqlx::query!(
            "INSERT INTO register_head (owner, sealed) VALUES ($1, $2)
             ON CONFLICT (owner) DO UPDATE SET sealed = excluded.sealed",
            name,
            sealed
        )
        .execute(&self.write)
        .await?;
        Ok(())
    }

    async fn newest_head(&self, owner: &AgencyId) -> Result<Option<String>, Fault> {
        let name = owner.as_str();
        let sealed = sqlx::query_scalar!("SELECT sealed FROM register_head WHERE owner = $1", name)
            .fetch_optional(&self.read)
            .await?;
        let Some(sealed) = sealed else { return Ok(None) };
        let mut head = self.columns.head.open(&[name.as_bytes()], &sealed)?;
        let text = String::from_utf8(std::mem::take(&mut *head));
        text.map(Some).map_err(|_| Fault::Form("the head of a register"))
    }
}

/// The number of changes already there, which is the next one's place.
async fn next(tx: &mut Connection, owner: &AgencyId) -> Result<u64, Fault> {
    let name = owner.as_str();
    let next = sqlx::query_scalar!(
        r#"SELECT COALESCE(MAX(sequence) + 1, 0) AS "next!: i64"
           FROM register_change WHERE owner = $1"#,
        name
    )
    .fetch_one(tx)
    .await?;
    place::from_stored(next)
}

#[cfg(test)]
#[path = "registers_tests.rs"]
mod tests;
