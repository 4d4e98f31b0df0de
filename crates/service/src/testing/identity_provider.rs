//! Links in memory, beside the employees and sessions; and an identity provider that says what it is told.

use async_trait::async_trait;
use jiff::Timestamp;
use kinfold_domain::EmployeeId;
use kinfold_oidc::{Asked, Identity, Refusal, Subject, Trouble};
use parking_lot::Mutex;

use super::staff::MemoryStaff;
use crate::ports::{IdentityProvider, LinkId, LinkRow, LinkStore, PortError, SessionRow};

#[async_trait]
impl LinkStore for MemoryStaff {
    async fn add_link(&self, link: &LinkRow) -> Result<bool, PortError> {
        self.fault.write().await?;
        let links = &mut self.tables.lock().links;
        let clashes = |known: &LinkRow| {
            known.issuer == link.issuer
                && (known.subject == link.subject || known.employee == link.employee)
        };
        let new = !links.iter().any(clashes);
        if new {
            links.push(link.clone());
        }
        Ok(new)
    }

    async fn link(&self, issuer: &str, subject: &Subject) -> Result<Option<LinkRow>, PortError> {
        self.fault.read().await?;
        let tables = self.tables.lock();
        let mut links = tables.links.iter();
        Ok(links.find(|known| known.issuer == issuer && known.subject == *subject).cloned())
    }

    async fn links_of(&self, employee: EmployeeId) -> Result<Vec<LinkRow>, PortError> {
        self.fault.read().await?;
        let tables = self.tables.lock();
        Ok(tables.links.iter().filter(|known| known.employee == employee).cloned().collect())
    }

    async fn open_session_by_link(
        &self,
        link: &LinkRow,
        session: &SessionRow,
    ) -> Result<bool, PortError> {
        self.fault.write().await?;
        let mut tables = self.tables.lock();
        let known = tables.links.iter_mut().find(|known| known.id == link.id);
        let Some(known) = known else { return Ok(false) };
        known.used = link.used;
        tables.sessions.insert(session.id, session.clone());
        Ok(true)
    }

    async fn renew_session_by_link(
        &self,
        link: &LinkRow,
        session: &SessionRow,
    ) -> Result<bool, PortError> {
        self.fault.write().await?;
        let mut tables = self.tables.lock();
        let Some(at) = tables.links.iter().position(|known| known.id == link.id) else {
            return Ok(false);
        };
        let renewed = tables.renew(session);
        if renewed {
            tables.links[at].used = link.used;
        }
        Ok(renewed)
    }

    async fn remove_link(&self, link: LinkId) -> Result<bool, PortError> {
        self.fault.write().await?;
        let mut tables = self.tables.lock();
        let Some(at) = tables.links.iter().position(|known| known.id == link) else {
            return Ok(false);
        };
        let employee = tables.links.remove(at).employee;
        tables.sessions.retain(|_, session| session.employee != employee);
        Ok(true)
    }
}

/// An identity provider at `https://idp.example` that makes sure of whoever it is told, for the code `good`.
pub struct TestProvider {
    says: Mutex<Result<String, Trouble>>,
    anew: Mutex<Option<bool>>,
}

impl TestProvider {
    /// What employees call it.
    pub const NAME: &'static str = "Care Identity";
    /// Its address.
    pub const ISSUER: &'static str = "https://idp.example";

    /// From now on it says this.
    pub fn say(&self, says: Result<&str, Trouble>) {
        *self.says.lock() = says.map(str::to_owned);
    }

    /// Whether the last question was that somebody prove themselves anew.
    pub fn asked_anew(&self) -> Option<bool> {
        *self.anew.lock()
    }
}

impl Default for TestProvider {
    fn default() -> Self {
        Self { says: Mutex::new(Ok("787807429511".to_owned())), anew: Mutex::default() }
    }
}

#[async_trait]
impl IdentityProvider for TestProvider {
    fn name(&self) -> &str {
        Self::NAME
    }

    fn issuer(&self) -> &str {
        Self::ISSUER
    }

    async fn ask(&self, asked: &Asked, _: Timestamp) -> Result<String, Trouble> {
        if let Err(trouble @ Trouble::Away(_)) = &*self.says.lock() {
            return Err(trouble.clone());
        }
        *self.anew.lock() = Some(asked.since().is_some());
        Ok(format!("{}/authorize?state={}", Self::ISSUER, asked.state()))
    }

    async fn exchange(&self, code: &str, _: Asked, _: Timestamp) -> Result<Identity, Trouble> {
        let subject = self.says.lock().clone()?;
        if code != "good" {
            return Err(Refusal::Code.into());
        }
        let subject = Subject::new(&subject).ok_or(Refusal::Garbled)?;
        Ok(Identity { issuer: Self::ISSUER.to_owned(), subject })
    }
}
