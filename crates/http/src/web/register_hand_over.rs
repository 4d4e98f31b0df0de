//! A child's entry handed over to another council, or a stay in its area told: the form, what would be told, and its confirmation.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use kinfold_domain::{Address, AskId, EntryId, Postcode};
use kinfold_service::{
    records::Stay,
    register::{CustodyError, PlannedHandOver, ToHandOver},
};
use serde::Serialize;

use super::{
    clues::Problems,
    failure::{Failure, sentence},
    fields::Fields,
    register_fields::{self as typed, FROM, MOVED, Typed, UNTIL},
    register_handed::{HandedLines, told},
    register_work::{RegisterWork, chosen, custodian, remembered},
    session::{Open, SignedIn},
    site::{Shared, Site},
    spoken::day,
};

const FORM: (&str, &str) = ("/register", "register-hand-over.html");
const PLAN: (&str, &str) = ("/register", "register-hand-over-plan.html");

/// Lines of an address, and characters of each.
const ADDRESS: (usize, usize) = (6, 100);

#[derive(Serialize)]
struct FormPage {
    #[serde(flatten)]
    problems: Problems,
    typed: Typed,
    handle: String,
    reference: String,
    is_stay: bool,
    councils: Vec<(String, String)>,
}

#[derive(Serialize)]
struct PlanPage {
    handle: String,
    council: String,
    is_stay: bool,
    moved: String,
    until: Option<String>,
    due: Option<String>,
    told: HandedLines,
    reason: String,
}

/// `POST /register/hand-over`: the form.
pub(super) async fn form(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    as_left(&site, &open, &fields)
}

/// The form, as somebody left it.
pub(super) fn as_left(site: &Site, open: &Arc<Open>, left: &Fields) -> Result<Response, Failure> {
    let entry = chosen(site, open, left)?;
    let page = blank(site, open, (left, &entry), Problems::default())?;
    site.page(open, FORM, page)
}

/// `POST /register/hand-over/plan`: what would be told, or what is wrong with the form.
pub(super) async fn plan(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    let entry = chosen(&site, &open, &fields)?;
    let mut problems = Problems::default();
    let wanted = read(&fields, &entry, &mut problems).filter(|_| problems.is_empty());
    let Some(wanted) = wanted else {
        let page = blank(&site, &open, (&fields, &entry), problems)?;
        return site.refused_form(&open, FORM, page);
    };
    match custodian(&site)?.plan_hand_over(&open.caller, &wanted).await {
        Ok(release) => planned(&site, &open, wanted, release.content()),
        Err(CustodyError::Change(why)) => {
            problems.add("reason", sentence(&why.to_string()));
            let page = blank(&site, &open, (&fields, &entry), problems)?;
            site.refused_form(&open, FORM, page)
        }
        Err(other) => Err(other.into()),
    }
}

/// `POST /register/hand-over/confirm`: tells the other council.
pub(super) async fn confirm(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    let RegisterWork::HandOver(wanted) = remembered(&site, &open, &fields)? else {
        return Err(Failure::Forgotten);
    };
    let id = custodian(&site)?.hand_over(&open.caller, &wanted).await?;
    // The handle now means the hand-over: a form that is sent twice finds nothing to confirm.
    let ask = AskId(fields.text("handle").parse().map_err(|_| Failure::Garbled)?);
    let work = RegisterWork::HandOvers(vec![id]);
    site.register_work.keep(open.caller.session(), (ask, site.services.clock.now()), work);
    Ok(Redirect::to("/register/hand-overs").into_response())
}

fn planned(
    site: &Site,
    open: &Arc<Open>,
    wanted: ToHandOver,
    planned: &PlannedHandOver,
) -> Result<Response, Failure> {
    let page = PlanPage {
        handle: planned.ask.0.to_string(),
        council: planned.to.name.clone(),
        is_stay: wanted.stay.is_some(),
        moved: day(wanted.moved),
        until: wanted.stay.and_then(|stay| stay.until).map(day),
        due: planned.due.map(day),
        told: told(&planned.handed, site.spoken().today()),
        reason: wanted.reason.clone(),
    };
    let work = RegisterWork::HandOver(Box::new(wanted));
    site.register_work.keep(open.caller.session(), (planned.ask, planned.at), work);
    site.page(open, PLAN, page)
}

fn blank(
    site: &Site,
    open: &Open,
    (fields, entry): (&Fields, &EntryId),
    problems: Problems,
) -> Result<FormPage, Failure> {
    let takers = custodian(site)?.takers(&open.caller);
    if takers.is_empty() {
        let why = "No council can be handed an entry under the agreement that is in force.";
        return Err(Failure::NotForRole(why));
    }
    Ok(FormPage {
        problems,
        typed: typed::typed(fields),
        handle: fields.text("handle").to_owned(),
        reference: entry.to_string(),
        is_stay: fields.text("kind") == "stay",
        councils: takers.into_iter().map(|to| (to.id.to_string(), to.name)).collect(),
    })
}

fn read(fields: &Fields, entry: &EntryId, problems: &mut Problems) -> Option<ToHandOver> {
    let to = fields.text("council").parse().ok();
    if to.is_none() {
        problems.add("council", "Choose the council");
    }
    let is_stay = fields.text("kind") == "stay";
    let moved = typed::must(fields, if is_stay { FROM } else { MOVED }, problems);
    let until = typed::date(fields, UNTIL, problems);
    let stay = is_stay.then_some(Stay { until });
    let address = address(fields, problems);
    let reason = typed::reason(fields, problems);
    Some(ToHandOver { entry: entry.clone(), to: to?, moved: moved?, stay, address, reason })
}

/// Where the child lives then, if it is given.
fn address(fields: &Fields, problems: &mut Problems) -> Option<Address> {
    let wrong = ("postcode", "Enter a whole postcode, like S10 2AB");
    let postcode: Option<Postcode> = typed::parsed(fields, wrong, problems);
    let lines = fields.text("address").split([',', '\n']).map(str::trim);
    let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
    if lines.len() > ADDRESS.0 || lines.iter().any(|line| line.chars().count() > ADDRESS.1) {
        problems.add("address", "Enter six lines at most, with a comma between them");
    }
    if lines.is_empty() && postcode.is_none() {
        return None;
    }
    let lines = lines.into_iter().map(|line| line.to_owned().into()).collect();
    Some(Address { lines, postcode })
}
