//! What is written of a passkey when it was used, together with the session that it opens; and its end.

use kinfold_service::ports::{PasskeyId, PasskeyRow, SessionId, SessionRow};

use super::rows::seal;
use crate::Store;
use crate::engine::Connection;
use crate::fault::{Fault, moment};
use crate::seeds::SeedSeals;
use crate::staff::{insert_session, update_session};
use crate::tokens::to_json;

pub(super) async fn save(store: &Store, passkey: &PasskeyRow) -> Result<bool, Fault> {
    let seeds = store.seeds().await;
    let mut tx = store.begin().await?;
    let saved = put((store, &seeds), &mut tx, passkey).await?;
    tx.commit().await?;
    Ok(saved)
}

pub(super) async fn open(
    store: &Store,
    passkey: &PasskeyRow,
    session: &SessionRow,
) -> Result<bool, Fault> {
    let seeds = store.seeds().await;
    let mut tx = store.begin().await?;
    if passkey.employee != session.employee || !put((store, &seeds), &mut tx, passkey).await? {
        return Ok(false);
    }
    insert_session(store, &mut tx, session).await?;
    tx.commit().await?;
    Ok(true)
}

/// `false`, and nothing written, also when the session has ended in between.
pub(super) async fn renew(
    store: &Store,
    passkey: &PasskeyRow,
    session: &SessionRow,
) -> Result<bool, Fault> {
    let seeds = store.seeds().await;
    let mut tx = store.begin().await?;
    if passkey.employee != session.employee
        || !put((store, &seeds), &mut tx, passkey).await?
        || !update_session(&mut tx, session).await?
    {
        return Ok(false);
    }
    tx.commit().await?;
    Ok(true)
}

pub(super) async fn remove(
    store: &Store,
    passkey: PasskeyId,
    keep: Option<SessionId>,
) -> Result<bool, Fault> {
    let id = passkey.0.to_string();
    // No session has an empty identity.
    let keep = keep.map(|keep| keep.0.to_vec()).unwrap_or_default();
    let mut tx = store.begin().await?;
    let employee =
        sqlx::query_scalar!("DELETE FROM passkey WHERE passkey_id = $1 RETURNING employee_id", id)
            .fetch_optional(&mut *tx)
            .await?;
    let Some(employee) = employee else { return Ok(false) };
    sqlx::query!("DELETE FROM session WHERE employee_id = $1 AND session_id <> $2", employee, keep)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(true)
}

/// Writes counter, misses and use over the version that was read.
async fn put(
    (store, seeds): (&Store, &SeedSeals),
    tx: &mut Connection,
    passkey: &PasskeyRow,
) -> Result<bool, Fault> {
    let (id, misses) = (passkey.id.0.to_string(), to_json(&passkey.misses)?);
    let (used, sealed) = (passkey.used.map(moment::to_stored), seal(store, seeds, passkey)?);
    let put = sqlx::query!(
        "UPDATE passkey SET used = $1, misses = $2, sealed = $3, version = version + 1
         WHERE passkey_id = $4 AND version = $5",
        used,
        misses,
        sealed,
        id,
        passkey.version
    )
    .execute(tx)
    .await?;
    Ok(put.rows_affected() == 1)
}
