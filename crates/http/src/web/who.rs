//! Who looked at this child: for information governance.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use kinfold_service::{audit::WhoQuestion, sign_in::StepUp};
use serde::Serialize;

use super::{
    clues::{self, Problems, Typed},
    downloads,
    failure::Failure,
    fields::Fields,
    purposes::{self, Kind, PurposeLine},
    remembered::Asked,
    session::{Open, SignedIn},
    site::{Shared, Site},
    step_up::{self, Wanted},
    who_file, who_page,
};

const PLACE: (&str, &str) = ("/who", "who-form.html");

pub(super) const EXPORT: Wanted = Wanted {
    what: StepUp::ExportWhoLooked,
    place: "/who",
    heading: "Save who looked as a file",
    explanation: "The file names a child and the employees who looked, and once it is saved nothing here guards it any \
        more. So it needs your PIN and a code that you have not used before, and stands in the ledger under your name. \
        The ledgers are searched again for it.",
    action: "/who/export",
    button: "Save the file",
};

#[derive(Serialize)]
struct WhoForm {
    #[serde(flatten)]
    problems: Problems,
    typed: Typed,
    purposes: Vec<PurposeLine>,
}

/// `GET /who`
pub(super) async fn form(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
) -> Result<Response, Failure> {
    let form = blank(&site, &open, "")?;
    site.page(&open, PLACE, form)
}

/// `POST /who`
pub(super) async fn answer(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    let question = match typed(&site, &fields) {
        Ok(question) => question,
        Err(wrong) => return again(&site, &open, &fields, *wrong),
    };
    let asked = remembered(&question);
    let release = site.services.who.list(&open.caller, question).await?;
    let looked = release.content();
    site.remembered.keep(open.caller.session(), (looked.ask, looked.at), asked);
    site.page(&open, ("/who", "who.html"), who_page::of(&site, looked))
}

/// `POST /who/export`: PIN and a fresh code first, then the file.
pub(super) async fn export(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    blank(&site, &open, "")?;
    let now = site.services.clock.now();
    let asked = site.remembered.find(open.caller.session(), fields.text("handle"), now);
    let Asked { subject, purpose, .. } = asked.ok_or(Failure::Forgotten)?;
    let stepped_up = match step_up::proved(&site, &open, &fields, &EXPORT).await? {
        Ok(stepped_up) => stepped_up,
        Err(page) => return Ok(page),
    };
    let question = WhoQuestion { subject, purpose };
    let release = site.services.who.export(&open.caller, question, stepped_up).await?;
    let file = who_file::csv(&who_page::of(&site, release.content()));
    Ok(downloads::csv("who-looked", file.map_err(|_| Failure::Panicked)?))
}

/// What a file of it will be about.
fn remembered(question: &WhoQuestion) -> Asked {
    Asked {
        subject: question.subject.clone(),
        purpose: question.purpose.clone(),
        person: None,
        choices: Vec::new(),
        entries: Vec::new(),
        attendance: None,
        reason: None,
    }
}

fn blank(site: &Site, open: &Open, purpose: &str) -> Result<WhoForm, Failure> {
    let purposes = purposes::of(site, open, (Kind::Review, purpose))?;
    if purposes.is_empty() {
        return Err(Failure::NotForRole(
            "Who looked at a child is for information governance alone.",
        ));
    }
    Ok(WhoForm { problems: Problems::default(), typed: Typed::default(), purposes })
}

fn again(
    site: &Site,
    open: &Arc<Open>,
    fields: &Fields,
    (problems, typed): (Problems, Typed),
) -> Result<Response, Failure> {
    let form = WhoForm { problems, typed, ..blank(site, open, fields.text("purpose"))? };
    site.refused_form(open, PLACE, form)
}

/// The form, as somebody left it.
pub(super) fn as_left(site: &Site, open: &Arc<Open>, left: &Fields) -> Result<Response, Failure> {
    let form = WhoForm { typed: clues::typed(left), ..blank(site, open, left.text("purpose"))? };
    site.page(open, PLACE, form)
}

fn typed(site: &Site, fields: &Fields) -> Result<WhoQuestion, Box<(Problems, Typed)>> {
    let mut problems = Problems::default();
    let (subject, typed) = clues::read(fields, site.spoken().today(), &mut problems);
    if problems.is_empty() && subject.nhs_number.is_none() && subject.birth_date.is_none() {
        problems
            .add("birth_day", "Ledgers are searched by NHS number, or by name and date of birth");
    }
    match purposes::read(fields, &mut problems) {
        Some(purpose) if problems.is_empty() => Ok(WhoQuestion { subject, purpose }),
        _ => Err(Box::new((problems, typed))),
    }
}
