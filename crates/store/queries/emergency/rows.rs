//! Sheets as their table holds them.

use kinfold_domain::EmployeeId;
use kinfold_service::ports::{SheetId, SheetRow};

use crate::Store;
use crate::fault::{Fault, moment};
use crate::seeds::SeedSeals;

pub(super) async fn of(store: &Store, employee: EmployeeId) -> Result<Option<SheetRow>, Fault> {
    let employee_id = employee.0.to_string();
    let seeds = store.seeds().await;
    let row = sqlx::query!(
        "SELECT sheet_id, made, version, sealed FROM emergency_sheet WHERE employee_id = $1",
        employee_id
    )
    .fetch_optional(&store.read)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let identity = [row.sheet_id.as_bytes(), employee_id.as_bytes()];
    let sheet = seeds.emergency.open_json(&identity, &row.sealed)?;
    let id = row.sheet_id.parse().map_err(|_| Fault::Form("the identity of emergency codes"))?;
    let made = moment::from_stored(row.made)?;
    Ok(Some(SheetRow { id: SheetId(id), employee, made, sheet, version: row.version }))
}

/// Of two that are made at once one is kept: the other one finds that the sheet before it is gone.
pub(super) async fn put(
    store: &Store,
    sheet: &SheetRow,
    before: Option<SheetId>,
) -> Result<bool, Fault> {
    let (id, employee) = (sheet.id.0.to_string(), sheet.employee.0.to_string());
    let made = moment::to_stored(sheet.made);
    let seeds = store.seeds().await;
    let sealed = seal(store, &seeds, sheet)?;
    let mut tx = store.begin().await?;
    if let Some(before) = before {
        let before = before.0.to_string();
        let ended = sqlx::query!(
            "DELETE FROM emergency_sheet WHERE sheet_id = $1 AND employee_id = $2",
            before,
            employee
        )
        .execute(&mut *tx)
        .await?;
        if ended.rows_affected() != 1 {
            return Ok(false);
        }
    }
    let kept = sqlx::query!(
        "INSERT INTO emergency_sheet (sheet_id, employee_id, made, version, sealed)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (employee_id) DO NOTHING",
        id,
        employee,
        made,
        sheet.version,
        sealed
    )
    .execute(&mut *tx)
    .await?;
    if kept.rows_affected() != 1 {
        return Ok(false);
    }
    tx.commit().await?;
    Ok(true)
}

pub(super) fn seal(store: &Store, seeds: &SeedSeals, sheet: &SheetRow) -> Result<Vec<u8>, Fault> {
    let (id, employee) = (sheet.id.0.to_string(), sheet.employee.0.to_string());
    let identity = [id.as_bytes(), employee.as_bytes()];
    Ok(seeds.emergency.seal_json(&*store.columns.entropy, &identity, &sheet.sheet)?)
}
