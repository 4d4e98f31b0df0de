//! Staff: accounts of named employees and the tokens they are given.

mod enrol;
mod life;
mod phone;
mod provision;
mod review;
mod roll;
mod ticket;

pub use enrol::{EnrolError, Enrolment};
pub use life::{Employed, GivenPin, Job};
pub use phone::{FetchError, PhoneCode};
pub use provision::{Known, Personnel, Wanted};
pub use review::ReviewDue;
pub use roll::{LONGEST_ROLL, Plan, RollError};
pub use ticket::Ticket;

use std::{collections::HashMap, sync::Arc};

use kinfold_domain::{AgencyId, EmailAddress, Employee, EmployeeId, Personal, Role, UserName};
use kinfold_token::{ChosenPin, Profile};
use parking_lot::Mutex;

use crate::{
    agreements::Agreements,
    emergency::{Emergency, EmergencyError},
    journal::{Journal, JournalError},
    oidc::{LinkError, Links},
    passkeys::{PasskeyError, Passkeys},
    ports::{AccountChange, AccountRow, Clock, Entropy, PortError, StaffStore},
    records::{Asker, Entry},
    sign_in::{SessionError, SignIn},
    tokens::{Inventory, TokenError},
};
use phone::Waiting;
use ticket::Issued;

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
    /// The personnel system neither gives nor takes such a role.
    #[error(
        "the personnel system gives and takes no role {role}: an operator does; it gives: {gives}"
    )]
    NotIts {
        /// The role.
        role: Role,
        /// Those that it gives.
        gives: String,
    },
    /// They have not left.
    #[error("this employee has not left")]
    NotLeft,
    /// About oneself.
    #[error("nobody does this for themselves: ask a colleague")]
    Oneself,
    /// A session.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// A token.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// A passkey.
    #[error(transparent)]
    Passkey(#[from] PasskeyError),
    /// Emergency codes.
    #[error(transparent)]
    Emergency(#[from] EmergencyError),
    /// A link to an identity provider.
    #[error(transparent)]
    Link(#[from] LinkError),
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
    inventory: Arc<Inventory>,
    passkeys: Arc<Passkeys>,
    emergency: Arc<Emergency>,
    links: Arc<Links>,
    sign_in: Arc<SignIn>,
    agreements: Arc<Agreements>,
    journal: Journal,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    tickets: Mutex<HashMap<EmployeeId, Issued>>,
    phones: Mutex<HashMap<EmployeeId, Waiting>>,
}

/// What staff-keeping works with.
pub struct StaffParts {
    /// This agency.
    pub agency: AgencyId,
    /// What authenticator apps show as the issuer.
    pub issuer: String,
    /// The store.
    pub store: Arc<dyn StaffStore>,
    /// The tokens: a leaver's are asked back.
    pub inventory: Arc<Inventory>,
    /// The passkeys: a leaver's are removed.
    pub passkeys: Arc<Passkeys>,
    /// The emergency codes: a leaver's end.
    pub emergency: Arc<Emergency>,
    /// Who employees are at an identity provider: a leaver's links are removed.
    pub links: Arc<Links>,
    /// The sessions: a leaver's end.
    pub sign_in: Arc<SignIn>,
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
        let StaffParts {
            agency,
            issuer,
            store,
            inventory,
            passkeys,
            emergency,
            links,
            sign_in,
            agreements,
            journal,
            clock,
            entropy,
        } = parts;
        let (tickets, phones) = (Mutex::default(), Mutex::default());
        Self {
            agency,
            issuer,
            store,
            inventory,
            passkeys,
            emergency,
            links,
            sign_in,
            agreements,
            journal,
            clock,
            entropy,
            tickets,
            phones,
        }
    }

    /// Adds a named employee with a PIN of their own. While an agreement is held, the role must be one that it names.
    pub async fn add(&self, new: NewEmployee, pin: &ChosenPin) -> Result<EmployeeId, StaffError> {
        self.employ(new, (pin, false), (None, None)).await
    }

    async fn employ(
        &self,
        new: NewEmployee,
        (pin, given): (&ChosenPin, bool),
        (external, by): (Option<Personal<String>>, Option<&Asker>),
    ) -> Result<EmployeeId, StaffError> {
        let (name, job_title) = (named(&new.name)?, named(&new.job_title)?);
        self.check_role(&new.role)?;
        let at = self.clock.now();
        let id = EmployeeId(self.entropy.uuid(at));
        let role = new.role.clone();
        let account = AccountRow {
            employee: Employee {
                id,
                user_name: new.user_name,
                name: Personal::new(name),
                job_title,
                agency: self.agency.clone(),
                role: new.role,
            },
            pin: self.hash(pin)?,
            given,
            disabled: false,
            profile: Profile::Standard,
            changed: Some(at),
            reviewed: None,
            email: new.email,
            external,
            withdrawn: false,
        };
        if self.store.account(&account.employee.user_name).await?.is_some() {
            return Err(StaffError::Taken);
        }
        // Recorded first: there is no account that the ledger doesn't know of.
        self.say(id, ("account-added", Some(role)), all(by)).await?;
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
        self.change(&account, &AccountChange::Email(email.cloned())).await
    }

    /// All accounts.
    pub async fn list(&self) -> Result<Vec<Employee>, PortError> {
        Ok(self.store.accounts().await?.into_iter().map(|account| account.employee).collect())
    }

    /// The roles that the agreement in force knows at this agency.
    pub fn roles(&self) -> Vec<String> {
        let Ok(agreement) = self.agreements.in_force(self.clock.now()) else { return Vec::new() };
        let roles = agreement.agreement().document().roles();
        let here = roles.iter().filter(|term| term.agency == self.agency);
        here.map(|term| term.id.to_string()).collect()
    }

    fn check_role(&self, role: &Role) -> Result<(), StaffError> {
        let Ok(agreement) = self.agreements.in_force(self.clock.now()) else { return Ok(()) };
        let document = agreement.agreement().document();
        if document.role(&self.agency, role).is_some() {
            return Ok(());
        }
        Err(StaffError::UnknownRole { role: role.clone(), known: self.roles().join(", ") })
    }

    async fn record(&self, employee: EmployeeId, what: &str) -> Result<(), JournalError> {
        self.say(employee, (what, None), &[]).await
    }

    async fn say(
        &self,
        employee: EmployeeId,
        (what, role): (&str, Option<Role>),
        by: &[Asker],
    ) -> Result<(), JournalError> {
        let (at, what, by) = (self.clock.now(), what.to_owned(), by.to_vec());
        self.journal.record(Entry::Staff { at, employee, what, role, by }).await.map(drop)
    }
}

/// Whoever did it, if anybody is named.
fn all(by: Option<&Asker>) -> &[Asker] {
    by.map_or(&[], std::slice::from_ref)
}

/// A person's name or job title, without spaces around it.
fn named(text: &str) -> Result<String, StaffError> {
    let text = text.trim();
    if (1..=100).contains(&text.chars().count()) {
        Ok(text.to_owned())
    } else {
        Err(StaffError::Unnamed)
    }
}
