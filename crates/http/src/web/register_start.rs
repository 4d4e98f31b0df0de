//! The custodian's start page: how the register stands, what waits, and the search for an entry.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use kinfold_service::register::{Found, Overview};
use serde::Serialize;

use super::{
    answer_page,
    clues::{self, Problems, Typed},
    failure::Failure,
    fields::Fields,
    register_words::{EntryLines, lines},
    register_work::{RegisterWork, custodian},
    session::{Open, SignedIn},
    site::{Shared, Site},
    spoken::{Moment, Spoken},
};

const PLACE: (&str, &str) = ("/register", "register-start.html");

#[derive(Serialize)]
struct StartPage {
    #[serde(flatten)]
    problems: Problems,
    typed: Typed,
    answered: Moment,
    confirmed: Option<Moment>,
    stale: bool,
    failure: Option<String>,
    current: usize,
    ended: usize,
    overdue: usize,
    soon: usize,
    holidays_end: Option<i16>,
    due: usize,
    later: usize,
    unread: u64,
    from_file: u64,
    handed: usize,
    handed_to_see: usize,
    vanished: Option<usize>,
}

#[derive(Serialize)]
struct FoundPage {
    asked: Vec<(&'static str, String)>,
    handle: String,
    entries: Vec<EntryLines>,
}

/// `GET /register`
pub(super) async fn page(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
) -> Result<Response, Failure> {
    let release = custodian(&site)?.overview(&open.caller).await?;
    let page = start(release.content(), Problems::default(), Typed::default());
    site.page(&open, PLACE, page)
}

/// `POST /register/find`
pub(super) async fn find(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    let mut problems = Problems::default();
    let (subject, typed) = clues::read(&fields, site.spoken().today(), &mut problems);
    if !problems.is_empty() {
        return again(&site, &open, problems, typed).await;
    }
    let asked = answer_page::asked(&site.spoken(), &subject);
    let release = custodian(&site)?.find(&open.caller, subject).await?;
    let page = found(&site, &open, asked, release.content());
    site.page(&open, ("/register", "register-found.html"), page)
}

/// The page, with the search as somebody left it.
pub(super) async fn as_left(
    site: &Site,
    open: &Arc<Open>,
    left: &Fields,
) -> Result<Response, Failure> {
    let release = custodian(site)?.overview(&open.caller).await?;
    let page = start(release.content(), Problems::default(), clues::typed(left));
    site.page(open, PLACE, page)
}

async fn again(
    site: &Site,
    open: &Arc<Open>,
    problems: Problems,
    typed: Typed,
) -> Result<Response, Failure> {
    let release = custodian(site)?.overview(&open.caller).await?;
    site.refused_form(open, PLACE, start(release.content(), problems, typed))
}

fn start(overview: &Overview, problems: Problems, typed: Typed) -> StartPage {
    let spoken = Spoken::at(overview.at);
    StartPage {
        problems,
        typed,
        answered: spoken.moment(overview.at),
        confirmed: overview.confirmed.as_at.map(|at| spoken.moment(at.0)),
        stale: overview.confirmed.stale,
        failure: overview.failure.clone(),
        current: overview.standing.0,
        ended: overview.standing.1,
        overdue: overview.due.0,
        soon: overview.due.1,
        holidays_end: overview.holidays_end,
        due: overview.differences.0,
        later: overview.differences.1,
        unread: overview.unread,
        from_file: overview.from_file,
        handed: overview.handed.0,
        handed_to_see: overview.handed.1,
        vanished: overview.vanished.as_ref().map(|vanished| vanished.gone),
    }
}

fn found(site: &Site, open: &Open, asked: Vec<(&'static str, String)>, found: &Found) -> FoundPage {
    let today = Spoken::at(found.at).today();
    let ids = found.entries.iter().map(|entry| entry.id.clone()).collect();
    let work = RegisterWork::Entries(ids);
    site.register_work.keep(open.caller.session(), (found.ask, found.at), work);
    let entries = found.entries.iter().map(|entry| lines(entry, today)).collect();
    FoundPage { asked, handle: found.ask.0.to_string(), entries }
}
