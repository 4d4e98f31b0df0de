//! Accounts. Name, job, role, PIN hash and whether somebody may sign in are one sealed body, so that nobody who can write
//! the file alone gives a person another role or another PIN.

use jiff::Timestamp;
use kinfold_domain::{EmailAddress, Employee, EmployeeId, Personal, UserName};
use kinfold_service::ports::{AccountChange, AccountRow};
use kinfold_token::{PinHash, Profile};
use serde::{Deserialize, Serialize};

use crate::Store;
use crate::fault::Fault;
use crate::seeds::SeedSeals;

#[derive(Serialize, Deserialize)]
struct Body {
    employee: Employee,
    pin: String,
    #[serde(default)]
    given: bool,
    disabled: bool,
    #[serde(default)]
    profile: Profile,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    changed: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reviewed: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    email: Option<EmailAddress>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    external: Option<String>,
    #[serde(default)]
    withdrawn: bool,
}

fn seal(store: &Store, seeds: &SeedSeals, account: &AccountRow) -> Result<Vec<u8>, Fault> {
    let employee = account.employee.id.0.to_string();
    let body = Body {
        employee: account.employee.clone(),
        pin: account.pin.expose().to_owned(),
        given: account.given,
        disabled: account.disabled,
        profile: account.profile,
        changed: account.changed,
        reviewed: account.reviewed,
        email: account.email.clone(),
        external: account.external.as_ref().map(|id| id.expose().clone()),
        withdrawn: account.withdrawn,
    };
    let identity = [employee.as_bytes(), account.employee.user_name.as_str().as_bytes()];
    Ok(seeds.account.seal_json(&*store.columns.entropy, &identity, &body)?)
}

pub(super) async fn add(store: &Store, account: &AccountRow) -> Result<bool, Fault> {
    let employee = account.employee.id.0.to_string();
    let user_name = account.employee.user_name.as_str();
    let seeds = store.seeds().await;
    let sealed = seal(store, &seeds, account)?;
    let added = sqlx::query!(
        "INSERT INTO account (employee_id, user_name, sealed) VALUES ($1, $2, $3)
         ON CONFLICT (user_name) DO NOTHING",
        employee,
        user_name,
        sealed
    )
    .execute(&store.write)
    .await?;
    Ok(added.rows_affected() == 1)
}

/// Reads and writes in one transaction: of two changes at once neither undoes the other.
pub(super) async fn change(
    store: &Store,
    employee: EmployeeId,
    change: &AccountChange,
) -> Result<bool, Fault> {
    let employee = employee.0.to_string();
    let seeds = store.seeds().await;
    let mut tx = store.begin().await?;
    let row = sqlx::query_as!(
        Row,
        "SELECT employee_id, user_name, sealed FROM account WHERE employee_id = $1",
        employee
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(row) = row else { return Ok(false) };
    let sealed = seal(store, &seeds, &row.open(&seeds)?.after(change))?;
    sqlx::query!("UPDATE account SET sealed = $1 WHERE employee_id = $2", sealed, employee)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(true)
}

pub(super) async fn by_user_name(
    store: &Store,
    user_name: &UserName,
) -> Result<Option<AccountRow>, Fault> {
    let user_name = user_name.as_str();
    let seeds = store.seeds().await;
    sqlx::query_as!(
        Row,
        "SELECT employee_id, user_name, sealed FROM account WHERE user_name = $1",
        user_name
    )
    .fetch_optional(&store.read)
    .await?
    .map(|row| row.open(&seeds))
    .transpose()
}

pub(super) async fn of(store: &Store, employee: EmployeeId) -> Result<Option<AccountRow>, Fault> {
    let employee = employee.0.to_string();
    let seeds = store.seeds().await;
    sqlx::query_as!(
        Row,
        "SELECT employee_id, user_name, sealed FROM account WHERE employee_id = $1",
        employee
    )
    .fetch_optional(&store.read)
    .await?
    .map(|row| row.open(&seeds))
    .transpose()
}

pub(super) async fn all(store: &Store) -> Result<Vec<AccountRow>, Fault> {
    let seeds = store.seeds().await;
    let rows = sqlx::query_as!(
        Row,
        "SELECT employee_id, user_name, sealed FROM account ORDER BY user_name"
    )
    .fetch_all(&store.read)
    .await?;
    rows.into_iter().map(|row| row.open(&seeds)).collect()
}

/// An account as its table holds it.
struct Row {
    employee_id: String,
    user_name: String,
    sealed: Vec<u8>,
}

impl Row {
    fn open(self, seeds: &SeedSeals) -> Result<AccountRow, Fault> {
        let identity = [self.employee_id.as_bytes(), self.user_name.as_bytes()];
        let body: Body = seeds.account.open_json(&identity, &self.sealed)?;
        let pin: PinHash = body.pin.parse().map_err(|_| Fault::Form("a stored PIN hash"))?;
        let external = body.external.map(Personal::new);
        let Body {
            employee, given, disabled, profile, changed, reviewed, email, withdrawn, ..
        } = body;
        Ok(AccountRow {
            employee,
            pin,
            given,
            disabled,
            profile,
            changed,
            reviewed,
            email,
            external,
            withdrawn,
        })
    }
}
