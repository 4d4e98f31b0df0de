//! Who employees are at an identity provider.

mod rows;
mod sessions;

use async_trait::async_trait;
use kinfold_domain::EmployeeId;
use kinfold_oidc::Subject;
use kinfold_service::ports::{LinkId, LinkRow, LinkStore, PortError, SessionRow};

use crate::Store;
use crate::fault::Doing;

#[async_trait]
impl LinkStore for Store {
    async fn add_link(&self, link: &LinkRow) -> Result<bool, PortError> {
        rows::add(self, link).await.doing("linking an employee to an identity provider")
    }

    async fn link(&self, issuer: &str, subject: &Subject) -> Result<Option<LinkRow>, PortError> {
        rows::one(self, issuer, subject).await.doing("reading a link to an identity provider")
    }

    async fn links_of(&self, employee: EmployeeId) -> Result<Vec<LinkRow>, PortError> {
        rows::of(self, employee).await.doing("reading an employee's links to identity providers")
    }

    async fn open_session_by_link(
        &self,
        link: &LinkRow,
        session: &SessionRow,
    ) -> Result<bool, PortError> {
        sessions::open(self, link, session).await.doing("opening a session by a link")
    }

    async fn renew_session_by_link(
        &self,
        link: &LinkRow,
        session: &SessionRow,
    ) -> Result<bool, PortError> {
        sessions::renew(self, link, session).await.doing("renewing a session by a link")
    }

    async fn remove_link(&self, link: LinkId) -> Result<bool, PortError> {
        sessions::remove(self, link).await.doing("removing a link to an identity provider")
    }
}

#[cfg(test)]
#[path = "../identity_links_tests.rs"]
mod tests;
