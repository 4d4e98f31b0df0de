//! Sessions: opened and unlocked only together with the burning of a code.

use kinfold_domain::EmployeeId;
use kinfold_service::ports::{Burn, SessionId, SessionRow};
use sqlx::SqliteConnection;

use crate::Store;
use crate::fault::{Fault, moment};
use crate::tokens::to_json;

pub(super) async fn open(store: &Store, burn: Burn, session: &SessionRow) -> Result<bool, Fault> {
    let (id, employee) = (session.id.0.as_slice(), session.employee.0.to_string());
    let [began, seen, proved] = moments(session);
    let mut tx = store.begin().await?;
    if !spend(&mut tx, burn, &employee).await? {
        return Ok(false);
    }
    sqlx::query!(
        "INSERT INTO session (session_id, employee_id, began, seen, proved, locked)
         VALUES ($1, $2, $3, $4, $5, $6)",
        id,
        employee,
        began,
        seen,
        proved,
        session.locked
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(true)
}

/// `false`, and nothing written, also when the session has ended in between.
pub(super) async fn renew(store: &Store, burn: Burn, session: &SessionRow) -> Result<bool, Fault> {
    let (id, employee) = (session.id.0.as_slice(), session.employee.0.to_string());
    let [_, seen, proved] = moments(session);
    let mut tx = store.begin().await?;
    if !spend(&mut tx, burn, &employee).await? {
        return Ok(false);
    }
    let renewed = sqlx::query!(
        "UPDATE session SET seen = $1, proved = $2, locked = $3
         WHERE session_id = $4 AND employee_id = $5",
        seen,
        proved,
        session.locked,
        id,
        employee
    )
    .execute(&mut *tx)
    .await?;
    if renewed.rows_affected() == 0 {
        return Ok(false);
    }
    tx.commit().await?;
    Ok(true)
}

/// The compare-and-swap that makes one code good once: only an active token of that very employee, only if nobody wrote
/// since it was read.
async fn spend(tx: &mut SqliteConnection, burn: Burn, employee: &str) -> Result<bool, Fault> {
    let (token, state) = (burn.token.0.to_string(), to_json(&burn.state)?);
    let spent = sqlx::query!(
        "UPDATE token SET state = $1, version = version + 1
         WHERE token_id = $2 AND version = $3 AND employee_id = $4 AND standing = 'in-use'",
        state,
        token,
        burn.version,
        employee
    )
    .execute(tx)
    .await?;
    Ok(spent.rows_affected() == 1)
}

pub(super) async fn one(store: &Store, id: SessionId) -> Result<Option<SessionRow>, Fault> {
    let session_id = id.0.as_slice();
    let row = sqlx::query!(
        "SELECT employee_id, began, seen, proved, locked FROM session WHERE session_id = $1",
        session_id
    )
    .fetch_optional(&store.read)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let employee = row.employee_id.parse().map_err(|_| Fault::Form("a session's employee"))?;
    Ok(Some(SessionRow {
        id,
        employee: EmployeeId(employee),
        began: moment::from_stored(row.began)?,
        seen: moment::from_stored(row.seen)?,
        proved: moment::from_stored(row.proved)?,
        locked: row.locked,
    }))
}

/// Never unlocks and never turns `seen` back, so that a request that was under way when the session was locked can't open
/// it again: only a fresh code does.
pub(super) async fn touch(store: &Store, session: &SessionRow) -> Result<(), Fault> {
    let (id, seen) = (session.id.0.as_slice(), moment::to_stored(session.seen));
    sqlx::query!(
        "UPDATE session SET seen = CASE WHEN seen < $1 THEN $1 ELSE seen END,
             locked = (locked OR $2)
         WHERE session_id = $3",
        seen,
        session.locked,
        id
    )
    .execute(&store.write)
    .await?;
    Ok(())
}

pub(super) async fn end(store: &Store, id: SessionId) -> Result<(), Fault> {
    let id = id.0.as_slice();
    sqlx::query!("DELETE FROM session WHERE session_id = $1", id).execute(&store.write).await?;
    Ok(())
}

pub(super) async fn end_all(store: &Store, employee: EmployeeId) -> Result<(), Fault> {
    let employee = employee.0.to_string();
    sqlx::query!("DELETE FROM session WHERE employee_id = $1", employee)
        .execute(&store.write)
        .await?;
    Ok(())
}

fn moments(session: &SessionRow) -> [i64; 3] {
    [session.began, session.seen, session.proved].map(moment::to_stored)
}
