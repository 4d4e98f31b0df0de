//! The department's board: who is here, with the answer for each. Live where JavaScript is on; a plain reload does the same.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::State,
    response::{
        IntoResponse, Redirect, Response, Sse,
        sse::{Event, KeepAlive},
    },
};
use futures::Stream;
use jiff::Timestamp;
use kinfold_domain::CheckAnswer;
use kinfold_service::{
    check::CheckQuestion,
    department::{AttendanceId, BoardRow, Outcome, Watching},
};
use tokio::sync::{OwnedSemaphorePermit, watch};

use super::{
    Department, answer_page, board_page,
    check::remembered,
    failure::Failure,
    fields::Fields,
    session::{Open, SignedIn},
    site::{Shared, Site},
};

/// Changes that come close together are shown together.
const TOGETHER: Duration = Duration::from_millis(50);

fn department<'a>(site: &'a Site, open: &Open) -> Result<&'a Department, Failure> {
    let department = site.services.department.as_ref().filter(|_| site.reach(open).board);
    department.ok_or(Failure::NotForRole("The department’s board is for its clinicians."))
}

/// `GET /department`
pub(super) async fn page(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
) -> Result<Response, Failure> {
    let board = &department(&site, &open)?.board;
    let watching = board.open(&open.caller).await?;
    let release = board.show(&watching).await?;
    site.page(&open, ("/department", "department.html"), board_page::of(&site, release.content()))
}

/// `GET /department/events`: the board, whenever something on it changes.
pub(super) async fn events(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
) -> Result<Response, Failure> {
    let board = &department(&site, &open)?.board;
    let turn = Arc::clone(&site.streams).try_acquire_owned().map_err(|_| Failure::Busy)?;
    // Taken before the board is: what changes in between is told.
    let changed = board.changed();
    let watching = board.open(&open.caller).await?;
    // Being told is no use of the session: a board that is left alone must not keep it open.
    let until = site.services.clock.now().saturating_add(site.services.sign_in.limits().idle);
    let until = until.unwrap_or(Timestamp::MAX);
    let live = Live { site, watching, changed, until, _turn: turn };
    Ok(Sse::new(told(live)).keep_alive(KeepAlive::default()).into_response())
}

/// A board that somebody watches.
struct Live {
    site: Shared,
    watching: Watching,
    changed: watch::Receiver<u64>,
    until: Timestamp,
    _turn: OwnedSemaphorePermit,
}

impl Live {
    /// The board once it has changed; `None` when it is no longer live.
    async fn next(&mut self) -> Option<String> {
        let clock = &self.site.services.clock;
        let left = self.until.duration_since(clock.now());
        let left = Duration::try_from(left).ok()?;
        tokio::time::timeout(left, self.changed.changed()).await.ok()?.ok()?;
        tokio::time::sleep(TOGETHER).await;
        self.changed.mark_unchanged();
        let board = &self.site.services.department.as_ref()?.board;
        let release = board.show(&self.watching).await.ok()?;
        let page = board_page::of(&self.site, release.content());
        self.site.pages.render_part("department-part.html", page).ok()
    }
}

fn told(live: Live) -> impl Stream<Item = Result<Event, Infallible>> + Send {
    futures::stream::unfold(Some(live), move |live| async move {
        let mut live = live?;
        Some(match live.next().await {
            Some(html) => (Ok(Event::default().event("part").data(html)), Some(live)),
            None => (Ok(Event::default().event("over").data("over")), None),
        })
    })
}

/// `POST /department/open`: the answer page of one child on the board.
pub(super) async fn open(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    let department = department(&site, &open)?;
    let row = row(department, &open, &fields).await?;
    let question = CheckQuestion {
        subject: row.subject.clone(),
        purpose: department.board.purpose.clone(),
        choice: None,
    };
    let release = site.services.check.check(&open.caller, question).await?;
    let checked = release.content();
    let mut asked = remembered(checked, false);
    asked.attendance = Some(row.attendance);
    site.remembered.keep(open.caller.session(), (checked.ask, checked.at), asked);
    let page = answer_page::of(&site, checked).of_attendance(&row).beside(&site, &open);
    site.page(&open, ("/department", "answer.html"), page)
}

/// `POST /department/outcome`: what became of a child on the board, in one tap.
pub(super) async fn outcome(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    let department = department(&site, &open)?;
    let outcome = said(&fields)?;
    department.outcomes.record(&open.caller, attendance(&fields)?, outcome).await?;
    Ok(Redirect::to("/department").into_response())
}

/// `POST /attendance`: what became of a child who was looked up, in one tap on the answer page.
pub(super) async fn by_hand(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    let department = department(&site, &open)?;
    let outcome = said(&fields)?;
    let now = site.services.clock.now();
    let asked = site.remembered.find(open.caller.session(), fields.text("handle"), now);
    let asked = asked.ok_or(Failure::Forgotten)?;
    let outcomes = &department.outcomes;
    if let Some(attendance) = asked.attendance {
        outcomes.record(&open.caller, attendance, outcome).await?;
    } else {
        let whom = (&asked.subject, &asked.entries[..]);
        outcomes.record_by_hand(&open.caller, whom, outcome).await?;
    }
    Ok(Redirect::to("/department").into_response())
}

fn attendance(fields: &Fields) -> Result<AttendanceId, Failure> {
    fields.text("attendance").parse().map(AttendanceId).map_err(|_| Failure::Garbled)
}

fn said(fields: &Fields) -> Result<Outcome, Failure> {
    let word = fields.text("outcome");
    Outcome::ALL.into_iter().find(|known| known.as_str() == word).ok_or(Failure::Garbled)
}

/// The row of the board that a form names, as its reader may see it.
async fn row(department: &Department, open: &Open, fields: &Fields) -> Result<BoardRow, Failure> {
    let wanted = attendance(fields)?;
    let watching = department.board.open(&open.caller).await?;
    let release = department.board.show(&watching).await?;
    let mut rows = release.content().rows.iter();
    rows.find(|row| row.attendance == wanted).cloned().ok_or(Failure::Forgotten)
}

/// Whether an answer is about one child on a register, so that an attendance can be recorded against it.
pub(super) const fn is_about_one(answer: &CheckAnswer) -> bool {
    matches!(
        answer,
        CheckAnswer::OnRegister { .. }
            | CheckAnswer::RecentlyEnded { .. }
            | CheckAnswer::Sealed { .. }
    )
}
