//! What is due on the register, by the statutory deadlines.

use axum::{extract::State, response::Response};
use kinfold_service::register::{DueLine, DueList};
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
    let entries = list.lines.iter().map(|line| line.entry.clone()).collect();
    let work = RegisterWork::Entries(entries);
    site.register_work.keep(open.caller.session(), (list.ask, list.at), work);
    site.page(&open, ("/register", "register-due.html"), of(list))
}

fn of(list: &DueList) -> DuePage {
    let spoken = Spoken::at(list.at);
    let line = |(place, line): (usize, &DueLine)| Line {
        place,
        overdue: line.due.is_overdue(spoken.today()),
        day: day(line.due.day),
        what: line.due.deadline.words(),
        rule: line.due.deadline.rule(),
        name: line.name.expose(),
        status: line.status.words(),
        reference: line.entry.to_string(),
        unknown_year: line.due.unknown_year,
    };
    DuePage {
        handle: list.ask.0.to_string(),
        lines: list.lines.iter().enumerate().map(line).collect(),
        more: list.more,
    }
}
