//! What is due on the register, by the statutory deadlines.

use axum::{extract::State, response::Response};
use kinfold_domain::{PersonName, RegisterStatus};
use kinfold_service::register::{DueLine, DueList, Side};
use serde::Serialize;

use super::{
    failure::Failure,
    register_work::{RegisterWork, custodian},
    session::SignedIn,
    site::Shared,
    spoken::{Spoken, day},
};

#[derive(Serialize)]
struct Line {
    place: usize,
    overdue: bool,
    day: String,
    what: &'static str,
    rule: &'static str,
    name: String,
    status: &'static str,
    reference: String,
    /// With whom, where it is a hand-over's: it is opened from their list.
    with: Option<String>,
    /// It is a strategy discussion's.
    discussion: bool,
    /// The year whose bank holidays are not known: the day is the one that is counted from.
    unknown_year: Option<i16>,
}

#[derive(Serialize)]
struct DuePage {
    handle: String,
    lines: Vec<Line>,
    more: usize,
}

/// `GET /register/due`
pub(super) async fn page(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
) -> Result<Response, Failure> {
    let release = custodian(&site)?.due(&open.caller).await?;
    let list = release.content();
    let entries = list.lines.iter().filter_map(|line| line.entry.clone()).collect();
    let work = RegisterWork::Entries(entries);
    site.register_work.keep(open.caller.session(), (list.ask, list.at), work);
    site.page(&open, ("/register", "register-due.html"), of(list))
}

fn of(list: &DueList) -> DuePage {
    let spoken = Spoken::at(list.at);
    let mut opened = 0..;
    let line = |line: &DueLine| Line {
        // The place among the own register's entries, which the page can open.
        place: line.entry.as_ref().and_then(|_| opened.next()).unwrap_or_default(),
        overdue: line.due.is_overdue(spoken.today()),
        day: day(line.due.day),
        what: line.due.deadline.words(),
        rule: line.due.deadline.rule(),
        name: line.name.as_ref().map(PersonName::expose).unwrap_or_default(),
        status: line.status.map_or("", RegisterStatus::words),
        reference: line.entry.as_ref().map(ToString::to_string).unwrap_or_default(),
        discussion: line.discussion,
        with: line.hand_over.as_ref().map(|(_, side, partner)| match side {
            Side::Giver => format!("Handed over to {partner}"),
            Side::Taker => format!("Handed over by {partner}"),
        }),
        unknown_year: line.due.unknown_year,
    };
    DuePage {
        handle: list.ask.0.to_string(),
        lines: list.lines.iter().map(line).collect(),
        more: list.more,
    }
}
