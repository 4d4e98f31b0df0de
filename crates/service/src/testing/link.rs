//! The way to the other node: a call within the process, which can be cut, delayed, tampered with and replayed.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use kinfold_domain::AgencyId;
use parking_lot::Mutex;

use super::Desks;
use crate::ports::{PartnerError, PartnerLink, Route};

type Alter = Arc<dyn Fn(String) -> String + Send + Sync>;
type Hook = Arc<dyn Fn(Route) + Send + Sync>;

/// How the way is.
#[derive(Clone, Default)]
pub enum Way {
    /// Open.
    #[default]
    Open,
    /// It fails before the message arrives.
    Cut(PartnerError),
    /// The message arrives and is answered; the answer is lost.
    AnswerLost,
    /// Nothing ever comes back.
    Hanging,
    /// It takes so long.
    Slow(Duration),
    /// What is sent is altered.
    Asked(Alter),
    /// What is answered is altered.
    Answered(Alter),
    /// Whatever a simulated network makes of it.
    Through(Arc<dyn PartnerLink>),
}

/// The way from one node to the other.
#[derive(Default)]
pub struct LoopLink {
    own: Mutex<Option<AgencyId>>,
    desks: Mutex<Option<Arc<Desks>>>,
    way: Mutex<Way>,
    sent: Mutex<Vec<(Route, String, String)>>,
    hook: Mutex<Option<Hook>>,
}

impl LoopLink {
    /// Leads from `own` to the other node's desks.
    pub fn join(&self, own: AgencyId, desks: Arc<Desks>) {
        *self.own.lock() = Some(own);
        *self.desks.lock() = Some(desks);
    }

    /// Leads nowhere: the other node is down.
    pub fn part(&self) {
        *self.desks.lock() = None;
    }

    /// Changes how the way is.
    pub fn set(&self, way: Way) {
        *self.way.lock() = way;
    }

    /// Alters what the other node answers.
    pub fn alter_answers(&self, alter: impl Fn(String) -> String + Send + Sync + 'static) {
        self.set(Way::Answered(Arc::new(alter)));
    }

    /// Does something before each message is sent.
    pub fn when_sent(&self, hook: impl Fn(Route) + Send + Sync + 'static) {
        *self.hook.lock() = Some(Arc::new(hook));
    }

    /// What was sent and answered so far: route, message, answer (empty where there was none).
    pub fn sent(&self) -> Vec<(Route, String, String)> {
        self.sent.lock().clone()
    }

    /// Sends a message as it stands, whatever it is: a replay, or a forgery.
    pub async fn deliver(&self, route: Route, message: &str) -> Result<String, PartnerError> {
        let desks = self.desks.lock().clone().ok_or(PartnerError::Unreachable)?;
        let own = self.own.lock().clone().ok_or(PartnerError::Unreachable)?;
        let answer = desks.answer(&own, route, message).await;
        answer.map_err(|refused| PartnerError::Refused(refused.to_string()))
    }
}

#[async_trait]
impl PartnerLink for LoopLink {
    async fn send(
        &self,
        partner: &AgencyId,
        route: Route,
        message: String,
    ) -> Result<String, PartnerError> {
        let hook = self.hook.lock().clone();
        if let Some(hook) = hook {
            hook(route);
        }
        let way = self.way.lock().clone();
        match &way {
            Way::Cut(error) => return Err(error.clone()),
            Way::Hanging => std::future::pending().await,
            Way::Slow(time) => tokio::time::sleep(*time).await,
            Way::Through(link) => return link.send(partner, route, message).await,
            _ => {}
        }
        let asked = if let Way::Asked(alter) = &way { alter(message) } else { message };
        let answer = self.deliver(route, &asked).await;
        self.sent.lock().push((route, asked, answer.clone().unwrap_or_default()));
        match way {
            Way::AnswerLost => Err(PartnerError::TimedOut),
            Way::Answered(alter) => answer.map(|answer| alter(answer)),
            _ => answer,
        }
    }
}
