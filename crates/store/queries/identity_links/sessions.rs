//! What is written of a link when it was used, together with the session that it opens; and its end.

use kinfold_service::ports::{LinkId, LinkRow, SessionRow};

use crate::Store;
use crate::engine::Connection;
use crate::fault::{Fault, moment};
use crate::staff::{insert_session, update_session};

pub(super) async fn open(
    store: &Store,
    link: &LinkRow,
    session: &SessionRow,
) -> Result<bool, Fault> {
    let mut tx = store.begin().await?;
    if link.employee != session.employee || !put(&mut tx, link).await? {
        return Ok(false);
    }
    insert_session(store, &mut tx, session).await?;
    tx.commit().await?;
    Ok(true)
}

pub(super) async fn renew(
    store: &Store,
    link: &LinkRow,
    session: &SessionRow,
) -> Result<bool, Fault> {
    let mut tx = store.begin().await?;
    if link.employee != session.employee
        || !put(&mut tx, link).await?
        || !update_session(&mut tx, session).await?
    {
        return Ok(false);
    }
    tx.commit().await?;
    Ok(true)
}

pub(super) async fn remove(store: &Store, link: LinkId) -> Result<bool, Fault> {
    let id = link.0.to_string();
    let mut tx = store.begin().await?;
    let employee = sqlx::query_scalar!(
        "DELETE FROM identity_link WHERE link_id = $1 RETURNING employee_id",
        id
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(employee) = employee else { return Ok(false) };
    sqlx::query!("DELETE FROM session WHERE employee_id = $1", employee).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(true)
}

/// Writes when it was used, if it is still there.
async fn put(tx: &mut Connection, link: &LinkRow) -> Result<bool, Fault> {
    let (id, used) = (link.id.0.to_string(), link.used.map(moment::to_stored));
    let put = sqlx::query!("UPDATE identity_link SET used = $1 WHERE link_id = $2", used, id)
        .execute(tx)
        .await?;
    Ok(put.rows_affected() == 1)
}
