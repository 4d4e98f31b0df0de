//! Accounts as the personnel system wants them: it says how somebody is to stand, and the steps follow from that.

use std::{collections::BTreeSet, sync::Arc};

use kinfold_domain::{EmailAddress, EmployeeId, Personal, Role, UserName};
use tokio::sync::Mutex;

use super::{Employed, Job, NewEmployee, Staff, StaffError, named};
use crate::{
    ports::{AccountChange, AccountRow, PortError},
    records::Asker,
};

/// An employee as the personnel system reads them.
#[derive(Clone, Debug)]
pub struct Known {
    /// As operators see them.
    pub employed: Employed,
    /// Where they are told that something waits.
    pub email: Option<EmailAddress>,
    /// What the personnel system calls them.
    pub external: Option<Personal<String>>,
}

/// How somebody is to stand.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// They work here.
    pub active: bool,
    /// Name.
    pub name: Personal<String>,
    /// Job.
    pub job: Job,
    /// Where they are told that something waits.
    pub email: Option<EmailAddress>,
    /// What the personnel system calls them.
    pub external: Option<Personal<String>>,
}

impl From<AccountRow> for Known {
    fn from(row: AccountRow) -> Self {
        let (email, external) = (row.email.clone(), row.external.clone());
        Self { employed: row.into(), email, external }
    }
}

/// What the personnel system does with accounts. Nobody gets in by that: a joiner has a PIN that nobody knows, and no token.
pub struct Personnel {
    staff: Arc<Staff>,
    system: Asker,
    roles: BTreeSet<Role>,
    /// One change after the other: each is made over what was read before it.
    turn: Mutex<()>,
}

impl Personnel {
    /// Over these accounts; `roles` are those that it may give and take.
    pub fn new(staff: Arc<Staff>, system: Asker, roles: BTreeSet<Role>) -> Self {
        Self { staff, system, roles, turn: Mutex::default() }
    }

    /// The roles that it gives and that the agreement in force knows here.
    pub fn roles(&self) -> Vec<String> {
        let gives = |role: &String| self.roles.iter().any(|known| known.as_str() == role);
        self.staff.roles().into_iter().filter(gives).collect()
    }

    /// Everybody whom the personnel system has not deleted, by user name.
    pub async fn all(&self) -> Result<Vec<Known>, PortError> {
        let rows = self.staff.store.accounts().await?.into_iter();
        Ok(rows.filter(|row| !row.withdrawn).map(Known::from).collect())
    }

    /// Whoever signs in under that name.
    pub async fn named(&self, user_name: &UserName) -> Result<Option<Known>, PortError> {
        let row = self.staff.store.account(user_name).await?;
        Ok(row.filter(|row| !row.withdrawn).map(Known::from))
    }

    /// One of them.
    pub async fn one(&self, employee: EmployeeId) -> Result<Known, StaffError> {
        Ok(self.row(employee).await?.into())
    }

    /// Adds somebody with a PIN that nobody knows: an operator gives another one together with a token.
    pub async fn join(&self, user_name: UserName, wanted: Wanted) -> Result<Known, StaffError> {
        let _turn = self.turn.lock().await;
        let Wanted { active, name, job, email, external } = wanted;
        self.is_its(&job.role)?;
        let Job { title: job_title, role } = job;
        let name = name.into_exposed();
        let new = NewEmployee { user_name: user_name.clone(), name, job_title, role, email };
        let (_, chosen) = self.staff.fresh_pin()?;
        let id = self.staff.employ(new, (&chosen, true), (external, Some(&self.system))).await?;
        if !active {
            self.staff.leave(&user_name, Some(&self.system)).await?;
        }
        self.one(id).await
    }

