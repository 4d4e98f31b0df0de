//! Who looked at this child: for information governance.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use kinfold_service::audit::WhoQuestion;
use serde::Serialize;

use super::{
    clues::{self, Problems, Typed},
    failure::Failure,
    fields::Fields,
    purposes::{self, Kind, PurposeLine},
    session::{Open, SignedIn},
    site::{Shared, Site},
    who_page,
};

const PLACE: (&str, &str) = ("/who", "who-form.html");

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
    let release = site.services.who.list(&open.caller, question).await?;
    site.page(&open, ("/who", "who.html"), who_page::of(&site, release.content()))
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
