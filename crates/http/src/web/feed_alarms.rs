//! Feeds that have stopped, and what is watched beside them: the banner of those who were told, and who sees to it.

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
    /// How it stands, in a word or two.
    word: &'static str,
    times: String,
    /// What it means and what to do.
    hint: &'static str,
    told: Vec<String>,
    taken: Option<String>,
    over: bool,
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
        format!("{}, since {}{taken}", calls(&alarm.feed), spoken.minute(alarm.since))
    };
    alarms.iter().map(words).collect()
}

pub(super) fn line(spoken: &Spoken, alarm: &FeedAlarm) -> AlarmLine {
    AlarmLine {
        id: alarm.id.to_string(),
        feed: feed(&alarm.feed),
        word: word(alarm),
        times: times(spoken, alarm),
        hint: hint(&alarm.feed),
        told: alarm.told.iter().map(|told| who(spoken, told)).collect(),
        taken: alarm.taken.as_ref().map(|told| who(spoken, told)),
        over: alarm.over.is_some(),
    }
}

fn who(spoken: &Spoken, told: &Told) -> String {
    let at = spoken.minute(told.at);
    format!("{}, {}, {at}", told.who.name.expose(), told.who.job_title)
}

/// What it calls for, as a banner begins.
fn calls(id: &FeedId) -> String {
    match id {
        FeedId::SignIns => "Wrong sign-ins over many accounts".to_owned(),
        FeedId::Clock => "Codes are refused: this node’s clock is off".to_owned(),
        FeedId::Source(_) | FeedId::Register(_) | FeedId::Sender(_) => {
            format!("A feed has stopped: {}", feed(id))
        }
    }
}

const fn word(alarm: &FeedAlarm) -> &'static str {
    match (&alarm.feed, alarm.over.is_some()) {
        (FeedId::SignIns, false) => "Many accounts are tried",
        (FeedId::Clock, false) => "Codes are refused",
        (FeedId::SignIns | FeedId::Clock, true) => "Over",
        (FeedId::Source(_) | FeedId::Register(_) | FeedId::Sender(_), false) => "Stopped",
        (FeedId::Source(_) | FeedId::Register(_) | FeedId::Sender(_), true) => "Running again",
    }
}

fn times(spoken: &Spoken, alarm: &FeedAlarm) -> String {
    let (since, over) = (spoken.minute(alarm.since), alarm.over.map(|over| spoken.minute(over)));
    match (&alarm.feed, over) {
        (FeedId::SignIns | FeedId::Clock, None) => format!("Since {since}."),
        (FeedId::SignIns | FeedId::Clock, Some(over)) => format!("From {since} to {over}."),
        (_, None) => format!("Last heard {since}."),
        (_, Some(over)) => format!("Last heard {since}. Heard again {over}."),
    }
}

const fn hint(id: &FeedId) -> &'static str {
    match id {
        FeedId::SignIns => {
            "Somebody may be guessing. Tries from there are slowed down by themselves, and each account is locked after ten wrong ones. \
             Information governance sees under Employees from where they come: find out who is there, or keep that address out."
        }
        FeedId::Clock => {
            "Nobody can sign in by code; passkeys go on. How far the clock is off stands below."
        }
        FeedId::Source(_) | FeedId::Register(_) | FeedId::Sender(_) => "",
    }
}

fn feed(feed: &FeedId) -> String {
    match feed {
        FeedId::Source(name) => format!("source system {name}"),
        FeedId::Register(owner) => format!("register of {owner}"),
        FeedId::Sender(name) => format!("messages of {name}"),
        FeedId::SignIns => "Sign-ins".to_owned(),
        FeedId::Clock => "This node’s clock".to_owned(),
    }
}