    /// Brings somebody to how they are to stand. Who is to leave leaves first, whatever else is wrong. Said again, it does what was left
    /// undone.
    pub async fn bring_to(
        &self,
        employee: EmployeeId,
        wanted: Wanted,
    ) -> Result<Known, StaffError> {
        let _turn = self.turn.lock().await;
        let row = self.row(employee).await?;
        if !wanted.active {
            self.end(&row).await?;
        }
        let job = self.other_job(&row, &wanted);
        let job = if wanted.active { job? } else { job.unwrap_or_default() };
        self.rename(&row, wanted.name.expose()).await?;
        self.reach(&row, wanted.email).await?;
        self.call(&row, wanted.external).await?;
        let (staff, user_name) = (&self.staff, &row.employee.user_name);
        match job {
            Some(job) if wanted.active && row.disabled => {
                // Nobody is told the PIN that it answers.
                drop(staff.come_back(user_name, job, Some(&self.system)).await?);
            }
            Some(job) => staff.move_to(user_name, job, Some(&self.system)).await?,
            None => {}
        }
        self.one(employee).await
    }

    /// Somebody has left; nothing else about them changes.
    pub async fn leave(&self, employee: EmployeeId) -> Result<(), StaffError> {
        let _turn = self.turn.lock().await;
        self.end(&self.row(employee).await?).await
    }

    /// Somebody has left, and the personnel system forgets them. The account stays, with its user name.
    pub async fn withdraw(&self, employee: EmployeeId) -> Result<(), StaffError> {
        let _turn = self.turn.lock().await;
        let row = self.row(employee).await?;
        self.end(&row).await?;
        self.say(employee, "withdrawn").await?;
        self.staff.change(&row, &AccountChange::Withdrawn).await
    }

    /// Of somebody who has left already, whatever was left undone is done.
    async fn end(&self, row: &AccountRow) -> Result<(), StaffError> {
        if row.disabled {
            return self.staff.take_back(row.employee.id, Some(&self.system)).await;
        }
        self.staff.leave(&row.employee.user_name, Some(&self.system)).await
    }

    /// The job that somebody is to have: none where they have it, and are not to come back.
    fn other_job(&self, row: &AccountRow, wanted: &Wanted) -> Result<Option<Job>, StaffError> {
        let (now, back) = (&row.employee, wanted.active && row.disabled);
        let job = Job { title: named(&wanted.job.title)?, role: wanted.job.role.clone() };
        if !back && job.role == now.role {
            return Ok((job.title != now.job_title).then_some(job));
        }
        self.is_its(&job.role)?;
        if !row.disabled {
            self.is_its(&now.role)?;
        }
        self.staff.check_role(&job.role)?;
        Ok(Some(job))
    }

    fn is_its(&self, role: &Role) -> Result<(), StaffError> {
        if self.roles.contains(role) {
            return Ok(());
        }
        Err(StaffError::NotIts { role: role.clone(), gives: self.roles().join(", ") })
    }

    /// Sessions end with the old name, which they would go on saying.
    async fn rename(&self, row: &AccountRow, name: &str) -> Result<(), StaffError> {
        let (name, employee) = (named(name)?, row.employee.id);
        if name == *row.employee.name.expose() {
            return Ok(());
        }
        self.say(employee, "renamed").await?;
        self.staff.change(row, &AccountChange::Named(name.into())).await?;
        Ok(self.staff.sign_in.end_sessions_of(employee).await?)
    }

    async fn reach(&self, row: &AccountRow, email: Option<EmailAddress>) -> Result<(), StaffError> {
        if email == row.email {
            return Ok(());
        }
        let what = if email.is_some() { "email-set" } else { "email-removed" };
        self.say(row.employee.id, what).await?;
        self.staff.change(row, &AccountChange::Email(email)).await
    }

    async fn call(
        &self,
        row: &AccountRow,
        external: Option<Personal<String>>,
    ) -> Result<(), StaffError> {
        if external == row.external {
            return Ok(());
        }
        let what = if external.is_some() { "external-id-set" } else { "external-id-removed" };
        self.say(row.employee.id, what).await?;
        self.staff.change(row, &AccountChange::External(external)).await
    }

    async fn say(&self, employee: EmployeeId, what: &str) -> Result<(), StaffError> {
        let by = std::slice::from_ref(&self.system);
        Ok(self.staff.say(employee, (what, None), by).await?)
    }

    async fn row(&self, employee: EmployeeId) -> Result<AccountRow, StaffError> {
        let row = self.staff.store.account_of(employee).await?;
        row.filter(|row| !row.withdrawn).ok_or(StaffError::NoAccount)
    }
}
