//! Tokens: their sealed seeds, and their states, which are written by compare-and-swap on `version`.

use kinfold_domain::EmployeeId;
use kinfold_service::ports::{Burn, TokenId, TokenRow, TokenStatus};
use kinfold_token::Seed;
use serde::{Serialize, de::DeserializeOwned};

use crate::Store;
use crate::fault::Fault;

pub(super) async fn add(store: &Store, token: &TokenRow) -> Result<(), Fault> {
    let (id, employee) = (token.id.0.to_string(), token.employee.0.to_string());
    let (parameters, state) = (to_json(&token.parameters)?, to_json(&token.state)?);
    let (status, columns) = (word(token.status), &store.columns);
    let identity = [id.as_bytes(), employee.as_bytes()];
    let seed = columns.token_seed.seal(&*columns.entropy, &identity, token.seed.expose())?;
    let mut tx = store.begin().await?;
    sqlx::query!(
        "UPDATE token SET status = 'revoked', version = version + 1
         WHERE employee_id = $1 AND status = 'pending'",
        employee
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "INSERT INTO token (token_id, employee_id, added, status, parameters, state, version, seed)
         VALUES ($1, $2, (SELECT COALESCE(MAX(added) + 1, 0) FROM token WHERE employee_id = $2),
             $3, $4, $5, $6, $7)",
        id,
        employee,
        status,
        parameters,
        state,
        token.version,
        seed
    )
    .execute(&mut *tx)
    .await?;
    Ok(tx.commit().await?)
}

pub(super) async fn newest(
    store: &Store,
    employee: EmployeeId,
    status: TokenStatus,
) -> Result<Option<TokenRow>, Fault> {
    let (employee_id, status_word) = (employee.0.to_string(), word(status));
    let row = sqlx::query!(
        "SELECT token_id, parameters, state, version, seed FROM token
         WHERE employee_id = $1 AND status = $2 ORDER BY added DESC LIMIT 1",
        employee_id,
        status_word
    )
    .fetch_optional(&store.read)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let identity = [row.token_id.as_bytes(), employee_id.as_bytes()];
    let mut seed = store.columns.token_seed.open(&identity, &row.seed)?;
    let seed = Seed::new(std::mem::take(&mut *seed));
    Ok(Some(TokenRow {
        id: TokenId(row.token_id.parse().map_err(|_| Fault::Form("a token's identity"))?),
        employee,
        parameters: from_json(&row.parameters)?,
        seed: seed.map_err(|_| Fault::Form("a token's seed"))?,
        state: from_json(&row.state)?,
        status,
        version: row.version,
    }))
}

pub(super) async fn save(store: &Store, burn: Burn) -> Result<bool, Fault> {
    let (id, state) = (burn.token.0.to_string(), to_json(&burn.state)?);
    let saved = sqlx::query!(
        "UPDATE token SET state = $1, version = version + 1
         WHERE token_id = $2 AND version = $3 AND status <> 'revoked'",
        state,
        id,
        burn.version
    )
    .execute(&store.write)
    .await?;
    Ok(saved.rows_affected() == 1)
}

/// Revoking raises the version too: a sign-in that read the token before is refused after.
pub(super) async fn activate(store: &Store, burn: Burn) -> Result<bool, Fault> {
    let (id, state) = (burn.token.0.to_string(), to_json(&burn.state)?);
    let mut tx = store.begin().await?;
    let employee = sqlx::query_scalar!(
        "UPDATE token SET state = $1, version = version + 1, status = 'active'
         WHERE token_id = $2 AND version = $3 AND status = 'pending' RETURNING employee_id",
        state,
        id,
        burn.version
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(employee) = employee else { return Ok(false) };
    sqlx::query!(
        "UPDATE token SET status = 'revoked', version = version + 1
         WHERE employee_id = $1 AND status = 'active' AND token_id <> $2",
        employee,
        id
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(true)
}

pub(super) const fn word(status: TokenStatus) -> &'static str {
    match status {
        TokenStatus::Pending => "pending",
        TokenStatus::Active => "active",
        TokenStatus::Revoked => "revoked",
    }
}

pub(super) fn to_json(value: &impl Serialize) -> Result<String, Fault> {
    serde_json::to_string(value).map_err(|_| Fault::Form("a token's state"))
}

fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, Fault> {
    serde_json::from_str(text).map_err(|_| Fault::Form("a token's stored state"))
}
