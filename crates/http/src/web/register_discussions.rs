//! Strategy discussions: those that wait for an initial conference, the form for a new one, and what came of them.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use jiff::civil::Date;
use kinfold_domain::{BirthDate, Demographics, NhsNumber, Sex};
use kinfold_service::{
    records::DiscussionId,
    register::{
        CustodyError, Discussion, DiscussionEnd, DiscussionLine, DiscussionList, NewDiscussion,
        Unborn,
    },
};
use serde::Serialize;

use super::{
    clues::Problems,
    failure::{Failure, sentence},
    fields::Fields,
    register_add::{self, subject},
    register_fields::{self as typed, DateFields, EXPECTED, HELD, Typed},
    register_work::{RegisterWork, custodian, for_custodians, place, remembered},
    session::{Open, SignedIn},
    site::{Shared, Site},
    spoken::{Spoken, day},
};

const LIST: (&str, &str) = ("/register", "register-discussions.html");
const FORM: (&str, &str) = ("/register", "register-discussion.html");

#[derive(Serialize)]
struct Line {
    place: usize,
    name: String,
    unborn: bool,
    born: String,
    held: String,
    due: String,
    overdue: bool,
    unknown_year: Option<i16>,
    by: String,
    stands: Option<String>,
}

#[derive(Serialize)]
struct ListPage {
    #[serde(flatten)]
    problems: Problems,
    handle: String,
    lines: Vec<Line>,
}

#[derive(Serialize)]
struct FormPage {
    #[serde(flatten)]
    problems: Problems,
    typed: Typed,
}

/// `GET /register/discussions`
pub(super) async fn list(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
) -> Result<Response, Failure> {
    let page = waiting(&site, &open, Problems::default()).await?;
    site.page(&open, LIST, page)
}

/// `GET /register/discussions/new`
pub(super) async fn form(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
) -> Result<Response, Failure> {
    for_custodians(&site, &open)?;
    site.page(&open, FORM, FormPage { problems: Problems::default(), typed: typed::blank() })
}

/// The form, as somebody left it.
pub(super) fn as_left(site: &Site, open: &Arc<Open>, left: &Fields) -> Result<Response, Failure> {
    for_custodians(site, open)?;
    let (problems, typed) = (Problems::default(), typed::typed(left));
    site.page(open, FORM, FormPage { problems, typed })
}

/// `POST /register/discussions/new`
pub(super) async fn record(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    let mut problems = Problems::default();
    if let Some(new) = read(&fields, &mut problems).filter(|_| problems.is_empty()) {
        match custodian(&site)?.record_discussion(&open.caller, new).await {
            Ok(_) => return Ok(Redirect::to("/register/discussions").into_response()),
            Err(CustodyError::Change(why)) => {
                problems.add("held_day", sentence(&why.to_string()));
            }
            Err(other) => return Err(other.into()),
        }
    }
    site.refused_form(&open, FORM, FormPage { problems, typed: typed::typed(&fields) })
}

/// `POST /register/discussions/outcome`
pub(super) async fn outcome(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    let id = chosen(&site, &open, &fields)?;
    let why = fields.text("reason").to_owned();
    let end = match fields.text("outcome") {
        // It ends when the plan is on the register, and not before.
        "begins" => {
            let release = custodian(&site)?.discussion(&open.caller, id).await?;
            return register_add::prefilled(
                &site,
                &open,
                release.content(),
                (fields.text("handle"), fields.text("choice")),
            );
        }
        "stands" => DiscussionEnd::PlanStands,
        "no-plan" => DiscussionEnd::NoPlan(why),
        "cancelled" => DiscussionEnd::Cancelled(why),
        _ => return Err(Failure::Garbled),
    };
    match custodian(&site)?.end_discussion(&open.caller, id, &end).await {
        Ok(()) => Ok(Redirect::to("/register/discussions").into_response()),
        Err(CustodyError::Change(why)) => {
            let mut problems = Problems::default();
            problems.add("discussions", sentence(&why.to_string()));
            let page = waiting(&site, &open, problems).await?;
            site.refused_form(&open, LIST, page)
        }
        Err(other) => Err(other.into()),
    }
}

