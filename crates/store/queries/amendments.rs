//! What was changed by hand in the node's own register: one row for each detail of an entry.

use std::fmt::Write;

use async_trait::async_trait;
use kinfold_domain::EntryId;
use kinfold_service::ports::{Amendment, AmendmentKey, AmendmentStore, PortError, RungNumber};

use crate::Store;
use crate::department::items::{EVER, Kind};
use crate::engine::Connection;
use crate::fault::{Doing, Fault};

/// In the digest of an entry's reference, where others have a source's name.
const REGISTER: &str = "register";
/// In the digest of a telephone number, where others have a source's name.
const RUNG: &str = "rung-number";

#[async_trait]
impl AmendmentStore for Store {
    async fn amendments(&self) -> Result<Vec<Amendment>, PortError> {
        self.all_amendments().await.doing("reading what was changed by hand in the register")
    }

    async fn rung_numbers(&self) -> Result<Vec<RungNumber>, PortError> {
        self.items_since(Kind::Rung, EVER).await.doing("reading the numbers that were rung")
    }

    async fn put_rung(&self, rung: &[RungNumber]) -> Result<(), PortError> {
        self.put_rung_numbers(rung).await.doing("saving that a number was rung")
    }

    async fn amend(&self, put: &[Amendment], gone: &[AmendmentKey]) -> Result<(), PortError> {
        self.put_amendments(put, gone).await.doing("saving a change by hand of the register")
    }
}

impl Store {
    /// A number is known by a keyed digest of its digits.
    async fn put_rung_numbers(&self, rung: &[RungNumber]) -> Result<(), Fault> {
        let mut tx = self.begin().await?;
        for one in rung {
            let key = self.columns.record_key(RUNG, &one.number.digits());
            let id = key.iter().fold(String::with_capacity(64), |mut id, byte| {
                // Writing into a text can't fail.
                let _ = write!(id, "{byte:02x}");
                id
            });
            self.put_item(&mut tx, (Kind::Rung, id), (true, one.at), (one, &[])).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn all_amendments(&self) -> Result<Vec<Amendment>, Fault> {
        let rows = sqlx::query!("SELECT record_key, detail, sealed FROM amendment")
            .fetch_all(&self.read)
            .await?;
        let mut amendments = Vec::with_capacity(rows.len());
        for row in rows {
            let identity = [row.record_key.as_slice(), row.detail.as_bytes()];
            amendments.push(self.columns.amendment.open_json(&identity, &row.sealed)?);
        }
        Ok(amendments)
    }

    async fn put_amendments(&self, put: &[Amendment], gone: &[AmendmentKey]) -> Result<(), Fault> {
        let mut tx = self.begin().await?;
        for (entry, detail) in gone {
            let (key, detail) = (self.entry_key(entry), detail.word());
            sqlx::query!(
                "DELETE FROM amendment WHERE record_key = $1 AND detail = $2",
                key,
                detail
            )
            .execute(&mut *tx)
            .await?;
        }
        for amendment in put {
            self.put_amendment(&mut tx, amendment).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn put_amendment(&self, tx: &mut Connection, amendment: &Amendment) -> Result<(), Fault> {
        let (key, detail) = (self.entry_key(&amendment.entry), amendment.detail.kind().word());
        let (seal, entropy) = (&self.columns.amendment, &*self.columns.entropy);
        let sealed = seal.seal_json(entropy, &[&key, detail.as_bytes()], amendment)?;
        sqlx::query!(
            "INSERT INTO amendment (record_key, detail, sealed) VALUES ($1, $2, $3)
             ON CONFLICT (record_key, detail) DO UPDATE SET sealed = excluded.sealed",
            key,
            detail,
            sealed
        )
        .execute(tx)
        .await?;
        Ok(())
    }

    fn entry_key(&self, entry: &EntryId) -> Vec<u8> {
        self.columns.record_key(REGISTER, entry.as_str()).to_vec()
    }
}

#[cfg(test)]
#[path = "amendments_tests.rs"]
mod tests;
