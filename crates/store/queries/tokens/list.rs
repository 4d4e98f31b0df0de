//! Tokens as they are listed.

use kinfold_domain::EmployeeId;
use kinfold_service::ports::{TokenId, TokenQuery, TokenRecord};
use kinfold_token::{Seed, Serial, Standing};
use kinfold_token_file::FileToken;

use super::{from_json, seal_identity};
use crate::Store;
use crate::fault::{Fault, moment, place};

struct Row {
    token_id: String,
    serial: String,
    kind: String,
    maker: String,
    standing: String,
    since: i64,
    until: Option<i64>,
    employee_id: Option<String>,
    parameters: String,
    state: String,
    version: i64,
}

pub(super) async fn one(store: &Store, serial: &Serial) -> Result<Option<TokenRecord>, Fault> {
    let serial = serial.as_str();
    let row = sqlx::query_as!(
        Row,
        "SELECT token_id, serial, kind, maker, standing, since, until, employee_id, parameters, state, version
         FROM token WHERE serial = $1 AND arriving = FALSE",
        serial
    )
    .fetch_optional(&store.read)
    .await?;
    row.map(Row::record).transpose()
}

pub(super) async fn some(store: &Store, query: &TokenQuery) -> Result<Vec<TokenRecord>, Fault> {
    let standing = query.standing.map_or("", Standing::word);
    let holder = query.holder.map(|holder| holder.0.to_string()).unwrap_or_default();
    let after = query.after.as_ref().map_or("", Serial::as_str);
    let rows = sqlx::query_as!(
        Row,
        "SELECT token_id, serial, kind, maker, standing, since, until, employee_id, parameters, state, version
         FROM token WHERE arriving = FALSE AND serial > $1 AND ($2 = '' OR standing = $2)
             AND ($3 = '' OR employee_id = $3)
         ORDER BY serial LIMIT $4",
        after,
        standing,
        holder,
        i64::from(query.limit)
    )
    .fetch_all(&store.read)
    .await?;
    rows.into_iter().map(Row::record).collect()
}

pub(super) async fn counts(store: &Store) -> Result<Vec<(Standing, u64)>, Fault> {
    let rows = sqlx::query!(
        r#"SELECT standing, COUNT(*) AS "tokens!: i64" FROM token
         WHERE arriving = FALSE AND kind <> 'temporary' GROUP BY standing"#
    )
    .fetch_all(&store.read)
    .await?;
    let mut counts = Vec::with_capacity(rows.len());
    for row in rows {
        counts.push((standing(&row.standing)?, place::from_stored(row.tokens)?));
    }
    counts.sort_unstable();
    Ok(counts)
}

pub(super) async fn free_fobs(
    store: &Store,
    after: Option<&Serial>,
    limit: u32,
) -> Result<Vec<FileToken>, Fault> {
    let after = after.map_or("", Serial::as_str);
    let seeds = store.seeds().await;
    // One text, so that the order comes from the serial numbers' index: by standing, each page would sort the whole stock anew.
    let rows = sqlx::query!(
        "SELECT token_id, serial, maker, parameters, seed FROM token
         WHERE serial > $1 AND arriving = FALSE AND employee_id IS NULL
             AND (kind || ' ' || standing) IN ('fob in-stock', 'fob returned')
         ORDER BY serial LIMIT $2",
        after,
        i64::from(limit)
    )
    .fetch_all(&store.read)
    .await?;
    let mut tokens = Vec::with_capacity(rows.len());
    for row in rows {
        let identity = seal_identity(&row.token_id, None, &row.serial);
        let mut seed = seeds.token_seed.open(&identity, &row.seed)?;
        let seed = Seed::new(std::mem::take(&mut *seed));
        tokens.push(FileToken {
            serial: row.serial.parse().map_err(|_| Fault::Form("a token's serial number"))?,
            maker: row.maker,
            parameters: from_json(&row.parameters)?,
            seed: seed.map_err(|_| Fault::Form("a token's seed"))?,
        });
    }
    Ok(tokens)
}

impl Row {
    fn record(self) -> Result<TokenRecord, Fault> {
        let holder = self.employee_id.map(|id| id.parse().map(EmployeeId)).transpose();
        Ok(TokenRecord {
            id: TokenId(self.token_id.parse().map_err(|_| Fault::Form("a token's identity"))?),
            serial: self.serial.parse().map_err(|_| Fault::Form("a token's serial number"))?,
            kind: self.kind.parse().map_err(|()| Fault::Form("a token's kind"))?,
            maker: self.maker,
            parameters: from_json(&self.parameters)?,
            standing: standing(&self.standing)?,
            since: moment::from_stored(self.since)?,
            until: self.until.map(moment::from_stored).transpose()?,
            holder: holder.map_err(|_| Fault::Form("a token's employee"))?,
            state: from_json(&self.state)?,
            version: self.version,
        })
    }
}

fn standing(word: &str) -> Result<Standing, Fault> {
    word.parse().map_err(|()| Fault::Form("a token's standing"))
}
