//! Versions of resources: how one is written first, and how the next replaces it.

use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value, json};
use sqlx::{Sqlite, Transaction};

use super::HospitalError;
use crate::storage::Table;

pub(super) const VERSIONS: Table = Table {
    name: "resource_version",
    columns: &["kind", "id", "patient", "updated", "family", "born", "body"],
};
pub(super) const IDENTIFIERS: Table =
    Table { name: "identifier", columns: &["kind", "id", "system", "value"] };

/// Rows for a new database.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) versions: Vec<Value>,
    pub(super) identifiers: Vec<Value>,
}

impl Rows {
    /// Adds the first version of a resource.
    pub(super) fn add(&mut self, mut body: Value, at: Timestamp) {
        let keys = Keys::of(&body);
        stamp(&mut body, 1, at);
        let updated = at.as_millisecond();
        for (system, value) in identifiers(&body) {
            self.identifiers.push(json!([keys.kind, keys.id, system, value]));
        }
        let row = json!([keys.kind, keys.id, keys.patient, updated, keys.family, keys.born, body]);
        self.versions.push(row);
    }
}

/// What a resource is found by.
struct Keys {
    kind: String,
    id: String,
    patient: Option<String>,
    family: Option<String>,
    born: Option<String>,
}

impl Keys {
    fn of(body: &Value) -> Self {
        let text = |pointer| body.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        let kind = text("/resourceType").unwrap_or_default();
        let subject = text("/subject/reference").or_else(|| text("/patient/reference"));
        let whole = kind == "Patient";
        Self {
            id: text("/id").unwrap_or_default(),
            patient: subject.and_then(|s| s.strip_prefix("Patient/").map(str::to_owned)),
            family: text("/name/0/family").filter(|_| whole).map(|name| name.to_lowercase()),
            born: text("/birthDate").filter(|_| whole),
            kind,
        }
    }
}

fn identifiers(body: &Value) -> Vec<(String, String)> {
    let list = body.get("identifier").and_then(Value::as_array).into_iter().flatten();
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    list.filter_map(|entry| Some((text(entry.get("system"))?, text(entry.get("value"))?))).collect()
}

/// Sets `meta.versionId` and `meta.lastUpdated`, leaving the rest of `meta` as it is.
fn stamp(body: &mut Value, version: i64, at: Timestamp) {
    body["meta"]["versionId"] = json!(version.to_string());
    body["meta"]["lastUpdated"] = json!(instant(at));
}

/// A FHIR `instant` in milliseconds of universal time.
pub(super) fn instant(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// The present version of a resource.
pub(super) async fn current(
    work: &mut Transaction<'_, Sqlite>,
    kind: &str,
    id: &str,
) -> Result<Value, HospitalError> {
    let sql = "SELECT body FROM resource_version WHERE kind = $1 AND id = $2 AND replaced IS NULL";
    let query = sqlx::query_scalar(sql).bind(kind).bind(id);
    let body: Option<String> = query.fetch_optional(&mut **work).await?;
    Ok(serde_json::from_str(&body.ok_or(HospitalError::Unknown)?)?)
}

/// Writes a version; the one before it, where there is one, is marked as replaced.
pub(super) async fn write(
    work: &mut Transaction<'_, Sqlite>,
    mut body: Value,
    at: Timestamp,
) -> Result<(), HospitalError> {
    let keys = Keys::of(&body);
    let sql = "SELECT MAX(version) FROM resource_version WHERE kind = $1 AND id = $2";
    let query = sqlx::query_scalar(sql).bind(&keys.kind).bind(&keys.id);
    let before: Option<i64> = query.fetch_one(&mut **work).await?;
    let version = before.unwrap_or(0) + 1;
    stamp(&mut body, version, at);
    let sql =
        "INSERT INTO resource_version (kind, id, version, patient, updated, family, born, body)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING seq";
    let seq: i64 = sqlx::query_scalar(sql)
        .bind(&keys.kind)
        .bind(&keys.id)
        .bind(version)
        .bind(&keys.patient)
        .bind(at.as_millisecond())
        .bind(&keys.family)
        .bind(&keys.born)
        .bind(body.to_string())
        .fetch_one(&mut **work)
        .await?;
    let sql =
        "UPDATE resource_version SET replaced = $4 WHERE kind = $1 AND id = $2 AND version = $3";
    let replaced = sqlx::query(sql).bind(&keys.kind).bind(&keys.id).bind(version - 1).bind(seq);
    replaced.execute(&mut **work).await?;
    for (system, value) in identifiers(&body) {
        let sql = "INSERT INTO identifier (kind, id, system, value) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
        let row = sqlx::query(sql).bind(&keys.kind).bind(&keys.id).bind(system).bind(value);
        row.execute(&mut **work).await?;
    }
    Ok(())
}
