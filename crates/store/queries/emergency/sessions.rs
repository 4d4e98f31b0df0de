//! What is written of a sheet when a code was tried, together with the session that it opens; and its end.

use kinfold_service::ports::{SessionId, SessionRow, SheetId, SheetRow};

use super::rows::seal;
use crate::Store;
use crate::engine::Connection;
use crate::fault::Fault;
use crate::seeds::SeedSeals;
use crate::staff::insert_session;

pub(super) async fn save(store: &Store, sheet: &SheetRow) -> Result<bool, Fault> {
    let seeds = store.seeds().await;
    let mut tx = store.begin().await?;
    let saved = put((store, &seeds), &mut tx, sheet).await?;
    tx.commit().await?;
    Ok(saved)
}

pub(super) async fn open(
    store: &Store,
    sheet: &SheetRow,
    session: &SessionRow,
) -> Result<bool, Fault> {
    let seeds = store.seeds().await;
    let mut tx = store.begin().await?;
    if sheet.employee != session.employee || !put((store, &seeds), &mut tx, sheet).await? {
        return Ok(false);
    }
    insert_session(store, &mut tx, session).await?;
    tx.commit().await?;
    Ok(true)
}

pub(super) async fn end(
    store: &Store,
    sheet: SheetId,
    keep: Option<SessionId>,
) -> Result<bool, Fault> {
    let id = sheet.0.to_string();
    // No session has an empty identity.
    let keep = keep.map(|keep| keep.0.to_vec()).unwrap_or_default();
    let mut tx = store.begin().await?;
    let employee = sqlx::query_scalar!(
        "DELETE FROM emergency_sheet WHERE sheet_id = $1 RETURNING employee_id",
        id
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(employee) = employee else { return Ok(false) };
    sqlx::query!("DELETE FROM session WHERE employee_id = $1 AND session_id <> $2", employee, keep)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(true)
}

/// Writes spent codes and misses over the version that was read: the compare-and-swap that makes a code good once.
async fn put(
    (store, seeds): (&Store, &SeedSeals),
    tx: &mut Connection,
    sheet: &SheetRow,
) -> Result<bool, Fault> {
    let id = sheet.id.0.to_string();
    let sealed = seal(store, seeds, sheet)?;
    let put = sqlx::query!(
        "UPDATE emergency_sheet SET sealed = $1, version = version + 1
         WHERE sheet_id = $2 AND version = $3",
        sealed,
        id,
        sheet.version
    )
    .execute(tx)
    .await?;
    Ok(put.rows_affected() == 1)
}