/// The discussion that a form chooses.
pub(super) fn chosen(site: &Site, open: &Open, fields: &Fields) -> Result<DiscussionId, Failure> {
    match remembered(site, open, fields)? {
        RegisterWork::Discussions(all) => {
            all.into_iter().nth(place(fields)?).ok_or(Failure::Forgotten)
        }
        _ => Err(Failure::Forgotten),
    }
}

/// What is known of a child, as the fields of the form for a new entry.
pub(super) fn typed_of(discussion: &Discussion) -> Typed {
    let mut typed = typed::blank();
    let Demographics { nhs_number, name, birth_date, sex, .. } = &discussion.subject;
    let status = if discussion.unborn.is_some() { "unborn-plan" } else { "child-protection-plan" };
    let sex = match sex {
        Sex::Female => "female",
        Sex::Male => "male",
        Sex::Other => "other",
        Sex::Unknown => "unknown",
    };
    typed.insert("status", status.to_owned());
    typed.insert("nhs_number", nhs_number.map(NhsNumber::digits).unwrap_or_default());
    typed.insert("given", name.given().to_owned());
    typed.insert("family", name.family().to_owned());
    typed.insert("sex", sex.to_owned());
    fill(&mut typed, typed::BIRTH, birth_date.map(BirthDate::expose));
    fill(
        &mut typed,
        EXPECTED,
        discussion.unborn.and_then(|unborn| unborn.expected).map(BirthDate::expose),
    );
    typed
}

fn fill(typed: &mut Typed, DateFields(names, _): DateFields, day: Option<Date>) {
    let Some(day) = day else { return };
    let parts = [day.day().to_string(), day.month().to_string(), day.year().to_string()];
    typed.extend(names.into_iter().zip(parts));
}

fn read(fields: &Fields, problems: &mut Problems) -> Option<NewDiscussion> {
    let day = typed::must(fields, HELD, problems);
    let subject = subject(fields, problems);
    let expected = typed::date(fields, EXPECTED, problems);
    let expected = expected.and_then(|day| BirthDate::try_from(day).ok());
    let unborn = match fields.text("status") {
        "unborn-plan" => Some(Unborn { expected }),
        "child-protection-plan" => None,
        _ => {
            problems.add("status", "Choose whether it is about a child or an unborn child");
            None
        }
    };
    Some(NewDiscussion { day: day?, subject: subject?, unborn })
}

async fn waiting(site: &Site, open: &Open, problems: Problems) -> Result<ListPage, Failure> {
    let release = custodian(site)?.discussions(&open.caller).await?;
    let list: &DiscussionList = release.content();
    let ids = list.lines.iter().map(|line| line.discussion.id).collect();
    let work = RegisterWork::Discussions(ids);
    site.register_work.keep(open.caller.session(), (list.ask, list.at), work);
    let spoken = Spoken::at(list.at);
    let lines = list.lines.iter().enumerate().map(|(place, found)| line(&spoken, place, found));
    Ok(ListPage { problems, handle: list.ask.0.to_string(), lines: lines.collect() })
}

fn line(spoken: &Spoken, place: usize, found: &DiscussionLine) -> Line {
    let Discussion { day: held, subject, unborn, recorded, .. } = &found.discussion;
    Line {
        place,
        name: subject.name.expose(),
        unborn: unborn.is_some(),
        born: subject.birth_date.map(|born| spoken.born(born)).unwrap_or_default(),
        held: day(*held),
        due: found.due.map(|due| day(due.day)).unwrap_or_default(),
        overdue: found.due.is_some_and(|due| due.is_overdue(spoken.today())),
        unknown_year: found.due.and_then(|due| due.unknown_year),
        by: recorded.0.name.expose().clone(),
        stands: found.stands.as_ref().map(ToString::to_string),
    }
}
