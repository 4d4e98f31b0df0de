//! Which employee somebody at an identity provider is.

use std::sync::Arc;

use jiff::Timestamp;
use kinfold_domain::{EmployeeId, Personal, UserName};
use kinfold_oidc::Subject;

use super::LinkWord;
use crate::{
    journal::{Journal, JournalError},
    ports::{Clock, Entropy, LinkId, LinkRow, LinkStore, PortError, StaffStore},
    records::{Asker, Entry},
    sign_in::SignIn,
    tokens::Witnesses,
};

/// Why a link was not made or removed.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// No account, or nobody who may sign in.
    #[error("there is no such employee, or they have left")]
    NoAccount,
    /// A subject that can't be one.
    #[error("a subject has 1 to 255 printable characters, as the provider writes it (sub)")]
    Subject,
    /// The subject is linked.
    #[error(
        "that person at the identity provider is linked to an account already: remove that link first"
    )]
    Taken,
    /// The employee is linked.
    #[error(
        "this employee is linked to another person at the identity provider: remove that link first"
    )]
    HasAnother,
    /// Whoever is linked is one of the two.
    #[error(
        "this takes two named people, an operator and somebody else, and neither may be the employee"
    )]
    NotTwoPeople,
    /// Nothing to remove.
    #[error("this employee is linked to nobody at an identity provider")]
    Unknown,
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] JournalError),
    /// The store.
    #[error(transparent)]
    Store(#[from] PortError),
}

/// A link as it is listed.
#[derive(Clone, Debug)]
pub struct LinkLine {
    /// The provider.
    pub issuer: String,
    /// Who the employee is there.
    pub subject: Subject,
    /// Since when.
    pub linked: Timestamp,
    /// When it was last used.
    pub used: Option<Timestamp>,
}

/// What links work with.
pub struct LinksParts {
    /// The links.
    pub links: Arc<dyn LinkStore>,
    /// The employees.
    pub staff: Arc<dyn StaffStore>,
    /// Sessions, which end with a link.
    pub sign_in: Arc<SignIn>,
    /// The ledger.
    pub journal: Journal,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub entropy: Arc<dyn Entropy>,
}

/// Keeps links.
pub struct Links {
    pub(super) parts: LinksParts,
}

impl Links {
    /// Over these parts.
    pub fn new(parts: LinksParts) -> Self {
        Self { parts }
    }

    /// Says which employee somebody at a provider is: by two named people, since it lets that person be the employee.
    pub async fn link(
        &self,
        user_name: &UserName,
        (issuer, subject): (&str, &str),
        witnesses: &Witnesses,
    ) -> Result<(), LinkError> {
        let subject = Subject::new(subject).ok_or(LinkError::Subject)?;
        let account = self.parts.staff.account(user_name).await?;
        let account = account.filter(|account| !account.disabled).ok_or(LinkError::NoAccount)?;
        let employee = account.employee.id;
        if witnesses.includes(employee) {
            return Err(LinkError::NotTwoPeople);
        }
        if self.parts.links.link(issuer, &subject).await?.is_some() {
            return Err(LinkError::Taken);
        }
        let known = self.parts.links.links_of(employee).await?;
        if known.iter().any(|known| known.issuer == issuer) {
            return Err(LinkError::HasAnother);
        }
        let linked = self.parts.clock.now();
        let id = LinkId(self.parts.entropy.uuid(linked));
        let link = LinkRow { id, employee, issuer: issuer.to_owned(), subject, linked, used: None };
        // Recorded first: no link opens anything that the ledger doesn't know of.
        self.say(&link, "linked", witnesses.askers()).await?;
        if self.parts.links.add_link(&link).await? { Ok(()) } else { Err(LinkError::Taken) }
    }

    /// Removes what an employee is linked to. Their sessions end: who knows which of them it opened.
    pub async fn unlink(&self, user_name: &UserName, by: Option<&Asker>) -> Result<(), LinkError> {
        let account = self.parts.staff.account(user_name).await?.ok_or(LinkError::NoAccount)?;
        let removed = self.remove_all(account.employee.id, by).await?;
        if removed == 0 { Err(LinkError::Unknown) } else { Ok(()) }
    }

    /// An employee's, for operators.
    pub async fn of(&self, user_name: &UserName) -> Result<Vec<LinkLine>, LinkError> {
        let account = self.parts.staff.account(user_name).await?.ok_or(LinkError::NoAccount)?;
        let known = self.parts.links.links_of(account.employee.id).await?;
        let line = |LinkRow { issuer, subject, linked, used, .. }| LinkLine {
            issuer,
            subject,
            linked,
            used,
        };
        Ok(known.into_iter().map(line).collect())
    }

    /// Removes all of somebody; answers how many there were.
    pub(crate) async fn remove_all(
        &self,
        employee: EmployeeId,
        by: Option<&Asker>,
    ) -> Result<usize, LinkError> {
        let known = self.parts.links.links_of(employee).await?;
        for link in &known {
            self.say(link, "unlinked", by.cloned().into_iter().collect()).await?;
            self.parts.links.remove_link(link.id).await?;
            self.parts.sign_in.forget_sessions_of(employee, None);
        }
        Ok(known.len())
    }

    async fn say(&self, link: &LinkRow, what: &str, by: Vec<Asker>) -> Result<(), JournalError> {
        let word = LinkWord {
            at: self.parts.clock.now(),
            employee: link.employee,
            what: what.to_owned(),
            issuer: link.issuer.clone(),
            subject: Personal::new(link.subject.expose().to_owned()),
            by,
        };
        self.parts.journal.record(Entry::IdentityLink(Box::new(word))).await.map(drop)
    }
}
