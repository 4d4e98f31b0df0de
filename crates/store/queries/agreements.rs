//! Agreements and revocations, as their signed notes.

use async_trait::async_trait;
use kinfold_agreement::AgreementDigest;
use kinfold_service::ports::{AgreementStore, PortError, StoredAgreement};

use crate::Store;
use crate::fault::{Doing, Fault};

#[async_trait]
impl AgreementStore for Store {
    async fn save(&self, digest: &AgreementDigest, note: &str) -> Result<(), PortError> {
        self.put_agreement(digest, note).await.doing("saving an agreement")
    }

    async fn agreements(&self) -> Result<Vec<StoredAgreement>, PortError> {
        self.all_agreements().await.doing("reading the agreements")
    }

    async fn activate(&self, digest: &AgreementDigest) -> Result<bool, PortError> {
        self.put_active(digest).await.doing("activating an agreement")
    }

    async fn active(&self) -> Result<Option<String>, PortError> {
        self.active_note().await.doing("reading the active agreement")
    }

    async fn save_revocation(&self, digest: &AgreementDigest, note: &str) -> Result<(), PortError> {
        self.put_revocation(digest, note).await.doing("saving a revocation")
    }

    async fn revocations(&self) -> Result<Vec<String>, PortError> {
        self.all_revocations().await.doing("reading the revocations")
    }
}

impl Store {
    async fn put_agreement(&self, digest: &AgreementDigest, note: &str) -> Result<(), Fault> {
        let digest = digest.to_string();
        sqlx::query!(
            "INSERT INTO agreement (digest, place, note)
             VALUES ($1, (SELECT COALESCE(MAX(place) + 1, 0) FROM agreement), $2)
             ON CONFLICT (digest) DO UPDATE SET note = excluded.note",
            digest,
            note
        )
        .execute(&self.write)
        .await?;
        Ok(())
    }

    async fn all_agreements(&self) -> Result<Vec<StoredAgreement>, Fault> {
        let rows = sqlx::query!(
            r#"SELECT agreement.digest, agreement.note, active.name AS "active?"
               FROM agreement LEFT JOIN active ON active.digest = agreement.digest
               ORDER BY agreement.place"#
        )
        .fetch_all(&self.read)
        .await?;
        rows.into_iter()
            .map(|row| {
                let digest = row.digest.parse().map_err(|_| Fault::Form("a stored digest"))?;
                Ok(StoredAgreement { digest, note: row.note, active: row.active.is_some() })
            })
            .collect()
    }

    async fn put_active(&self, digest: &AgreementDigest) -> Result<bool, Fault> {
        let digest = digest.to_string();
        let done = sqlx::query!(
            "INSERT INTO active (name, digest)
             SELECT 'agreement', digest FROM agreement WHERE digest = $1
             ON CONFLICT (name) DO UPDATE SET digest = excluded.digest",
            digest
        )
        .execute(&self.write)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    async fn active_note(&self) -> Result<Option<String>, Fault> {
        let note = sqlx::query_scalar!(
            "SELECT agreement.note FROM active JOIN agreement ON agreement.digest = active.digest"
        )
        .fetch_optional(&self.read)
        .await?;
        Ok(note)
    }

    async fn put_revocation(&self, digest: &AgreementDigest, note: &str) -> Result<(), Fault> {
        let digest = digest.to_string();
        sqlx::query!(
            "INSERT INTO revocation (digest, place, note)
             SELECT $1, (SELECT COALESCE(MAX(place) + 1, 0) FROM revocation), $2
             WHERE NOT EXISTS (SELECT 1 FROM revocation WHERE digest = $1 AND note = $2)",
            digest,
            note
        )
        .execute(&self.write)
        .await?;
        Ok(())
    }

    async fn all_revocations(&self) -> Result<Vec<String>, Fault> {
        let notes = sqlx::query_scalar!("SELECT note FROM revocation ORDER BY place")
            .fetch_all(&self.read)
            .await?;
        Ok(notes)
    }
}

#[cfg(test)]
#[path = "agreements_tests.rs"]
mod tests;
