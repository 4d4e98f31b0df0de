//! The search tables over the ledger.

mod row;

use async_trait::async_trait;
use kinfold_domain::{AgencyId, AskId, EmployeeId};
use kinfold_service::ports::{Look, LookKey, PortError, TrailStore};
use sqlx::QueryBuilder;

use crate::Store;
use crate::engine::{Connection, Database};
use crate::fault::{Doing, Fault, place};
use row::Row;

#[async_trait]
impl TrailStore for Store {
    async fn index(&self, looks: &[Look], followed: u64) -> Result<(), PortError> {
        self.index_looks(looks, followed).await.doing("indexing the ledger's looks")
    }

    async fn followed(&self) -> Result<u64, PortError> {
        self.trail_place().await.doing("reading how far the ledger was followed")
    }

    async fn forget(&self) -> Result<(), PortError> {
        self.forget_trail().await.doing("forgetting the search tables over the ledger")
    }

    async fn by_keys(&self, keys: &[LookKey], limit: u32) -> Result<Vec<Look>, PortError> {
        self.looks_by_keys(keys, limit).await.doing("finding who looked at a child")
    }

    async fn by_asks(&self, asks: &[AskId], limit: u32) -> Result<Vec<Look>, PortError> {
        self.looks_by_asks(asks, limit).await.doing("finding the looks of an ask")
    }

    async fn by_employee(&self, employee: EmployeeId, limit: u32) -> Result<Vec<Look>, PortError> {
        self.looks_by_employee(employee, limit).await.doing("finding an employee's looks")
    }

    async fn delivered(&self, partner: &AgencyId) -> Result<u64, PortError> {
        self.partner_place(partner).await.doing("reading which notices a partner has")
    }

    async fn set_delivered(&self, partner: &AgencyId, upto: u64) -> Result<(), PortError> {
        self.put_partner_place(partner, upto).await.doing("noting which notices a partner has")
    }
}

/// Keys or asks that one statement looks for: a child has an NHS number, a record in each source, a name with a birth date.
const AT_ONCE: usize = 8;
/// Rows that one statement adds. Only statements of that many are kept prepared: others differ each time.
const ROWS: usize = 100;

impl Store {
    async fn index_looks(&self, looks: &[Look], followed: u64) -> Result<(), Fault> {
        let mut tx = self.begin().await?;
        for looks in looks.chunks(ROWS) {
            put(&mut tx, looks).await?;
        }
        let mut keys = Vec::new();
        for look in looks {
            let index = place::to_stored(look.index)?;
            keys.extend(look.keys.iter().map(|key| (*key, index)));
        }
        // In the order of their table, which spares it most of its work.
        keys.sort_unstable();
        for keys in keys.chunks(ROWS) {
            put_keys(&mut tx, keys).await?;
        }
        let followed = place::to_stored(followed)?;
        // Never backwards: only forgetting everything begins anew.
        sqlx::query!(
            "INSERT INTO followed (name, place) VALUES ('trail', $1)
             ON CONFLICT (name) DO UPDATE SET place = excluded.place
             WHERE followed.place < excluded.place",
            followed
        )
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }

    async fn trail_place(&self) -> Result<u64, Fault> {
        let followed = sqlx::query_scalar!("SELECT place FROM followed WHERE name = 'trail'")
            .fetch_optional(&self.read)
            .await?;
        place::from_stored(followed.unwrap_or(0))
    }

    /// What partners have acknowledged stays: it can't be made from this node's ledger alone.
    async fn forget_trail(&self) -> Result<(), Fault> {
        let mut tx = self.begin().await?;
        sqlx::query!("DELETE FROM look_key").execute(&mut *tx).await?;
        sqlx::query!("DELETE FROM look").execute(&mut *tx).await?;
        sqlx::query!("DELETE FROM followed").execute(&mut *tx).await?;
        Ok(tx.commit().await?)
    }

    /// Up to `limit` asks, each whole: an intent is never shown without the receipt that is there.
    async fn looks_by_keys(&self, keys: &[LookKey], limit: u32) -> Result<Vec<Look>, Fault> {
        let mut looks = Vec::new();
        for keys in keys.chunks(AT_ONCE) {
            looks.extend(self.looks_by_some_keys(keys, limit).await?);
        }
        if keys.len() > AT_ONCE {
            merge(&mut looks, limit);
        }
        Ok(looks)
    }

