//! A token's life, step by step.

use jiff::Timestamp;
use kinfold_domain::EmployeeId;
use kinfold_service::ports::TokenChange;
use kinfold_token::Standing;

use super::{seal_identity, to_json};
use crate::Store;
use crate::engine::Connection;
use crate::fault::{Fault, moment};
use crate::seeds::SeedSeals;
use crate::staff::{end_temporary as end_temporary_in, supersede};

pub(super) async fn change(store: &Store, change: &TokenChange) -> Result<bool, Fault> {
    let (id, standing) = (change.token.0.to_string(), change.standing.word());
    let holder = change.holder.map(|holder| holder.0.to_string());
    let (since, state) = (moment::to_stored(change.at), to_json(&change.state)?);
    let seeds = store.seeds().await;
    let mut tx = store.begin().await?;
    let row = sqlx::query!(
        "SELECT serial, employee_id, added, seed FROM token
         WHERE token_id = $1 AND version = $2 AND arriving = FALSE",
        id,
        change.version
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(row) = row else { return Ok(false) };
    let seed = if change.standing == Standing::Disposed {
        Vec::new()
    } else {
        let (from, to) = (row.employee_id.as_deref(), holder.as_deref());
        rebound((store, &seeds), (&id, &row.serial), (from, to), row.seed)?
    };
    let added = if row.employee_id == holder {
        row.added
    } else if let Some(holder) = &holder {
        Some(next_of(&mut tx, holder).await?)
    } else {
        None
    };
    let written = sqlx::query!(
        "UPDATE token SET standing = $1, since = $2, employee_id = $3, added = $4, state = $5,
             seed = $6, version = version + 1
         WHERE token_id = $7 AND version = $8",
        standing,
        since,
        holder,
        added,
        state,
        seed,
        id,
        change.version
    )
    .execute(&mut *tx)
    .await?;
    // A miss or a spent code of another process came in between.
    if written.rows_affected() != 1 {
        return Ok(false);
    }
    if let (Standing::Assigned, Some(holder)) = (change.standing, &holder) {
        supersede(&mut tx, (holder, Standing::Assigned), &id, since).await?;
    }
    tx.commit().await?;
    Ok(true)
}

/// The seed, sealed for whoever holds the token from now on.
fn rebound(
    (store, seeds): (&Store, &SeedSeals),
    (id, serial): (&str, &str),
    (from, to): (Option<&str>, Option<&str>),
    sealed: Vec<u8>,
) -> Result<Vec<u8>, Fault> {
    if from == to {
        return Ok(sealed);
    }
    let (seal, entropy) = (&seeds.token_seed, &*store.columns.entropy);
    let seed = seal.open(&seal_identity(id, from, serial), &sealed)?;
    Ok(seal.seal(entropy, &seal_identity(id, to, serial), &seed)?)
}

/// Which of an employee's tokens the next one is.
async fn next_of(tx: &mut Connection, employee: &str) -> Result<i64, Fault> {
    let last = sqlx::query_scalar!(
        r#"SELECT MAX(added) AS "added: i64" FROM token WHERE employee_id = $1"#,
        employee
    )
    .fetch_one(tx)
    .await?;
    Ok(last.map_or(0, |last| last + 1))
}

pub(super) async fn end_temporary(
    store: &Store,
    holder: EmployeeId,
    at: Timestamp,
) -> Result<(), Fault> {
    let holder = holder.0.to_string();
    let mut tx = store.begin().await?;
    end_temporary_in(&mut tx, &holder, moment::to_stored(at)).await?;
    Ok(tx.commit().await?)
}
