//! What all pages share: the use cases, the templates, and what is remembered between a page and the next.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use axum::{
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use kinfold_service::ports::SessionId;
use serde::Serialize;
use tokio::sync::Semaphore;

use super::{
    Services,
    drafts::Drafts,
    emergency,
    failure::Failure,
    feed_alarms, places,
    reach::{Reach, ReachCache},
    register_work::RegisterWork,
    remembered::Remembered,
    session::{CookieName, Open, Session},
    spoken::Spoken,
};
use crate::design::{Account, DesignError, Frame, Pages};

/// PINs that are judged at a time: each takes tens of milliseconds of a core and 19 MiB.
const PROOFS: usize = 8;
/// Pages that are fed live at a time.
const STREAMS: usize = 64;

/// What handlers get.
pub(super) type Shared = Arc<Site>;

/// The state of the web application.
pub(super) struct Site {
    pub(super) services: Services,
    pub(super) pages: Pages,
    pub(super) cookie: CookieName,
    pub(super) remembered: Remembered,
    pub(super) register_work: Remembered<RegisterWork>,
    pub(super) drafts: Drafts,
    pub(super) proofs: Semaphore,
    pub(super) streams: Arc<Semaphore>,
    reach: ReachCache,
    references: AtomicU64,
}

impl Site {
    pub(super) fn new(services: Services) -> Result<Self, DesignError> {
        let idle = services.sign_in.limits().idle.as_secs();
        Ok(Self {
            pages: Pages::new(|environment| environment.add_global("idle_seconds", idle))?,
            cookie: CookieName::of(&services.agency.id),
            services,
            remembered: Remembered::default(),
            register_work: Remembered::default(),
            drafts: Drafts::default(),
            proofs: Semaphore::new(PROOFS),
            streams: Arc::new(Semaphore::new(STREAMS)),
            reach: ReachCache::default(),
            references: AtomicU64::new(1),
        })
    }

    /// This moment, for everything that a page says about time.
    pub(super) fn spoken(&self) -> Spoken {
        Spoken::at(self.services.clock.now())
    }

    /// Which pages an employee may go to.
    pub(super) fn reach(&self, open: &Open) -> Reach {
        let employee = open.caller.employee();
        let services = &self.services;
        let reach = self.reach.of(&services.agreements, employee, services.clock.now());
        reach.at(services.department.is_some(), services.attendances.is_some())
    }

    /// Forgets what a session left for its next page: it has ended.
    pub(super) fn forget(&self, session: SessionId) {
        self.remembered.forget(session);
        self.register_work.forget(session);
        self.drafts.forget(session);
    }

    /// What a session left for its next page is another's of the same person from now on.
    pub(super) fn hand_on(&self, from: SessionId, to: SessionId) {
        self.remembered.hand_on(from, to);
        self.register_work.hand_on(from, to);
        self.drafts.hand_on(from, to);
    }

    /// A reference under which a failure stands in the log: the moment and a running number.
    pub(super) fn reference(&self) -> String {
        let second = self.services.clock.now().as_second();
        format!("{second}-{}", self.references.fetch_add(1, Ordering::Relaxed))
    }

    /// The surroundings of a page; `current` is the address of the navigation's link that it belongs to.
    pub(super) fn frame(&self, session: &Session, current: Option<&str>) -> Frame {
        let agency = self.services.agency.name.clone();
        let Session::Open(open) = session else {
            return Frame {
                agency,
                navigation: Vec::new(),
                current: None,
                account: None,
                alarms: Vec::new(),
                elsewhere: Vec::new(),
                few_codes: None,
            };
        };
        let account = Account {
            name: open.caller.employee().name.expose().clone(),
            sign_out: "/sign-out".to_owned(),
        };
        Frame {
            agency,
            navigation: self.reach(open).navigation(),
            current: current.map(str::to_owned),
            account: Some(account),
            alarms: feed_alarms::banner(self, open),
            elsewhere: places::banner(self, open),
            few_codes: emergency::banner(self, open),
        }
    }

    /// A page for somebody who is signed in.
    pub(super) fn page(
        &self,
        open: &Arc<Open>,
        (current, template): (&str, &str),
        content: impl Serialize,
    ) -> Result<Response, Failure> {
        let frame = self.frame(&Session::Open(Arc::clone(open)), Some(current));
        Ok(Html(self.pages.render(template, &frame, content)?).into_response())
    }

    /// The same for a form that was refused.
    pub(super) fn refused_form(
        &self,
        open: &Arc<Open>,
        place: (&str, &str),
        content: impl Serialize,
    ) -> Result<Response, Failure> {
        let page = self.page(open, place, content)?;
        Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
    }

    /// A page for somebody who is not signed in, or whose session is locked.
    pub(super) fn outside_page(
        &self,
        status: StatusCode,
        template: &str,
        content: impl Serialize,
    ) -> Result<Response, Failure> {
        let frame = self.frame(&Session::None, None);
        Ok((status, Html(self.pages.render(template, &frame, content)?)).into_response())
    }
}
