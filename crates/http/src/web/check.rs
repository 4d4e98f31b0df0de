//! The check: one form, and the answer to it in the same breath. Each showing is a look that is recorded, so an answer is
//! never fetched a second time.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use kinfold_domain::{CheckAnswer, NumberAgreement, RegisterHit, Subject};
use kinfold_service::check::{CheckQuestion, Checked};
use serde::Serialize;

use super::{
    answer_page::{self, RegisterLine},
    clues::{self, Problems, Typed},
    department,
    failure::Failure,
    fields::Fields,
    purposes::{self, Kind, PurposeLine},
    remembered::{Asked, Choice, Whom},
    session::{Open, SignedIn},
    site::{Shared, Site},
};

const PLACE: (&str, &str) = ("/check", "check.html");

#[derive(Serialize)]
struct CheckForm {
    #[serde(flatten)]
    problems: Problems,
    typed: Typed,
    purposes: Vec<PurposeLine>,
    registers: Vec<RegisterLine>,
}

/// `GET /check`
pub(super) async fn form(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
) -> Result<Response, Failure> {
    let form = blank(&site, &open, "")?;
    site.page(&open, PLACE, form)
}

/// `POST /check`
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
    let was_chosen = question.choice.is_some();
    let release = site.services.check.check(&open.caller, question).await?;
    let checked = release.content();
    let at = (checked.ask, checked.at);
    site.remembered.keep(open.caller.session(), at, remembered(checked, was_chosen));
    let page = answer_page::of(&site, checked).beside(&site, &open);
    site.page(&open, ("/check", "answer.html"), page)
}

fn blank(site: &Site, open: &Open, purpose: &str) -> Result<CheckForm, Failure> {
    let purposes = purposes::of(site, open, (Kind::Check, purpose))?;
    if purposes.is_empty() {
        return Err(Failure::NotForRole(
            "No purpose of the agreement lets your role check a child on a register.",
        ));
    }
    let (problems, typed) = (Problems::default(), Typed::default());
    Ok(CheckForm { problems, typed, purposes, registers: answer_page::registers(site) })
}

fn again(
    site: &Site,
    open: &Arc<Open>,
    fields: &Fields,
    (problems, typed): (Problems, Typed),
) -> Result<Response, Failure> {
    let form = CheckForm { problems, typed, ..blank(site, open, fields.text("purpose"))? };
    site.refused_form(open, PLACE, form)
}

/// The form, as somebody left it.
pub(super) fn as_left(site: &Site, open: &Arc<Open>, left: &Fields) -> Result<Response, Failure> {
    let form = CheckForm { typed: clues::typed(left), ..blank(site, open, left.text("purpose"))? };
    site.page(open, PLACE, form)
}

/// What was typed, or what is wrong with it.
fn typed(site: &Site, fields: &Fields) -> Result<CheckQuestion, Box<(Problems, Typed)>> {
    let mut problems = Problems::default();
    let (subject, typed) = clues::read(fields, site.spoken().today(), &mut problems);
    match purposes::read(fields, &mut problems) {
        Some(purpose) if problems.is_empty() => {
            Ok(CheckQuestion { subject, purpose, choice: None })
        }
        _ => Err(Box::new((problems, typed))),
    }
}

/// One of the children of an earlier answer.
fn chosen(site: &Site, open: &Open, fields: &Fields) -> Result<CheckQuestion, Failure> {
    let now = site.services.clock.now();
    let asked = site.remembered.find(open.caller.session(), fields.text("handle"), now);
    let asked = asked.ok_or(Failure::Forgotten)?;
    match asked.chosen(fields)? {
        Whom::Entry(owner, entry) => {
            let choice = Some((owner.clone(), entry.clone()));
            Ok(CheckQuestion { choice, subject: asked.subject, purpose: asked.purpose })
        }
        Whom::Person(_) => Err(Failure::Forgotten),
    }
}

/// What the pooled view, or a choice, will be about.
pub(super) fn remembered(checked: &Checked, was_chosen: bool) -> Asked {
    let mut asked = Asked {
        subject: checked.subject.clone(),
        purpose: checked.purpose.clone(),
        person: None,
        choices: Vec::new(),
        entries: Vec::new(),
        attendance: None,
        reason: None,
    };
    if department::is_about_one(&checked.answer) {
        asked.entries.clone_from(&checked.entries);
    }
    match &checked.answer {
        CheckAnswer::OnRegister { hits } | CheckAnswer::RecentlyEnded { hits, .. } => {
            if let Some(hit) = hits.first() {
                asked.subject = known(&asked.subject, hit, was_chosen);
            }
        }
        CheckAnswer::Several { possible, .. } => {
            let choices = possible.iter().map(|child| Choice {
                whom: Whom::Entry(child.agency.id.clone(), child.entry.clone()),
                another_name: child.number == NumberAgreement::AnotherName,
            });
            asked.choices = choices.collect();
        }
        CheckAnswer::NotOnRegister | CheckAnswer::Unconfirmed | CheckAnswer::Sealed { .. } => {}
    }
    asked
}

/// Whom to ask the agencies about: the chosen child as the register knows it; otherwise what was typed, with the number that
/// the register adds, unless number and name disagree.
fn known(typed: &Subject, hit: &RegisterHit, was_chosen: bool) -> Subject {
    if was_chosen {
        return Subject::from(&hit.entry.subject);
    }
    let trusted = hit.number != NumberAgreement::AnotherName;
    let number = hit.entry.subject.nhs_number.filter(|_| trusted);
    Subject { nhs_number: typed.nhs_number.or(number), ..typed.clone() }
}
