//! Employees' tokens: their sealed seeds, and their states, which are written by compare-and-swap on `version`.

use kinfold_domain::EmployeeId;
use kinfold_service::ports::{Burn, TokenId, TokenRow};
use kinfold_token::{Seed, Standing};

use crate::Store;
use crate::engine::Connection;
use crate::fault::{Fault, moment};
use crate::tokens::{from_json, to_json};

pub(super) async fn add(store: &Store, token: &TokenRow) -> Result<(), Fault> {
    let (id, employee) = (token.id.0.to_string(), token.employee.0.to_string());
    let (parameters, state) = (to_json(&token.parameters)?, to_json(&token.state)?);
    let (serial, kind, standing) =
        (token.serial.as_str(), token.kind.word(), token.standing.word());
    let (since, until) = (moment::to_stored(token.since), token.until.map(moment::to_stored));
    let identity = [id.as_bytes(), employee.as_bytes()];
    let (seeds, entropy) = (store.seeds().await, &*store.columns.entropy);
    let seed = seeds.token_seed.seal(entropy, &identity, token.seed.expose())?;
    let mut tx = store.begin().await?;
    if token.standing == Standing::Assigned {
        supersede(&mut tx, (&employee, Standing::Assigned), &id, since).await?;
    }
    end_temporary(&mut tx, &employee, since).await?;
    sqlx::query!(
        "INSERT INTO token (token_id, serial, kind, maker, standing, since, until, arriving,
             employee_id, added, parameters, state, version, seed)
         VALUES ($1, $2, $3, '', $4, $5, $6, FALSE, $7,
             (SELECT COALESCE(MAX(added) + 1, 0) FROM token WHERE employee_id = $7),
             $8, $9, $10, $11)",
        id,
        serial,
        kind,
        standing,
        since,
        until,
        employee,
        parameters,
        state,
        token.version,
        seed
    )
    .execute(&mut *tx)
    .await?;
    Ok(tx.commit().await?)
}

/// What stands in the place of a seed that was destroyed.
const NO_SEED: &[u8] = &[];

/// An employee's other tokens that stand so give way: fobs are to be handed back, other secrets are destroyed. Their version grows
/// too: a sign-in that read one before is refused after.
pub(crate) async fn supersede(
    tx: &mut Connection,
    (employee, standing): (&str, Standing),
    by: &str,
    since: i64,
) -> Result<(), Fault> {
    let standing = standing.word();
    sqlx::query!(
        "UPDATE token SET standing = CASE kind WHEN 'fob' THEN 'replaced' ELSE 'disposed' END,
             seed = CASE kind WHEN 'fob' THEN seed ELSE $5 END,
             since = $1, version = version + 1
         WHERE employee_id = $2 AND standing = $3 AND token_id <> $4",
        since,
        employee,
        standing,
        by,
        NO_SEED
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(crate) async fn end_temporary(
    tx: &mut Connection,
    employee: &str,
    since: i64,
) -> Result<(), Fault> {
    sqlx::query!(
        "UPDATE token SET standing = 'disposed', seed = $3, since = $1, version = version + 1
         WHERE employee_id = $2 AND kind = 'temporary' AND standing = 'in-use'",
        since,
        employee,
        NO_SEED
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn newest(
    store: &Store,
    employee: EmployeeId,
    standing: Standing,
) -> Result<Option<TokenRow>, Fault> {
    let (employee_id, word) = (employee.0.to_string(), standing.word());
    let seeds = store.seeds().await;
    let row = sqlx::query!(
        "SELECT token_id, serial, kind, since, until, parameters, state, version, seed FROM token
         WHERE employee_id = $1 AND standing = $2 ORDER BY added DESC LIMIT 1",
        employee_id,
        word
    )
    .fetch_optional(&store.read)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let identity = [row.token_id.as_bytes(), employee_id.as_bytes()];
    let mut seed = seeds.token_seed.open(&identity, &row.seed)?;
    let seed = Seed::new(std::mem::take(&mut *seed));
    Ok(Some(TokenRow {
        id: TokenId(row.token_id.parse().map_err(|_| Fault::Form("a token's identity"))?),
        serial: row.serial.parse().map_err(|_| Fault::Form("a token's serial number"))?,
        kind: row.kind.parse().map_err(|()| Fault::Form("a token's kind"))?,
        employee,
        parameters: from_json(&row.parameters)?,
        seed: seed.map_err(|_| Fault::Form("a token's seed"))?,
        state: from_json(&row.state)?,
        standing,
        since: moment::from_stored(row.since)?,
        until: row.until.map(moment::from_stored).transpose()?,
        version: row.version,
    }))
}

pub(super) async fn save(store: &Store, burn: Burn) -> Result<bool, Fault> {
    let (id, state) = (burn.token.0.to_string(), to_json(&burn.state)?);
    let saved = sqlx::query!(
        "UPDATE token SET state = $1, version = version + 1
         WHERE token_id = $2 AND version = $3 AND standing IN ('assigned', 'in-use')",
        state,
        id,
        burn.version
    )
    .execute(&store.write)
    .await?;
    Ok(saved.rows_affected() == 1)
}

pub(super) async fn activate(store: &Store, burn: Burn) -> Result<bool, Fault> {
    let (id, state) = (burn.token.0.to_string(), to_json(&burn.state)?);
    let since = moment::to_stored(burn.at);
    let mut tx = store.begin().await?;
    let employee = sqlx::query_scalar!(
        "UPDATE token SET state = $1, version = version + 1, standing = 'in-use', since = $2
         WHERE token_id = $3 AND version = $4 AND standing = 'assigned' RETURNING employee_id",
        state,
        since,
        id,
        burn.version
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(Some(employee)) = employee else { return Ok(false) };
    end_temporary(&mut tx, &employee, since).await?;
    supersede(&mut tx, (&employee, Standing::InUse), &id, since).await?;
    tx.commit().await?;
    Ok(true)
}