    /// At most [`AT_ONCE`] keys; a place that is left over repeats the first.
    async fn looks_by_some_keys(&self, keys: &[LookKey], limit: u32) -> Result<Vec<Look>, Fault> {
        let key = |at: usize| keys.get(at).or(keys.first()).map_or(&[][..], |key| &key.0[..]);
        let [k0, k1, k2, k3, k4, k5, k6, k7] = std::array::from_fn(key);
        let rows = sqlx::query_as!(
            Row,
            "WITH asks AS (
                 SELECT found.ask_id, MAX(found.place) AS newest
                 FROM look_key JOIN look AS found ON found.place = look_key.place
                 WHERE look_key.look_key IN ($1, $2, $3, $4, $5, $6, $7, $8)
                 GROUP BY found.ask_id ORDER BY newest DESC LIMIT $9
             )
             SELECT look.place, look.kind, look.ask_id, look.at, look.agency, look.employee_id,
                 look.look_keys
             FROM asks JOIN look ON look.ask_id = asks.ask_id
             ORDER BY look.place DESC",
            k0,
            k1,
            k2,
            k3,
            k4,
            k5,
            k6,
            k7,
            i64::from(limit)
        )
        .fetch_all(&self.read)
        .await?;
        rows.into_iter().map(Look::try_from).collect()
    }

    async fn looks_by_asks(&self, asks: &[AskId], limit: u32) -> Result<Vec<Look>, Fault> {
        let mut looks = Vec::new();
        for asks in asks.chunks(AT_ONCE) {
            looks.extend(self.looks_by_some_asks(asks).await?);
        }
        merge(&mut looks, limit);
        Ok(looks)
    }

    /// At most [`AT_ONCE`] asks; a place that is left over repeats the first.
    async fn looks_by_some_asks(&self, asks: &[AskId]) -> Result<Vec<Look>, Fault> {
        let ask = |at: usize| asks.get(at).or(asks.first()).map(|ask| ask.0.to_string());
        let [a0, a1, a2, a3, a4, a5, a6, a7] = std::array::from_fn(ask);
        let rows = sqlx::query_as!(
            Row,
            "SELECT place, kind, ask_id, at, agency, employee_id, look_keys FROM look
             WHERE ask_id IN ($1, $2, $3, $4, $5, $6, $7, $8) ORDER BY place DESC",
            a0,
            a1,
            a2,
            a3,
            a4,
            a5,
            a6,
            a7
        )
        .fetch_all(&self.read)
        .await?;
        rows.into_iter().map(Look::try_from).collect()
    }

    async fn looks_by_employee(
        &self,
        employee: EmployeeId,
        limit: u32,
    ) -> Result<Vec<Look>, Fault> {
        let employee = employee.0.to_string();
        let rows = sqlx::query_as!(
            Row,
            "WITH asks AS (
                 SELECT intent.ask_id, intent.place AS newest FROM look AS intent
                 WHERE intent.employee_id = $1 AND intent.kind = 'intent'
                 ORDER BY newest DESC LIMIT $2
             )
             SELECT look.place, look.kind, look.ask_id, look.at, look.agency, look.employee_id,
                 look.look_keys
             FROM asks JOIN look ON look.ask_id = asks.ask_id
             WHERE look.kind IN ('intent', 'receipt', 'refusal')
             ORDER BY look.place DESC",
            employee,
            i64::from(limit)
        )
        .fetch_all(&self.read)
        .await?;
        rows.into_iter().map(Look::try_from).collect()
    }

    async fn partner_place(&self, partner: &AgencyId) -> Result<u64, Fault> {
        let partner = partner.as_str();
        let upto = sqlx::query_scalar!("SELECT place FROM delivered WHERE partner = $1", partner)
            .fetch_optional(&self.read)
            .await?;
        place::from_stored(upto.unwrap_or(0))
    }

    async fn put_partner_place(&self, partner: &AgencyId, upto: u64) -> Result<(), Fault> {
        let (partner, upto) = (partner.as_str(), place::to_stored(upto)?);
        sqlx::query!(
            "INSERT INTO delivered (partner, place) VALUES ($1, $2)
             ON CONFLICT (partner) DO UPDATE SET place = excluded.place
             WHERE delivered.place < excluded.place",
            partner,
            upto
        )
        .execute(&self.write)
        .await?;
        Ok(())
    }
}

/// Joins what several statements found: the newest `limit` asks, the newest look first.
fn merge(looks: &mut Vec<Look>, limit: u32) {
    looks.sort_by_key(|look| std::cmp::Reverse(look.index));
    looks.dedup_by_key(|look| look.index);
    let mut asks: Vec<AskId> = Vec::new();
    for look in looks.iter() {
        if asks.len() < limit as usize && !asks.contains(&look.ask) {
            asks.push(look.ask);
        }
    }
    looks.retain(|look| asks.contains(&look.ask));
}

/// Adds looks, many in one statement: a busy node indexes thousands a second. What is there already stays.
async fn put(tx: &mut Connection, looks: &[Look]) -> Result<(), Fault> {
    let rows = looks.iter().map(Row::try_from).collect::<Result<Vec<_>, _>>()?;
    let mut insert = QueryBuilder::<Database>::new(
        "INSERT INTO look (place, kind, ask_id, at, agency, employee_id, look_keys) ",
    );
    insert.push_values(rows, |mut columns, row| {
        columns.push_bind(row.place).push_bind(row.kind).push_bind(row.ask_id).push_bind(row.at);
        columns.push_bind(row.agency).push_bind(row.employee_id).push_bind(row.look_keys);
    });
    insert.push(" ON CONFLICT (place) DO NOTHING");
    insert.build().persistent(looks.len() == ROWS).execute(tx).await?;
    Ok(())
}

/// Adds what looks are found by.
async fn put_keys(tx: &mut Connection, keys: &[(LookKey, i64)]) -> Result<(), Fault> {
    let mut insert = QueryBuilder::<Database>::new("INSERT INTO look_key (look_key, place) ");
    insert.push_values(keys, |mut columns, (key, place)| {
        columns.push_bind(&key.0[..]).push_bind(*place);
    });
    insert.push(" ON CONFLICT (look_key, place) DO NOTHING");
    insert.build().persistent(keys.len() == ROWS).execute(tx).await?;
    Ok(())
}

#[cfg(test)]
#[path = "trail_tests.rs"]
mod tests;
