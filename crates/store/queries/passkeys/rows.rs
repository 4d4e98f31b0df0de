//! Passkeys as their table holds them.

use kinfold_domain::{EmployeeId, Personal};
use kinfold_passkey::{Credential, CredentialDigest};
use kinfold_service::ports::{PasskeyId, PasskeyRow};
use serde::{Deserialize, Serialize};

use crate::Store;
use crate::fault::{Fault, moment, place};
use crate::seeds::SeedSeals;
use crate::tokens::{from_json, to_json};

#[derive(Serialize, Deserialize)]
struct Body {
    name: Personal<String>,
    credential: Credential,
}

struct Row {
    passkey_id: String,
    employee_id: String,
    added: i64,
    used: Option<i64>,
    misses: String,
    version: i64,
    sealed: Vec<u8>,
}

pub(super) async fn add(store: &Store, passkey: &PasskeyRow) -> Result<bool, Fault> {
    let (id, employee) = (passkey.id.0.to_string(), passkey.employee.0.to_string());
    let digest = passkey.credential.digest();
    let (credential, misses) = (digest.0.as_slice(), to_json(&passkey.misses)?);
    let (added, used) = (moment::to_stored(passkey.added), passkey.used.map(moment::to_stored));
    let seeds = store.seeds().await;
    let sealed = seal(store, &seeds, passkey)?;
    let added = sqlx::query!(
        "INSERT INTO passkey
             (passkey_id, employee_id, credential, added, used, misses, version, sealed)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (credential) DO NOTHING",
        id,
        employee,
        credential,
        added,
        used,
        misses,
        passkey.version,
        sealed
    )
    .execute(&store.write)
    .await?;
    Ok(added.rows_affected() == 1)
}

pub(super) async fn one(
    store: &Store,
    credential: CredentialDigest,
) -> Result<Option<PasskeyRow>, Fault> {
    let credential = credential.0.as_slice();
    let seeds = store.seeds().await;
    let row = sqlx::query_as!(
        Row,
        "SELECT passkey_id, employee_id, added, used, misses, version, sealed FROM passkey
         WHERE credential = $1",
        credential
    )
    .fetch_optional(&store.read)
    .await?;
    row.map(|row| row.open(&seeds)).transpose()
}

pub(super) async fn of(store: &Store, employee: EmployeeId) -> Result<Vec<PasskeyRow>, Fault> {
    let employee = employee.0.to_string();
    let seeds = store.seeds().await;
    let rows = sqlx::query_as!(
        Row,
        "SELECT passkey_id, employee_id, added, used, misses, version, sealed FROM passkey
         WHERE employee_id = $1 ORDER BY added, passkey_id",
        employee
    )
    .fetch_all(&store.read)
    .await?;
    rows.into_iter().map(|row| row.open(&seeds)).collect()
}

pub(super) async fn count(store: &Store) -> Result<u64, Fault> {
    let count = sqlx::query_scalar!(r#"SELECT COUNT(*) AS "passkeys!: i64" FROM passkey"#)
        .fetch_one(&store.read)
        .await?;
    place::from_stored(count)
}

pub(super) fn seal(
    store: &Store,
    seeds: &SeedSeals,
    passkey: &PasskeyRow,
) -> Result<Vec<u8>, Fault> {
    let (id, employee) = (passkey.id.0.to_string(), passkey.employee.0.to_string());
    let body = Body { name: passkey.name.clone(), credential: passkey.credential.clone() };
    let identity = [id.as_bytes(), employee.as_bytes()];
    Ok(seeds.passkey.seal_json(&*store.columns.entropy, &identity, &body)?)
}

impl Row {
    fn open(self, seeds: &SeedSeals) -> Result<PasskeyRow, Fault> {
        let identity = [self.passkey_id.as_bytes(), self.employee_id.as_bytes()];
        let Body { name, credential } = seeds.passkey.open_json(&identity, &self.sealed)?;
        let id = self.passkey_id.parse().map_err(|_| Fault::Form("a passkey's identity"))?;
        let employee = self.employee_id.parse().map_err(|_| Fault::Form("a passkey's employee"))?;
        Ok(PasskeyRow {
            id: PasskeyId(id),
            employee: EmployeeId(employee),
            name,
            added: moment::from_stored(self.added)?,
            used: self.used.map(moment::from_stored).transpose()?,
            credential,
            misses: from_json(&self.misses)?,
            version: self.version,
        })
    }
}
