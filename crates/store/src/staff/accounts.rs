//! Accounts. Name, job, role, PIN hash and whether somebody may sign in are one sealed body, so that nobody who can write
//! the file alone gives a person another role or another PIN.

use kinfold_domain::{EmailAddress, Employee, EmployeeId, UserName};
use kinfold_service::ports::AccountRow;
use kinfold_token::PinHash;
use serde::{Deserialize, Serialize};

use crate::Store;
use crate::fault::Fault;

#[derive(Serialize, Deserialize)]
struct Body {
    employee: Employee,
    pin: String,
    disabled: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    email: Option<EmailAddress>,
}

fn seal(store: &Store, account: &AccountRow) -> Result<Vec<u8>, Fault> {
    let employee = account.employee.id.0.to_string();
    let body = Body {
        employee: account.employee.clone(),
        pin: account.pin.expose().to_owned(),
        disabled: account.disabled,
        email: account.email.clone(),
    };
    let identity = [employee.as_bytes(), account.employee.user_name.as_str().as_bytes()];
    let columns = &store.columns;
    Ok(columns.account.seal_json(&*columns.entropy, &identity, &body)?)
}

pub(super) async fn add(store: &Store, account: &AccountRow) -> Result<bool, Fault> {
    let employee = account.employee.id.0.to_string();
    let user_name = account.employee.user_name.as_str();
    let sealed = seal(store, account)?;
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

pub(super) async fn set_email(
    store: &Store,
    employee: EmployeeId,
    email: Option<&EmailAddress>,
) -> Result<bool, Fault> {
    let Some(account) = of(store, employee).await? else { return Ok(false) };
    let sealed = seal(store, &AccountRow { email: email.cloned(), ..account })?;
    let employee = employee.0.to_string();
    let written =
        sqlx::query!("UPDATE account SET sealed = $1 WHERE employee_id = $2", sealed, employee)
            .execute(&store.write)
            .await?;
    Ok(written.rows_affected() == 1)
}

pub(super) async fn by_user_name(
    store: &Store,
    user_name: &UserName,
) -> Result<Option<AccountRow>, Fault> {
    let user_name = user_name.as_str();
    sqlx::query_as!(
        Row,
        "SELECT employee_id, user_name, sealed FROM account WHERE user_name = $1",
        user_name
    )
    .fetch_optional(&store.read)
    .await?
    .map(|row| row.open(store))
    .transpose()
}

pub(super) async fn of(store: &Store, employee: EmployeeId) -> Result<Option<AccountRow>, Fault> {
    let employee = employee.0.to_string();
    sqlx::query_as!(
        Row,
        "SELECT employee_id, user_name, sealed FROM account WHERE employee_id = $1",
        employee
    )
    .fetch_optional(&store.read)
    .await?
    .map(|row| row.open(store))
    .transpose()
}

pub(super) async fn all(store: &Store) -> Result<Vec<AccountRow>, Fault> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT employee_id, user_name, sealed FROM account ORDER BY user_name"
    )
    .fetch_all(&store.read)
    .await?;
    rows.into_iter().map(|row| row.open(store)).collect()
}

/// An account as its table holds it.
struct Row {
    employee_id: String,
    user_name: String,
    sealed: Vec<u8>,
}

impl Row {
    fn open(self, store: &Store) -> Result<AccountRow, Fault> {
        let identity = [self.employee_id.as_bytes(), self.user_name.as_bytes()];
        let body: Body = store.columns.account.open_json(&identity, &self.sealed)?;
        let pin: PinHash = body.pin.parse().map_err(|_| Fault::Form("a stored PIN hash"))?;
        let Body { employee, disabled, email, .. } = body;
        Ok(AccountRow { employee, pin, disabled, email })
    }
}
