//! Corrections: one tap says what is wrong about an entry; the custodian's list of what was said.

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use kinfold_service::{corrections::CorrectionRow, records::Wrong};
use serde::Serialize;

use super::{
    failure::Failure,
    fields::Fields,
    ring,
    session::{Open, SignedIn},
    site::{Shared, Site},
    spoken::{Moment, Spoken},
};

#[derive(Serialize)]
struct CorrectionLine {
    id: String,
    said: Moment,
    wrong: &'static str,
    by: String,
    entry: String,
    child: Option<String>,
    key_worker: Option<String>,
}

#[derive(Serialize)]
struct CorrectionsPage {
    at: Moment,
    rows: Vec<CorrectionLine>,
}

/// `POST /corrections/say`: from the answer page.
pub(super) async fn say(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    let now = site.services.clock.now();
    let asked = site.remembered.find(open.caller.session(), fields.text("handle"), now);
    let asked = asked.ok_or(Failure::Forgotten)?;
    let wrong = wrong(fields.text("wrong"))?;
    let place: usize = fields.text("entry").parse().map_err(|_| Failure::Garbled)?;
    let (owner, entry) = asked.entries.get(place).ok_or(Failure::Forgotten)?;
    let corrections = &site.services.corrections;
    corrections.say(&open.caller, (owner, entry), (wrong, &asked.purpose)).await?;
    let owner = site.services.agreements.agency(owner).name;
    site.page(&open, ("/check", "correction-said.html"), Said { owner, wrong: reads(wrong) })
}

#[derive(Serialize)]
struct Said {
    owner: String,
    wrong: &'static str,
}

/// `GET /corrections`
pub(super) async fn list(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
) -> Result<Response, Failure> {
    admit(&site, &open)?;
    let release = site.services.corrections.list(&open.caller).await?;
    let list = release.content();
    let spoken = Spoken::at(list.at);
    let rows = list.rows.iter().map(|row| line(&site, &spoken, row)).collect();
    let page = CorrectionsPage { at: spoken.moment(list.at), rows };
    site.page(&open, ("/corrections", "corrections.html"), page)
}

/// `POST /corrections/settle`
pub(super) async fn settle(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    admit(&site, &open)?;
    let id = fields.text("correction").parse().map_err(|_| Failure::Garbled)?;
    site.services.corrections.settle(&open.caller, id).await?;
    Ok(Redirect::to("/corrections").into_response())
}

fn admit(site: &Site, open: &Open) -> Result<(), Failure> {
    if site.reach(open).corrections {
        return Ok(());
    }
    Err(Failure::NotForRole("Corrections are the register custodian’s work."))
}

fn wrong(word: &str) -> Result<Wrong, Failure> {
    match word {
        "number" => Ok(Wrong::Number),
        "worker" => Ok(Wrong::Worker),
        "child" => Ok(Wrong::Child),
        _ => Err(Failure::Garbled),
    }
}

const fn reads(wrong: Wrong) -> &'static str {
    match wrong {
        Wrong::Number => "Wrong telephone number",
        Wrong::Worker => "Wrong worker",
        Wrong::Child => "Wrong child",
    }
}

fn line(site: &Site, spoken: &Spoken, row: &CorrectionRow) -> CorrectionLine {
    let said = &row.heard.correction;
    let entry = row.entry.as_ref();
    let worker = entry.and_then(|entry| entry.professionals.first());
    CorrectionLine {
        id: said.id.to_string(),
        said: spoken.moment(said.at),
        wrong: reads(said.wrong),
        by: format!(
            "{}, {}, {}",
            said.by.name.expose(),
            said.by.job_title,
            site.services.agreements.agency(&said.by.agency).name
        ),
        entry: said.register_entry.to_string(),
        child: entry.map(|entry| entry.subject.name.expose()),
        key_worker: worker.map(|worker| {
            let number = worker
                .telephone
                .as_ref()
                .map(|number| format!(", {} ({})", number.as_str(), ring::confirmed(number)));
            format!("{}{}", worker.name.expose(), number.unwrap_or_default())
        }),
    }
}
