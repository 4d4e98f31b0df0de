//! The pooled view: by a handle from an earlier answer, or by what is typed.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use kinfold_domain::{Category, NumberAgreement, PersonId};
use kinfold_service::{
    pooled_view::{PartState, PooledView, ViewQuestion},
    records::Statement,
};
use serde::Serialize;

use super::{
    break_glass,
    clues::{self, Problems, Typed},
    failure::Failure,
    fields::Fields,
    purposes::{self, Kind, PurposeLine},
    remembered::{Asked, Choice, Whom},
    session::{Open, SignedIn},
    site::{Shared, Site},
    view_page::{self, Glass},
};

const PLACE: (&str, &str) = ("/view", "view-form.html");

#[derive(Serialize)]
struct ViewForm {
    #[serde(flatten)]
    problems: Problems,
    typed: Typed,
    purposes: Vec<PurposeLine>,
}

/// `GET /view`
pub(super) async fn form(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
) -> Result<Response, Failure> {
    let form = blank(&site, &open, "")?;
    site.page(&open, PLACE, form)
}

/// `POST /view`
pub(super) async fn answer(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    let question = if fields.text("handle").is_empty() {
        match typed(&site, &fields) {
            Ok(question) => question,
            Err(wrong) => return again(&site, &open, &fields, *wrong),
        }
    } else {
        chosen(&site, &open, &fields)?
    };
    let person = question.person.clone();
    let release = site.services.pool.view(&open.caller, question).await?;
    shown(&site, &open, release.content(), (person, None))
}

/// The page of a view, remembered for what is asked next. `glass`: why it was broken.
pub(super) fn shown(
    site: &Site,
    open: &Arc<Open>,
    view: &PooledView,
    (person, glass): (Option<PersonId>, Option<&Statement>),
) -> Result<Response, Failure> {
    let asked = Asked { person, ..remembered(view) };
    site.remembered.keep(open.caller.session(), (view.ask, view.at), asked);
    let others = purposes::of(site, open, (Kind::View, view.purpose.as_str()))?;
    let glass = match glass {
        Some(reason) => Glass::Broken(reason.expose().to_owned()),
        None => Glass::Whole(break_glass::beside(site, open, view)),
    };
    site.page(open, ("/view", "view.html"), view_page::of(site, view, (others, glass)))
}

fn blank(site: &Site, open: &Open, purpose: &str) -> Result<ViewForm, Failure> {
    let purposes = purposes::of(site, open, (Kind::View, purpose))?;
    if purposes.is_empty() {
        return Err(Failure::NotForRole(
            "No purpose of the agreement lets your role see anything about a child.",
        ));
    }
    Ok(ViewForm { problems: Problems::default(), typed: Typed::default(), purposes })
}

fn again(
    site: &Site,
    open: &Arc<Open>,
    fields: &Fields,
    (problems, typed): (Problems, Typed),
) -> Result<Response, Failure> {
    let form = ViewForm { problems, typed, ..blank(site, open, fields.text("purpose"))? };
    site.refused_form(open, PLACE, form)
}

/// The form, as somebody left it.
pub(super) fn as_left(site: &Site, open: &Arc<Open>, left: &Fields) -> Result<Response, Failure> {
    let form = ViewForm { typed: clues::typed(left), ..blank(site, open, left.text("purpose"))? };
    site.page(open, PLACE, form)
}

fn typed(site: &Site, fields: &Fields) -> Result<ViewQuestion, Box<(Problems, Typed)>> {
    let mut problems = Problems::default();
    let (subject, typed) = clues::read(fields, site.spoken().today(), &mut problems);
    match purposes::read(fields, &mut problems) {
        Some(purpose) if problems.is_empty() => {
            let wanted = Category::ALL.into_iter().collect();
            Ok(ViewQuestion { subject, purpose, wanted, person: None })
        }
        _ => Err(Box::new((problems, typed))),
    }
}

/// The child of an earlier answer, for the purpose that was stated then or for another one.
fn chosen(site: &Site, open: &Open, fields: &Fields) -> Result<ViewQuestion, Failure> {
    let now = site.services.clock.now();
    let asked = site.remembered.find(open.caller.session(), fields.text("handle"), now);
    let asked = asked.ok_or(Failure::Forgotten)?;
    let purpose = match fields.text("purpose") {
        "" => asked.purpose.clone(),
        purpose => purpose.parse().map_err(|_| Failure::Garbled)?,
    };
    let person = match fields.text("choice") {
        "" => asked.person.clone(),
        _ => match asked.chosen(fields)? {
            Whom::Person(person) => Some(person.clone()),
            Whom::Entry(..) => return Err(Failure::Forgotten),
        },
    };
    let wanted = Category::ALL.into_iter().collect();
    Ok(ViewQuestion { subject: asked.subject, purpose, wanted, person })
}

fn remembered(view: &PooledView) -> Asked {
    let choices = view.agencies.iter().flat_map(|part| match &part.state {
        PartState::Choose { candidates, .. } => candidates.as_slice(),
        _ => &[],
    });
    Asked {
        subject: view.subject.clone(),
        purpose: view.purpose.clone(),
        person: None,
        entries: Vec::new(),
        attendance: None,
        reason: None,
        choices: choices
            .map(|candidate| Choice {
                whom: Whom::Person(candidate.person.clone()),
                another_name: candidate.number == NumberAgreement::AnotherName,
            })
            .collect(),
    }
}
