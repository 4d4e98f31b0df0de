//! Sessions: opened and unlocked only together with the burning of a code.

use kinfold_domain::EmployeeId;
use kinfold_service::ports::{Burn, SessionId, SessionRow};

use crate::Store;
use crate::engine::Connection;
use crate::fault::{Fault, moment};
use crate::tokens::to_json;

pub(super) async fn open(store: &Store, burn: Burn, session: &SessionRow) -> Result<bool, Fault> {
    let mut tx = store.begin().await?;
    if !spend(&mut tx, burn, &session.employee.0.to_string()).await? {
        return Ok(false);
    }
    insert(store, &mut tx, session).await?;
    tx.commit().await?;
    Ok(true)
}

/// What proves the session's employee must be written in the same transaction.
pub(crate) async fn insert(
    store: &Store,
    tx: &mut Connection,
    session: &SessionRow,
) -> Result<(), Fault> {
    let (id, employee) = (session.id.0.as_slice(), session.employee.0.to_string());
    let [began, seen, proved] = moments(session);
    let place = seal(store, session)?;
    sqlx::query!(
        "INSERT INTO session (session_id, employee_id, began, seen, proved, locked, place)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        id,
        employee,
        began,
        seen,
        proved,
        session.locked,
        place
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// `false`, and nothing written, also when the session has ended in between.
pub(super) async fn renew(store: &Store, burn: Burn, session: &SessionRow) -> Result<bool, Fault> {
    let mut tx = store.begin().await?;
    if !spend(&mut tx, burn, &session.employee.0.to_string()).await?
        || !update(&mut tx, session).await?
    {
        return Ok(false);
    }
    tx.commit().await?;
    Ok(true)
}

/// Somebody has proved themselves anew in a session that is there: `false` when it has ended. It is not unlocked by that.
pub(crate) async fn update(tx: &mut Connection, session: &SessionRow) -> Result<bool, Fault> {
    let (id, employee) = (session.id.0.as_slice(), session.employee.0.to_string());
    let [_, seen, proved] = moments(session);
    let renewed = sqlx::query!(
        "UPDATE session SET seen = CASE WHEN seen < $1 THEN $1 ELSE seen END, proved = $2
         WHERE session_id = $3 AND employee_id = $4",
        seen,
        proved,
        id,
        employee
    )
    .execute(tx)
    .await?;
    Ok(renewed.rows_affected() == 1)
}

/// The compare-and-swap that makes one code good once: only an active token of that very employee, only if nobody wrote
/// since it was read.
async fn spend(tx: &mut Connection, burn: Burn, employee: &str) -> Result<bool, Fault> {
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
    let row = sqlx::query_as!(
        Row,
        "SELECT session_id, employee_id, began, seen, proved, locked, place FROM session
         WHERE session_id = $1",
        session_id
    )
    .fetch_optional(&store.read)
    .await?;
    row.map(|row| row.open(store)).transpose()
}

pub(super) async fn of(store: &Store, employee: EmployeeId) -> Result<Vec<SessionRow>, Fault> {
    let employee = employee.0.to_string();
    let rows = sqlx::query_as!(
        Row,
        "SELECT session_id, employee_id, began, seen, proved, locked, place FROM session
         WHERE employee_id = $1",
        employee
    )
    .fetch_all(&store.read)
    .await?;
    rows.into_iter().map(|row| row.open(store)).collect()
}

pub(super) async fn all(store: &Store) -> Result<Vec<SessionRow>, Fault> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT session_id, employee_id, began, seen, proved, locked, place FROM session"
    )
    .fetch_all(&store.read)
    .await?;
    rows.into_iter().map(|row| row.open(store)).collect()
}

/// Never unlocks and never turns `seen` back, so that a request that was under way when the session was locked can't open
/// it again: only a fresh code does.
pub(super) async fn touch(store: &Store, sessions: &[SessionRow]) -> Result<(), Fault> {
    // In one order, whoever writes.
    let mut sessions: Vec<&SessionRow> = sessions.iter().collect();
    sessions.sort_by_key(|session| session.id.0);
    let mut tx = store.begin().await?;
    for session in sessions {
        let (id, seen) = (session.id.0.as_slice(), moment::to_stored(session.seen));
        sqlx::query!(
            "UPDATE session SET seen = CASE WHEN seen < $1 THEN $1 ELSE seen END,
             locked = (locked OR $2)
         WHERE session_id = $3",
            seen,
            session.locked,
            id
        )
        .execute(&mut *tx)
        .await?;
    }
    Ok(tx.commit().await?)
}

pub(super) async fn end(store: &Store, id: SessionId) -> Result<(), Fault> {
    let id = id.0.as_slice();
    let mut tx = store.begin().await?;
    sqlx::query!("DELETE FROM session WHERE session_id = $1", id).execute(&mut *tx).await?;
    Ok(tx.commit().await?)
}

pub(super) async fn end_all(store: &Store, employee: EmployeeId) -> Result<(), Fault> {
    let employee = employee.0.to_string();
    // Behind whoever opens one just now, so that it is met, too.
    let mut tx = store.begin().await?;
    sqlx::query!("DELETE FROM session WHERE employee_id = $1", employee).execute(&mut *tx).await?;
    Ok(tx.commit().await?)
}

/// A session as its table holds it.
struct Row {
    session_id: Vec<u8>,
    employee_id: String,
    began: i64,
    seen: i64,
    proved: i64,
    locked: bool,
    place: Option<Vec<u8>>,
}

impl Row {
    fn open(self, store: &Store) -> Result<SessionRow, Fault> {
        let identity = [self.session_id.as_slice(), self.employee_id.as_bytes()];
        let open = |sealed: &Vec<u8>| store.columns.session_place.open_json(&identity, sealed);
        let place = self.place.as_ref().map(open).transpose()?;
        let id = self.session_id.try_into().map_err(|_| Fault::Form("a session's identity"))?;
        let employee = self.employee_id.parse().map_err(|_| Fault::Form("a session's employee"))?;
        Ok(SessionRow {
            id: SessionId(id),
            employee: EmployeeId(employee),
            began: moment::from_stored(self.began)?,
            seen: moment::from_stored(self.seen)?,
            proved: moment::from_stored(self.proved)?,
            locked: self.locked,
            place,
        })
    }
}

fn seal(store: &Store, session: &SessionRow) -> Result<Option<Vec<u8>>, Fault> {
    let employee = session.employee.0.to_string();
    let identity = [session.id.0.as_slice(), employee.as_bytes()];
    let columns = &store.columns;
    let seal = |place| columns.session_place.seal_json(&*columns.entropy, &identity, place);
    Ok(session.place.as_ref().map(seal).transpose()?)
}

fn moments(session: &SessionRow) -> [i64; 3] {
    [session.began, session.seen, session.proved].map(moment::to_stored)
}
