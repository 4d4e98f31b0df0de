//! How feeds stand: for operators and governance, live where JavaScript is on.

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
use tokio::sync::OwnedSemaphorePermit;

use super::{
    failure::Failure,
    feeds_page::{self, FeedsNow},
    fields::Fields,
    session::{Open, SignedIn},
    site::{Shared, Site},
};

/// How often a live page is told.
const EVERY: Duration = Duration::from_secs(3);

/// `GET /feeds`
pub(super) async fn page(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
) -> Result<Response, Failure> {
    admit(&site, &open)?;
    let now = FeedsNow::look(&site).await?;
    site.page(&open, ("/feeds", "feeds.html"), feeds_page::of(&site, &now))
}

/// `POST /feeds/mended`: a message that could not be understood is dealt with, or a row of a source's facts.
pub(super) async fn mended(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    admit(&site, &open)?;
    let place = fields.text("place").parse().map_err(|_| Failure::Garbled)?;
    match fields.text("source") {
        "" => site.services.feeds.mended(place).await?,
        source => site.services.feeds.row_mended(source, place).await?,
    }
    Ok(Redirect::to("/feeds").into_response())
}

/// `GET /feeds/events`: the part of the page that changes, every few seconds.
pub(super) async fn events(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
) -> Result<Response, Failure> {
    admit(&site, &open)?;
    let turn = Arc::clone(&site.streams).try_acquire_owned().map_err(|_| Failure::Busy)?;
    // Being told is no use of the session: a page that is left alone must not keep it open.
    let until = site.services.clock.now().saturating_add(site.services.sign_in.limits().idle);
    let until = until.unwrap_or(Timestamp::MAX);
    Ok(Sse::new(told(site, until, turn)).keep_alive(KeepAlive::default()).into_response())
}

/// Operators and governance, and whoever is named to be told of feeds that stop.
pub(super) fn admit(site: &Site, open: &Open) -> Result<(), Failure> {
    if site.reach(open).feeds || site.services.alarms.is_named(open.caller.employee()) {
        return Ok(());
    }
    Err(Failure::NotForRole("How feeds stand is for operators and information governance."))
}

fn told(
    site: Shared,
    until: Timestamp,
    turn: OwnedSemaphorePermit,
) -> impl Stream<Item = Result<Event, Infallible>> + Send {
    futures::stream::unfold(Some((site, turn)), move |going| async move {
        let (site, turn) = going?;
        tokio::time::sleep(EVERY).await;
        let over = site.services.clock.now() >= until;
        let part = if over { None } else { part(&site).await };
        Some(match part {
            Some(html) => (Ok(Event::default().event("part").data(html)), Some((site, turn))),
            None => (Ok(Event::default().event("over").data("over")), None),
        })
    })
}

/// `None` when it can't be made: the page then says that it is no longer live.
async fn part(site: &Site) -> Option<String> {
    let now = FeedsNow::look(site).await.ok()?;
    site.pages.render_part("feeds-part.html", feeds_page::of(site, &now)).ok()
}
