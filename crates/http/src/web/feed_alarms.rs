//! Feeds that have stopped: the banner of those who were told, and who sees to it.

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use kinfold_service::feeds::{FeedAlarm, FeedId, Told};
use serde::Serialize;

use super::{
    failure::Failure,
    feeds,
    fields::Fields,
    session::{Open, SignedIn},
    site::{Shared, Site},
    spoken::Spoken,
};

/// An alarm on the page.
#[derive(Serialize)]
pub(super) struct AlarmLine {
    id: String,
    feed: String,
    since: String,
    told: Vec<String>,
    taken: Option<String>,
    over: Option<String>,
}

/// `POST /feeds/alarm`: an employee sees to it, by name.
pub(super) async fn take(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    feeds::admit(&site, &open)?;
    let alarm = fields.text("alarm").parse().map_err(|_| Failure::Garbled)?;
    site.services.alarms.take(&open.caller, alarm).await?;
    Ok(Redirect::to("/feeds").into_response())
}

/// What stands on every page of somebody who was told. Times are the alarm's own, so that equal banners are rendered once.
pub(super) fn banner(site: &Site, open: &Open) -> Vec<String> {
    let alarms = site.services.alarms.told_to(open.caller.employee());
    if alarms.is_empty() {
        return Vec::new();
    }
    let spoken = site.spoken();
    let words = |alarm: &FeedAlarm| {
        let taken = alarm.taken.as_ref().map(|told| told.who.name.expose());
        let taken = taken.map(|name| format!("; {name} sees to it")).unwrap_or_default();
        format!("{}, since {}{taken}", feed(&alarm.feed), spoken.minute(alarm.since))
    };
    alarms.iter().map(words).collect()
}

pub(super) fn line(spoken: &Spoken, alarm: &FeedAlarm) -> AlarmLine {
    AlarmLine {
        id: alarm.id.to_string(),
        feed: feed(&alarm.feed),
        since: spoken.minute(alarm.since),
        told: alarm.told.iter().map(|told| who(spoken, told)).collect(),
        taken: alarm.taken.as_ref().map(|told| who(spoken, told)),
        over: alarm.over.map(|over| spoken.minute(over)),
    }
}

fn who(spoken: &Spoken, told: &Told) -> String {
    let at = spoken.minute(told.at);
    format!("{}, {}, {at}", told.who.name.expose(), told.who.job_title)
}

fn feed(feed: &FeedId) -> String {
    match feed {
        FeedId::Source(name) => format!("source system {name}"),
        FeedId::Register(owner) => format!("register of {owner}"),
        FeedId::Sender(name) => format!("messages of {name}"),
    }
}
