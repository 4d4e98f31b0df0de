//! Staff: accounts of named employees and the tokens they are given.

mod enrol;

pub use enrol::{EnrolError, Enrolment, Ticket};

use std::{collections::HashMap, sync::Arc};

use kinfold_domain::{AgencyId, EmailAddress, Employee, EmployeeId, Personal, Role, UserName};
use kinfold_token::{ChosenPin, PIN_SALT_LEN, PinHash};
use parking_lot::Mutex;

use crate::{
    agreements::Agreements,
    journal::{Journal, JournalError},
    ports::{AccountRow, Clock, Entropy, PortError, StaffStore},
    records::Entry,
};
use enrol::Issued;

/// A new employee.
pub struct NewEmployee {
    /// Sign-in name.
    pub user_name: UserName,
    /// The person's name.
    pub name: String,
    /// Job title.
    pub job_title: String,
    /// Role under the agreement.
    pub role: Role,
    /// Where they are told that something waits.
    pub email: Option<EmailAddress>,
}

/// Why an account was not added.
#[derive(Debug, thiserror::Error)]
pub enum StaffError {
    /// The user name belongs to somebody.
    #[error("this user name is taken: user names belong to one person and are never reused")]
    Taken,
    /// There is no such account.
    #[error("there is no such employee")]
    NoAccount,
    /// No name or job title, or too long a one.
    #[error("give the person's name and job title, each of 1 to 100 characters")]
    Unnamed,
    /// The agreement names no such role at this agency.
    #[error("the agreement knows no role {role} at this agency; it knows: {known}")]
    UnknownRole {
        /// The role.
        role: Role,
        /// Those that it names.
        known: String,
    },
    /// The PIN could not be hashed.
    #[error("the PIN could not be kept safely")]
    Pin,
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] JournalError),
    /// The store.
    #[error(transparent)]
    Store(#[from] PortError),
}

/// Keeps accounts and tokens.
pub struct Staff {
    agency: AgencyId,
    issuer: String,
    store: Arc<dyn StaffStore>,
    agreements: Arc<Agreements>,
    journal: Journal,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    tickets: Mutex<HashMap<EmployeeId, Issued>>,
}

/// What staff-keeping works with.
pub struct StaffParts {
    /// This agency.
    pub agency: AgencyId,
    /// What authenticator apps show as the issuer.
    pub issuer: String,
    /// The store.
    pub store: Arc<dyn StaffStore>,
    /// The agreement: it names the roles.
    pub agreements: Arc<Agreements>,
    /// The ledger.
    pub journal: Journal,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub entropy: Arc<dyn Entropy>,
}

impl Staff {
    /// Over these parts.
    pub fn new(parts: StaffParts) -> Self {
        let StaffParts { agency, issuer, store, agreements, journal, clock, entropy } = parts;
        let tickets = Mutex::default();
        Self { agency, issuer, store, agreements, journal, clock, entropy, tickets }
    }

    /// Adds a named employee. While an agreement is held, the role must be one that it names.
    pub async fn add(&self, new: NewEmployee, pin: &ChosenPin) -> Result<EmployeeId, StaffError> {
        let fits = |text: &str| (1..=100).contains(&text.trim().chars().count());
        if !fits(&new.name) || !fits(&new.job_title) {
            return Err(StaffError::Unnamed);
        }
        self.check_role(&new.role)?;
        let at = self.clock.now();
        let id = EmployeeId(self.entropy.uuid(at));
        let mut salt = [0; PIN_SALT_LEN];
        self.entropy.fill(&mut salt);
        let account = AccountRow {
            employee: Employee {
                id,
                user_name: new.user_name,
                name: Personal::new(new.name.trim().to_owned()),
                job_title: new.job_title.trim().to_owned(),
                agency: self.agency.clone(),
                role: new.role,
            },
            pin: PinHash::hash(pin, salt).map_err(|_| StaffError::Pin)?,
            disabled: false,
            email: new.email,
        };
        if self.store.account(&account.employee.user_name).await?.is_some() {
            return Err(StaffError::Taken);
        }
        // Recorded first: there is no account that the ledger doesn't know of.
        self.record(id, "account-added").await?;
        if self.store.add_account(&account).await? { Ok(id) } else { Err(StaffError::Taken) }
    }

    /// Sets or takes away where an employee is told that something waits.
    pub async fn set_email(
        &self,
        user_name: &UserName,
        email: Option<&EmailAddress>,
    ) -> Result<(), StaffError> {
        let account = self.store.account(user_name).await?.ok_or(StaffError::NoAccount)?;
        let employee = account.employee.id;
        let what = if email.is_some() { "email-set" } else { "email-removed" };
        self.record(employee, what).await?;
        if self.store.set_email(employee, email).await? {
            Ok(())
        } else {
            Err(StaffError::NoAccount)
        }
    }

    /// All accounts.
    pub async fn list(&self) -> Result<Vec<Employee>, PortError> {
        Ok(self.store.accounts().await?.into_iter().map(|account| account.employee).collect())
    }

    fn check_role(&self, role: &Role) -> Result<(), StaffError> {
        let Ok(agreement) = self.agreements.in_force(self.clock.now()) else { return Ok(()) };
        let document = agreement.agreement().document();
        if document.role(&self.agency, role).is_some() {
            return Ok(());
        }
        let here = document.roles().iter().filter(|term| term.agency == self.agency);
        let known = here.map(|term| term.id.to_string()).collect::<Vec<_>>().join(", ");
        Err(StaffError::UnknownRole { role: role.clone(), known })
    }

    async fn record(&self, employee: EmployeeId, what: &str) -> Result<(), JournalError> {
        let entry = Entry::Staff { at: self.clock.now(), employee, what: what.to_owned() };
        self.journal.record(entry).await.map(drop)
    }
}
