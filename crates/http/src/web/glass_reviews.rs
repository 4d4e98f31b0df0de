//! Broken glass: what information governance reviews.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use kinfold_domain::{AgencyId, Categories, Category, Purpose};
use kinfold_service::{
    audit::{GlassError, GlassLine, GlassList},
    records::{Asker, Finding, Statement},
};
use serde::Serialize;

use super::{
    answer_page,
    clues::Problems,
    failure::{Failure, sentence},
    fields::Fields,
    purposes::{self, Kind},
    session::{Open, SignedIn},
    site::{Shared, Site},
    spoken::{Moment, Spoken},
};

const PLACE: (&str, &str) = ("/broken-glass", "broken-glass.html");

#[derive(Serialize)]
struct Reviewed {
    finding: &'static str,
    words: String,
    by: String,
    at: Moment,
}

#[derive(Serialize)]
struct Line {
    place: String,
    ask: String,
    at: Moment,
    by: String,
    purpose: String,
    asked: Vec<(&'static str, String)>,
    opened: Vec<String>,
    /// What of it was shown, where this ledger knows.
    shown: Option<Vec<String>>,
    reason: String,
    review: Option<Reviewed>,
    /// The reader opened it, and does not review it.
    own: bool,
    /// What the reader had typed.
    typed: String,
}

#[derive(Serialize)]
struct GlassPage {
    #[serde(flatten)]
    problems: Problems,
    at: Moment,
    waiting: usize,
    lines: Vec<Line>,
    is_behind: bool,
    more: bool,
}

/// `GET /broken-glass`
pub(super) async fn list(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
) -> Result<Response, Failure> {
    let purpose = review_purpose(&site, &open)?;
    let release = site.services.who.broken_glass(&open.caller, purpose).await?;
    site.page(&open, PLACE, page(&site, &open, release.content(), Problems::default()))
}

/// `POST /broken-glass/review`
pub(super) async fn review(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    let purpose = review_purpose(&site, &open)?;
    let index = fields.text("place").parse().map_err(|_| Failure::Garbled)?;
    let finding = match fields.text("finding") {
        "justified" => Finding::Justified,
        "not-justified" => Finding::NotJustified,
        _ => return Err(Failure::Garbled),
    };
    let words = match fields.text("words").parse::<Statement>() {
        Ok(words) => words,
        Err(why) => return again(&site, &open, (purpose, &fields), &why.to_string()).await,
    };
    let who = &site.services.who;
    match who.review_glass(&open.caller, (purpose.clone(), index), (finding, words)).await {
        Ok(()) => Ok(Redirect::to(PLACE.0).into_response()),
        Err(GlassError::Who(error)) => Err(error.into()),
        Err(why) => again(&site, &open, (purpose, &fields), &why.to_string()).await,
    }
}

async fn again(
    site: &Site,
    open: &Arc<Open>,
    (purpose, fields): (Purpose, &Fields),
    why: &str,
) -> Result<Response, Failure> {
    let release = site.services.who.broken_glass(&open.caller, purpose).await?;
    let mut problems = Problems::default();
    problems.add("broken-glass", sentence(why));
    let mut page = page(site, open, release.content(), problems);
    for line in page.lines.iter_mut().filter(|line| line.place == fields.text("place")) {
        fields.text("words").clone_into(&mut line.typed);
    }
    site.refused_form(open, PLACE, page)
}

/// The purpose under which this role reviews access.
fn review_purpose(site: &Site, open: &Open) -> Result<Purpose, Failure> {
    let purposes = purposes::of(site, open, (Kind::Review, ""))?;
    let purpose = purposes.first().and_then(|purpose| purpose.id.parse().ok());
    purpose.ok_or(Failure::NotForRole("Broken glass is reviewed by information governance alone."))
}

fn page(site: &Site, open: &Open, list: &GlassList, problems: Problems) -> GlassPage {
    let spoken = Spoken::at(list.at);
    GlassPage {
        problems,
        at: spoken.moment(list.at),
        waiting: list.lines.iter().filter(|line| line.review.is_none()).count(),
        lines: list.lines.iter().map(|known| line(site, open, &spoken, known)).collect(),
        is_behind: list.behind.is_some(),
        more: list.more,
    }
}

fn line(site: &Site, open: &Open, spoken: &Spoken, known: &GlassLine) -> Line {
    let by_owner = |categories: &BTreeMap<AgencyId, Categories>| -> Vec<String> {
        categories.iter().map(|(owner, categories)| of_owner(site, owner, categories)).collect()
    };
    let review = known.review.as_ref().map(|review| Reviewed {
        finding: finding(review.finding),
        words: review.words.expose().to_owned(),
        by: named(site, &review.by),
        at: spoken.moment(review.at),
    });
    Line {
        place: known.index.to_string(),
        ask: known.ask.0.to_string(),
        at: spoken.moment(known.at),
        by: named(site, &known.by),
        purpose: purposes::reading(site, &known.purpose),
        asked: answer_page::asked(spoken, &known.subject),
        opened: by_owner(&known.glass.opened),
        shown: known.shown.as_ref().map(by_owner),
        reason: known.glass.reason.expose().to_owned(),
        review,
        own: known.by.is(&Asker::from(open.caller.employee())),
        typed: String::new(),
    }
}

/// `Address, Social care summary of Ashmoor Council`
fn of_owner(site: &Site, owner: &AgencyId, categories: &Categories) -> String {
    let what: Vec<&str> = categories.iter().copied().map(Category::heading).collect();
    format!("{} of {}", what.join(", "), site.services.agreements.agency(owner).name)
}

const fn finding(finding: Finding) -> &'static str {
    match finding {
        Finding::Justified => "Justified",
        Finding::NotJustified => "Not justified",
    }
}

fn named(site: &Site, by: &Asker) -> String {
    let agency = site.services.agreements.agency(&by.agency).name;
    format!("{}, {}, {agency}", by.name.expose(), by.job_title)
}
