//! What somebody had typed when their screen was locked: kept in memory for their own session alone, and put back into its form once
//! they have unlocked it. Nothing of it goes to a browser before, so a colleague who works at the same screen meanwhile never meets it.

use std::{collections::HashMap, sync::Arc};

use axum::{
    extract::{FromRequest, Request, State},
    http::Method,
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use kinfold_service::ports::SessionId;
use parking_lot::Mutex;

use super::{
    check,
    failure::Failure,
    fields::Fields,
    register_add, register_change, register_discussions, register_hand_over, register_hand_overs,
    register_start,
    session::{Open, Session, SignedIn},
    site::{Shared, Site},
    staff_add, view, who,
};

/// The longest draft, in bytes of names and values: ten times the longest that anybody types.
const LONGEST: usize = 16 * 1024;
/// The most sessions of which a draft is kept.
const MOST: usize = 1000;

/// A form of which a draft is kept. None of them takes a PIN, a code or another secret.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Form {
    Check,
    View,
    Who,
    FindEntry,
    AddEntry,
    ChangeEntry,
    HandOver,
    AnswerHandOver,
    Discussion,
    Employee,
}

impl Form {
    /// Each with where it is sent, by which its page names it.
    pub(super) const ALL: [(Self, &'static str); 10] = [
        (Self::Check, "/check"),
        (Self::View, "/view"),
        (Self::Who, "/who"),
        (Self::FindEntry, "/register/find"),
        (Self::AddEntry, "/register/add"),
        (Self::ChangeEntry, "/register/plan"),
        (Self::HandOver, "/register/hand-over/plan"),
        (Self::AnswerHandOver, "/register/hand-overs/answer"),
        (Self::Discussion, "/register/discussions/new"),
        (Self::Employee, "/staff/add"),
    ];

    fn sent_to(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, known)| *known == path).map(|(form, _)| form)
    }

    /// Its page, as somebody left it.
    async fn page(self, site: &Site, open: &Arc<Open>, left: &Fields) -> Result<Response, Failure> {
        match self {
            Self::Check => check::as_left(site, open, left),
            Self::View => view::as_left(site, open, left),
            Self::Who => who::as_left(site, open, left),
            Self::FindEntry => register_start::as_left(site, open, left).await,
            Self::AddEntry => register_add::as_left(site, open, left),
            Self::ChangeEntry => register_change::as_left(site, open, left),
            Self::HandOver => register_hand_over::as_left(site, open, left),
            Self::AnswerHandOver => register_hand_overs::as_left(site, open, left).await,
            Self::Discussion => register_discussions::as_left(site, open, left),
            Self::Employee => staff_add::as_left(site, open, left),
        }
    }
}

/// How a draft stands that waits for its owner.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Waits {
    Kept,
    /// It was too long, or too many are kept.
    NotKept,
}

struct Draft {
    /// `None` where it could not be kept.
    left: Option<(Form, Arc<Fields>)>,
    /// It was put back already, and stays for a page that is loaded again.
    shown: bool,
}

/// Drafts by session.
#[derive(Default)]
pub(super) struct Drafts(Mutex<HashMap<SessionId, Draft>>);

impl Drafts {
    /// Keeps what stood in the form of a page that is being locked; one that was put back before is over.
    pub(super) fn keep(&self, session: SessionId, sent: Result<Fields, Failure>) {
        let mut drafts = self.0.lock();
        if drafts.get(&session).is_some_and(|draft| draft.shown) {
            drafts.remove(&session);
        }
        let left = match sent {
            Ok(fields) => match Form::sent_to(fields.text("draft")) {
                Some(form) if !is_blank(&fields) => Some((form, Arc::new(fields))),
                _ => return,
            },
            Err(Failure::TooLarge) => None,
            Err(_) => return,
        };
        let fits = |(_, fields): &(Form, Arc<Fields>)| fields.size() <= LONGEST;
        let room = drafts.len() < MOST || drafts.contains_key(&session);
        let left = left.filter(fits).filter(|_| room);
        drafts.insert(session, Draft { left, shown: false });
    }

    /// The same for what comes from a screen that is locked already; nothing takes the place of what its owner left there before.
    fn keep_late(&self, session: SessionId, form: Form, fields: Fields) -> bool {
        let mut drafts = self.0.lock();
        let waits = drafts.get(&session).is_some_and(|draft| !draft.shown);
        let fits = fields.size() <= LONGEST && (drafts.len() < MOST || waits);
        if is_blank(&fields) || waits || !fits {
            return false;
        }
        let left = Some((form, Arc::new(fields)));
        drafts.insert(session, Draft { left, shown: false });
        true
    }

    /// Whether one waits to be put back.
    pub(super) fn waits(&self, session: SessionId) -> Option<Waits> {
        let drafts = self.0.lock();
        let draft = drafts.get(&session).filter(|draft| !draft.shown)?;
        Some(if draft.left.is_some() { Waits::Kept } else { Waits::NotKept })
    }

    fn show(&self, session: SessionId) -> Option<(Form, Arc<Fields>)> {
        let mut drafts = self.0.lock();
        let draft = drafts.get_mut(&session)?;
        draft.shown = true;
        draft.left.clone()
    }

    /// The session has ended, or its form was sent.
    pub(super) fn forget(&self, session: SessionId) {
        self.0.lock().remove(&session);
    }

    /// Forgets those of sessions that stand no more.
    pub(super) fn sweep(&self, stands: impl Fn(SessionId) -> bool) {
        self.0.lock().retain(|session, _| stands(*session));
    }

    /// The session goes on under another identity.
    pub(super) fn hand_on(&self, from: SessionId, to: SessionId) {
        let mut drafts = self.0.lock();
        if let Some(draft) = drafts.remove(&from) {
            drafts.insert(to, draft);
        }
    }
}

/// Nothing was typed into it, and no handle says whom it is about.
fn is_blank(fields: &Fields) -> bool {
    fields.names().all(|name| matches!(name, "draft" | "purpose") || fields.text(name).is_empty())
}

/// `GET /draft`: the form, as its owner left it.
pub(super) async fn page(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
) -> Result<Response, Failure> {
    match site.drafts.show(open.caller.session()) {
        Some((form, left)) => form.page(&site, &open, &left).await,
        None => Ok(Redirect::to("/").into_response()),
    }
}

/// Around the routes: a form that is sent needs no draft any more; one that comes from a screen that had locked meanwhile becomes one.
pub(super) async fn around(State(site): State<Shared>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let (form, locking) = (Form::sent_to(path), path == "/lock");
    if request.method() != Method::POST || (form.is_none() && !locking) {
        return next.run(request).await;
    }
    match (request.extensions().get().cloned(), form) {
        (Some(Session::Locked(locked)), form) => {
            let fields = match Fields::from_request(request, &site).await {
                Ok(fields) => fields,
                Err(failure) => return failure.into_response(),
            };
            let form = form.or_else(|| Form::sent_to(fields.text("draft")));
            let kept = |form| site.drafts.keep_late(locked.secret.id(), form, fields);
            if form.is_some_and(kept) {
                return Redirect::to("/unlock").into_response();
            }
            Failure::Locked.into_response()
        }
        (Some(Session::Open(open)), Some(_)) => {
            site.drafts.forget(open.caller.session());
            next.run(request).await
        }
        _ => next.run(request).await,
    }
}

#[cfg(test)]
#[path = "drafts_tests.rs"]
mod tests;
