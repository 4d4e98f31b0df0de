//! A source system, and the way to the other node, in memory.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicBool, Ordering},
};

use async_trait::async_trait;
use kinfold_domain::{AgencyId, Categories, Category, PersonId};
use kinfold_service::{
    Permit,
    audit::WhoDesk,
    history::HistoryDesk,
    pooled_view::AskDesk,
    ports::{
        Clock, Cursor, Gathered, KeptRegister, PartnerError, PartnerLink, PeoplePage, Rejected,
        Route, SourceError, SourceSystem,
    },
};

use super::{children, stores::TestClock};

/// A source that knows every child alike, or fails.
pub(crate) struct TestSource {
    pub(crate) name: &'static str,
    pub(crate) agency: String,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) broken: AtomicBool,
    /// What it says it can't read about anybody.
    pub(crate) unread: parking_lot::Mutex<Vec<Rejected>>,
}

#[async_trait]
impl SourceSystem for TestSource {
    fn name(&self) -> &str {
        self.name
    }

    fn categories(&self) -> Categories {
        Category::ALL.into_iter().collect()
    }

    async fn people(&self, _: Option<&Cursor>) -> Result<PeoplePage, SourceError> {
        Ok(PeoplePage::default())
    }

    async fn facts(&self, _: &Permit, person: &PersonId) -> Result<Gathered, SourceError> {
        if self.broken.load(Ordering::Relaxed) {
            return Err(SourceError::TimedOut);
        }
        let facts = children::facts(&self.agency, self.name, person, self.clock.now());
        Ok(Gathered { facts, rejected: self.unread.lock().clone() })
    }

    async fn register(&self) -> Result<Option<KeptRegister>, SourceError> {
        Ok(match self.name {
            "case-system" => Some((super::register::case_system(), Vec::new()).into()),
            "empty-system" => Some(KeptRegister::default()),
            _ => None,
        })
    }
}

/// The desks of the other node.
pub(crate) struct Desks {
    pub(crate) ask: AskDesk,
    pub(crate) who: WhoDesk,
    pub(crate) history: HistoryDesk,
}

/// The way to the other node.
pub(crate) struct TestLink {
    pub(crate) own: AgencyId,
    pub(crate) other: OnceLock<Arc<Desks>>,
    pub(crate) down: AtomicBool,
}

#[async_trait]
impl PartnerLink for TestLink {
    async fn send(
        &self,
        _: &AgencyId,
        route: Route,
        message: String,
    ) -> Result<String, PartnerError> {
        let other = self.other.get().filter(|_| !self.down.load(Ordering::Relaxed));
        let other = other.ok_or(PartnerError::Unreachable)?;
        let answer = match route {
            Route::Ask => other.ask.answer(&self.own, message.as_bytes()).await,
            Route::History => other.history.answer(&self.own, message.as_bytes()).await,
            _ => other.who.answer(&self.own, message.as_bytes()).await,
        };
        answer.map_err(|error| PartnerError::Refused(error.to_string()))
    }
}
