//! Links as their table holds them.

use kinfold_domain::EmployeeId;
use kinfold_oidc::Subject;
use kinfold_service::ports::{LinkId, LinkRow};

use crate::Store;
use crate::fault::{Fault, moment};

struct Row {
    link_id: String,
    employee_id: String,
    issuer: String,
    linked: i64,
    used: Option<i64>,
    sealed: Vec<u8>,
}

pub(super) async fn add(store: &Store, link: &LinkRow) -> Result<bool, Fault> {
    let (id, employee) = (link.id.0.to_string(), link.employee.0.to_string());
    let subject = link.subject.expose();
    let key = store.columns.subject_key(&link.issuer, subject);
    let (key, linked) = (key.as_slice(), moment::to_stored(link.linked));
    let identity = [id.as_bytes(), employee.as_bytes(), link.issuer.as_bytes()];
    let seal = &store.columns.identity_link;
    let sealed = seal.seal(&*store.columns.entropy, &identity, subject.as_bytes())?;
    let added = sqlx::query!(
        "INSERT INTO identity_link (link_id, employee_id, issuer, subject_key, linked, sealed)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT DO NOTHING",
        id,
        employee,
        link.issuer,
        key,
        linked,
        sealed
    )
    .execute(&store.write)
    .await?;
    Ok(added.rows_affected() == 1)
}

pub(super) async fn one(
    store: &Store,
    issuer: &str,
    subject: &Subject,
) -> Result<Option<LinkRow>, Fault> {
    let key = store.columns.subject_key(issuer, subject.expose());
    let key = key.as_slice();
    let row = sqlx::query_as!(
        Row,
        "SELECT link_id, employee_id, issuer, linked, used, sealed FROM identity_link
         WHERE subject_key = $1",
        key
    )
    .fetch_optional(&store.read)
    .await?;
    let link = row.map(|row| row.open(store)).transpose()?;
    // A digest that was moved to another row finds nobody.
    Ok(link.filter(|link| link.issuer == issuer && link.subject == *subject))
}

pub(super) async fn of(store: &Store, employee: EmployeeId) -> Result<Vec<LinkRow>, Fault> {
    let employee = employee.0.to_string();
    let rows = sqlx::query_as!(
        Row,
        "SELECT link_id, employee_id, issuer, linked, used, sealed FROM identity_link
         WHERE employee_id = $1 ORDER BY linked, link_id",
        employee
    )
    .fetch_all(&store.read)
    .await?;
    rows.into_iter().map(|row| row.open(store)).collect()
}

impl Row {
    fn open(self, store: &Store) -> Result<LinkRow, Fault> {
        let parts = [&self.link_id, &self.employee_id, &self.issuer];
        let identity = parts.map(String::as_bytes);
        let subject = store.columns.identity_link.open(&identity, &self.sealed)?;
        let subject = std::str::from_utf8(&subject).ok().and_then(Subject::new);
        let id = self.link_id.parse().map_err(|_| Fault::Form("a link's identity"))?;
        let employee = self.employee_id.parse().map_err(|_| Fault::Form("a link's employee"))?;
        Ok(LinkRow {
            id: LinkId(id),
            employee: EmployeeId(employee),
            issuer: self.issuer,
            subject: subject.ok_or(Fault::Form("a link's subject"))?,
            linked: moment::from_stored(self.linked)?,
            used: self.used.map(moment::from_stored).transpose()?,
        })
    }
}
