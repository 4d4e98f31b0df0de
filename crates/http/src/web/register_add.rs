//! A child added to the register by hand.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use kinfold_domain::{
    BirthDate, Demographics, PersonName, Professional, RegisterStatus, Sex, Telephone,
};
use kinfold_service::register::{Change, CustodyError, Discussion, NewEntry, ToChange};
use serde::Serialize;

use super::{
    clues::Problems,
    failure::{Failure, sentence},
    fields::Fields,
    register_change::planned,
    register_discussions::{chosen, typed_of},
    register_fields::{self as typed, BIRTH, EXPECTED, NEXT, START, Typed},
    register_work::for_custodians,
    session::{Open, SignedIn},
    site::{Shared, Site},
};

const FORM: (&str, &str) = ("/register", "register-add.html");

#[derive(Serialize)]
struct AddPage {
    #[serde(flatten)]
    problems: Problems,
    typed: Typed,
    /// The strategy discussion of which the plan came, and its place.
    handle: String,
    choice: String,
}

/// `GET /register/add`
pub(super) async fn form(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
) -> Result<Response, Failure> {
    for_custodians(&site, &open)?;
    let (handle, choice) = (String::new(), String::new());
    let (problems, typed) = (Problems::default(), typed::blank());
    site.page(&open, FORM, AddPage { problems, typed, handle, choice })
}

/// The form with what a strategy discussion knows of the child.
pub(super) fn prefilled(
    site: &Site,
    open: &Arc<Open>,
    discussion: &Discussion,
    (handle, choice): (&str, &str),
) -> Result<Response, Failure> {
    let (problems, typed) = (Problems::default(), typed_of(discussion));
    let (handle, choice) = (handle.to_owned(), choice.to_owned());
    site.page(open, FORM, AddPage { problems, typed, handle, choice })
}

/// The form, as somebody left it.
pub(super) fn as_left(site: &Site, open: &Arc<Open>, left: &Fields) -> Result<Response, Failure> {
    for_custodians(site, open)?;
    site.page(open, FORM, again(left, Problems::default()))
}

/// `POST /register/add`: what would be added, or what is wrong with the form.
pub(super) async fn plan(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    let mut problems = Problems::default();
    let new = read(&fields, &mut problems);
    let reason = typed::reason(&fields, &mut problems);
    // One that is no longer remembered stays on its list, where it is ended once the plan stands.
    let discussion = chosen(&site, &open, &fields).ok();
    let new = new.map(|new| NewEntry { discussion, ..new });
    let Some(new) = new.filter(|_| problems.is_empty()) else {
        return site.refused_form(&open, FORM, again(&fields, problems));
    };
    let wanted = ToChange { entry: None, change: Change::Add(Box::new(new)), reason };
    match planned(&site, &open, wanted).await {
        Err(Failure::Custody(CustodyError::Change(why))) => {
            problems.add("status", sentence(&why.to_string()));
            site.refused_form(&open, FORM, again(&fields, problems))
        }
        page => page,
    }
}

fn again(fields: &Fields, problems: Problems) -> AddPage {
    AddPage {
        problems,
        typed: typed::typed(fields),
        handle: fields.text("handle").to_owned(),
        choice: fields.text("choice").to_owned(),
    }
}

fn read(fields: &Fields, problems: &mut Problems) -> Option<NewEntry> {
    let status = match fields.text("status") {
        "child-protection-plan" => Some(RegisterStatus::ChildProtectionPlan),
        "looked-after" => Some(RegisterStatus::LookedAfter),
        "unborn-plan" => Some(RegisterStatus::UnbornPlan),
        _ => None,
    };
    if status.is_none() {
        problems.add("status", "Choose why the child is on the register");
    }
    let subject = subject(fields, problems);
    let expected = typed::date(fields, EXPECTED, problems);
    let start = typed::must(fields, START, problems);
    let next_review = typed::date(fields, NEXT, problems);
    let worker = worker(fields, problems);
    Some(NewEntry {
        status: status?,
        subject: subject?,
        expected: expected.and_then(|day| BirthDate::try_from(day).ok()),
        category: typed::category(fields),
        legal_basis: typed::basis(fields),
        start: start?,
        next_review,
        worker,
        discussion: None,
    })
}

/// Whom a form is about: a name is needed.
pub(super) fn subject(fields: &Fields, problems: &mut Problems) -> Option<Demographics> {
    let wrong = ("nhs_number", "A digit of this NHS number is wrong, or it is not 10 digits");
    let nhs_number = typed::parsed(fields, wrong, problems);
    let born = typed::date(fields, BIRTH, problems);
    let name = PersonName::new(fields.text("family"), fields.text("given"));
    if name.is_err() {
        problems.add("family", "Enter first and last name, each 100 characters or fewer");
    }
    let sex = match fields.text("sex") {
        "female" => Sex::Female,
        "male" => Sex::Male,
        "other" => Sex::Other,
        _ => Sex::Unknown,
    };
    let birth_date = born.and_then(|day| BirthDate::try_from(day).ok());
    Some(Demographics { nhs_number, birth_date, sex, ..Demographics::named(name.ok()?) })
}

fn worker(fields: &Fields, problems: &mut Problems) -> Option<Professional> {
    let phone = ("telephone", "Enter a telephone number, like 01632 960111");
    let telephone: Option<Telephone> = typed::parsed(fields, phone, problems);
    let name: String = fields.text("worker").chars().take(200).collect();
    if name.is_empty() {
        if telephone.is_some() {
            problems.add("worker", "Enter whose telephone this is");
        }
        return None;
    }
    let role = "Key worker".to_owned();
    Some(Professional { name: name.into(), role, team: None, telephone })
}
