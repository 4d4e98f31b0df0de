//! Attendances of this agency's children at its partners: who answers for them, by name.

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use kinfold_domain::{AgencyId, RegisterEntry};
use kinfold_service::{
    attendances::{AttendanceLists, AttendanceRow, LookedUp},
    department::{AttendanceId, AttendanceStep, StepKind},
};
use serde::Serialize;

use super::{
    failure::Failure,
    fields::Fields,
    looks, purposes,
    session::{Open, SignedIn},
    site::{Shared, Site},
    spoken::{Moment, Spoken, day},
};

#[derive(Serialize)]
struct StepLine {
    at: Moment,
    reads: String,
}

#[derive(Serialize)]
struct RowLine {
    partner: String,
    agency: String,
    attendance: String,
    children: Vec<String>,
    plans: Vec<String>,
    key_worker: Option<String>,
    place: Option<String>,
    arrived: Moment,
    steps: Vec<StepLine>,
    asked: Vec<String>,
    yours: bool,
    waits: bool,
    looks: Vec<LookLine>,
    answered: Option<String>,
}

/// A look-up of one of the reader's children.
#[derive(Serialize)]
struct LookLine {
    at: Moment,
    who: String,
    kind: &'static str,
    purpose: String,
    children: Vec<String>,
}

#[derive(Serialize)]
struct AttendancesPage {
    at: Moment,
    waiting: Vec<RowLine>,
    dealt_with: Vec<RowLine>,
    more: usize,
    looked_up: Vec<LookLine>,
    more_looked_up: bool,
    withheld: Vec<(String, String)>,
    you: String,
}

fn lists<'a>(site: &'a Site, open: &Open) -> Result<&'a AttendanceLists, Failure> {
    let lists = site.services.attendances.as_deref().filter(|_| site.reach(open).attendances);
    lists.ok_or(Failure::NotForRole(
        "Attendances are for social workers, their managers and the emergency duty team.",
    ))
}

/// `GET /attendances`
pub(super) async fn list(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
) -> Result<Response, Failure> {
    let release = lists(&site, &open)?.list(&open.caller).await?;
    let list = release.content();
    let spoken = Spoken::at(list.at);
    let name = |id: &AgencyId| site.services.agreements.agency(id).name;
    let (waiting, dealt_with): (Vec<_>, Vec<_>) =
        list.rows.iter().map(|row| line(&site, &spoken, row)).partition(|row| row.waits);
    let page = AttendancesPage {
        at: spoken.moment(list.at),
        waiting,
        dealt_with,
        more: list.more,
        looked_up: list
            .looked_up
            .iter()
            .map(|row| look_line(&site, &spoken, (&row.look, &row.entries)))
            .collect(),
        more_looked_up: list.more_looked_up,
        withheld: list.withheld.iter().map(|(owner, why)| (name(owner), why.clone())).collect(),
        you: open.caller.employee().name.expose().clone(),
    };
    site.page(&open, ("/attendances", "attendances.html"), page)
}

/// `POST /attendances/acknowledge`
pub(super) async fn acknowledge(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    let partner: AgencyId = fields.text("partner").parse().map_err(|_| Failure::Garbled)?;
    let attendance = fields.text("attendance").parse().map_err(|_| Failure::Garbled)?;
    let whom = (&partner, AttendanceId(attendance));
    lists(&site, &open)?.acknowledge(&open.caller, whom).await?;
    Ok(Redirect::to("/attendances").into_response())
}

fn look_line(
    site: &Site,
    spoken: &Spoken,
    (look, entries): (&LookedUp, &[RegisterEntry]),
) -> LookLine {
    let agency = site.services.agreements.agency(&look.by.agency).name;
    LookLine {
        at: spoken.moment(look.at),
        who: format!("{}, {}, {agency}", look.by.name.expose(), look.by.job_title),
        kind: looks::kind(look.kind),
        purpose: purposes::reading(site, &look.purpose),
        children: children(entries),
    }
}

fn line(site: &Site, spoken: &Spoken, row: &AttendanceRow) -> RowLine {
    let heard = &row.heard;
    let agency = site.services.agreements.agency(&heard.partner).name;
    let last = heard.last();
    let worker = row.entries.first().and_then(|entry| entry.professionals.first());
    RowLine {
        partner: heard.partner.to_string(),
        agency,
        attendance: heard.attendance.0.to_string(),
        children: children(&row.entries),
        plans: row.entries.iter().map(plan).collect(),
        key_worker: worker.map(|worker| worker.name.expose().clone()),
        place: last.and_then(|step| step.place.clone()),
        arrived: spoken.moment(last.map_or(heard.heard, |step| step.arrived)),
        steps: heard.steps.iter().map(|known| step(spoken, known)).collect(),
        asked: heard
            .asked
            .iter()
            .map(|asked| {
                format!("{} asked, {}", role(asked.role.as_str()), spoken.minute(asked.at))
            })
            .collect(),
        yours: row.yours,
        waits: heard.waits(),
        looks: row.looks.iter().map(|look| look_line(site, spoken, (look, &row.entries))).collect(),
        answered: heard
            .acknowledged
            .as_ref()
            .map(|known| format!("{}, {}", known.by.name.expose(), spoken.minute(known.at))),
    }
}

fn role(role: &str) -> &str {
    match role {
        kinfold_domain::Role::EMERGENCY_DUTY_TEAM => "Emergency duty team",
        kinfold_domain::Role::TEAM_MANAGER => "Team manager",
        other => other,
    }
}

fn children(entries: &[RegisterEntry]) -> Vec<String> {
    let mut names: Vec<String> = entries.iter().map(|entry| entry.subject.name.expose()).collect();
    names.dedup();
    names
}

fn plan(entry: &RegisterEntry) -> String {
    let ended = entry.end.map(|end| format!(", ended {}", day(end))).unwrap_or_default();
    format!("{}, since {}{ended}", entry.status.words(), day(entry.start))
}

fn step(spoken: &Spoken, step: &AttendanceStep) -> StepLine {
    let by = step.by.name.expose();
    let reads = match step.what {
        StepKind::Arrived => "Arrived".to_owned(),
        StepKind::Left => "Left, as the hospital’s system says".to_owned(),
        StepKind::Cancelled => "Not this child, or entered in error".to_owned(),
        StepKind::Seen => format!("Seen, says {by}"),
        StepKind::LeftUnseen => format!("Left before being seen, says {by}"),
        StepKind::Referred => format!("Referred to you, says {by}"),
        StepKind::InError => format!("Looked up in error, says {by}"),
    };
    StepLine { at: spoken.moment(step.at), reads }
}
