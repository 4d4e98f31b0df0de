//! Searches as SQL. All pages of one search show the state of the records at its first page: each result comes exactly once.

use std::collections::BTreeSet;

use serde_json::Value;
use sqlx::{QueryBuilder, Row, Sqlite, SqlitePool};

use super::{
    super::{Hospital, HospitalError},
    instant::Bound,
    parameters::{Cursor, Filter, Kind, Order, Parameters},
};

/// One page of results.
pub(super) struct Page {
    pub(super) total: i64,
    /// Identifier and body of each.
    pub(super) results: Vec<(String, String)>,
    /// What the results refer to, where that was asked for.
    pub(super) included: Vec<(String, String)>,
    /// Where the next page begins.
    pub(super) next: Option<Cursor>,
}

impl Hospital {
    /// One resource as it is now.
    pub(super) async fn read(&self, kind: Kind, id: &str) -> Result<Option<String>, HospitalError> {
        let sql = "SELECT body FROM resource_version
                   WHERE kind = $1 AND id = $2 ORDER BY version DESC LIMIT 1";
        Ok(sqlx::query_scalar(sql).bind(kind.0).bind(id).fetch_optional(&self.pool).await?)
    }

    /// One page of a search.
    pub(super) async fn search(&self, search: &Parameters) -> Result<Page, HospitalError> {
        let (snapshot, total) = match &search.cursor {
            Some(cursor) => (cursor.snapshot, cursor.total),
            None => begin(&self.pool, search).await?,
        };
        let mut results = page(&self.pool, search, snapshot).await?;
        let more = results.len() > search.count;
        results.truncate(search.count);
        let last = results.last().map(|(updated, id, _)| (*updated, id.clone()));
        let next = last.filter(|_| more).map(|after| Cursor { snapshot, total, after });
        let results: Vec<_> = results.into_iter().map(|(_, id, body)| (id, body)).collect();
        let mut included = Vec::new();
        if search.include_members {
            included = members(&self.pool, &results).await?;
        }
        Ok(Page { total, results, included, next })
    }
}

/// The state that the search will show, and how many results it has.
async fn begin(pool: &SqlitePool, search: &Parameters) -> Result<(i64, i64), HospitalError> {
    let mut reading = pool.begin().await?;
    let sql = "SELECT COALESCE(MAX(seq), 0) FROM resource_version";
    let snapshot: i64 = sqlx::query_scalar(sql).fetch_one(&mut *reading).await?;
    let mut count = QueryBuilder::new("SELECT COUNT(*) FROM resource_version v");
    matching(&mut count, search, snapshot);
    let total: i64 = count.build_query_scalar().fetch_one(&mut *reading).await?;
    Ok((snapshot, total))
}

/// One result more than the page holds, to know whether another page follows.
async fn page(
    pool: &SqlitePool,
    search: &Parameters,
    snapshot: i64,
) -> Result<Vec<(i64, String, String)>, HospitalError> {
    if search.count == 0 {
        return Ok(Vec::new());
    }
    let mut sql = QueryBuilder::new("SELECT updated, id, body FROM resource_version v");
    matching(&mut sql, search, snapshot);
    if let Some(cursor) = &search.cursor {
        let (updated, id) = &cursor.after;
        match search.order {
            Order::OldestFirst => sql.push(" AND (updated, id) > (").push_bind(*updated).push(", "),
            Order::NewestFirst => sql.push(" AND (updated, id) < (").push_bind(*updated).push(", "),
            Order::ById => sql.push(" AND (id > "),
        };
        sql.push_bind(id.clone()).push(")");
    }
    sql.push(match search.order {
        Order::OldestFirst => " ORDER BY updated, id",
        Order::NewestFirst => " ORDER BY updated DESC, id DESC",
        Order::ById => " ORDER BY id",
    });
    sql.push(" LIMIT ").push_bind(i64::try_from(search.count).unwrap_or(i64::MAX) + 1);
    let rows = sql.build().fetch_all(pool).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?))).collect()
}

/// The versions in force at the snapshot that meet every filter.
fn matching(sql: &mut QueryBuilder<Sqlite>, search: &Parameters, snapshot: i64) {
    sql.push(" WHERE v.kind = ").push_bind(search.kind.0);
    sql.push(" AND seq <= ").push_bind(snapshot);
    sql.push(" AND (replaced IS NULL OR replaced > ").push_bind(snapshot).push(")");
    for filter in &search.filters {
        sql.push(" AND ");
        meeting(sql, search.kind, filter);
    }
}

/// One filter's condition.
fn meeting(sql: &mut QueryBuilder<Sqlite>, kind: Kind, filter: &Filter) {
    match filter {
        Filter::Ids(ids) => {
            sql.push("v.id IN (");
            let mut list = sql.separated(", ");
            for id in ids {
                list.push_bind(id.clone());
            }
            sql.push(")")
        }
        Filter::Patient(id) => sql.push("v.patient = ").push_bind(id.clone()),
        Filter::Identifier { system, value } => {
            sql.push("v.id IN (SELECT i.id FROM identifier i WHERE i.kind = ");
            sql.push_bind(kind.0).push(" AND i.value = ").push_bind(value.clone());
            if let Some(system) = system {
                sql.push(" AND i.system = ").push_bind(system.clone());
            }
            sql.push(")")
        }
        Filter::Updated(Bound::From(low)) => sql.push("updated >= ").push_bind(*low),
        Filter::Updated(Bound::Before(high)) => sql.push("updated < ").push_bind(*high),
        Filter::Family(beginning) => {
            sql.push("substr(family, 1, length(").push_bind(beginning.clone());
            sql.push(")) = ").push_bind(beginning.clone())
        }
        Filter::Born(day) => sql.push("born = ").push_bind(day.clone()),
    };
}

/// The practitioners whom care teams name.
async fn members(
    pool: &SqlitePool,
    teams: &[(String, String)],
) -> Result<Vec<(String, String)>, HospitalError> {
    let mut ids = BTreeSet::new();
    for (_, body) in teams {
        let team: Value = serde_json::from_str(body)?;
        let members = team.get("participant").and_then(Value::as_array).into_iter().flatten();
        let references = members.filter_map(|m| m.pointer("/member/reference")?.as_str());
        ids.extend(references.filter_map(|r| r.strip_prefix("Practitioner/").map(str::to_owned)));
    }
    let mut found = Vec::new();
    for id in ids {
        let sql = "SELECT body FROM resource_version
                   WHERE kind = 'Practitioner' AND id = $1 ORDER BY version DESC LIMIT 1";
        let body: Option<String> = sqlx::query_scalar(sql).bind(&id).fetch_optional(pool).await?;
        found.extend(body.map(|body| (id, body)));
    }
    Ok(found)
}
