//! Employees: who works here, in which role, who is to be reviewed, and who has left.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use jiff::Timestamp;
use kinfold_domain::{Role, UserName};
use kinfold_service::{
    records::Asker,
    staff::{Employed, Job, StaffError},
    tokens::Listing,
};
use kinfold_token::Profile;
use serde::Serialize;

use super::{
    clues::Problems,
    failure::{Failure, sentence},
    fields::Fields,
    places::{self, ScatteredLine},
    session::{Open, SignedIn},
    site::{Shared, Site},
    spoken::{Spoken, day},
};

/// Lines of one page.
const LINES: usize = 50;

/// When somebody is to be reviewed.
#[derive(Serialize)]
struct Due {
    by: String,
    overdue: bool,
}

#[derive(Serialize)]
struct Line {
    user_name: String,
    name: String,
    job_title: String,
    role: String,
    changed: Option<String>,
    reviewed: Option<String>,
    used: Option<String>,
    due: Option<Due>,
    left: bool,
    given_pin: bool,
    more_time: bool,
}

#[derive(Serialize)]
struct ListPage {
    employees: Vec<Line>,
    show: &'static str,
    find: String,
    next: Option<String>,
    here: usize,
    due: usize,
    overdue: usize,
    left: usize,
    last_day: Option<String>,
    sprayed: Vec<String>,
    scattered: Option<Vec<ScatteredLine>>,
    /// Whether the reader adds and changes accounts.
    keeps: bool,
}

#[derive(Serialize)]
struct TokenLine {
    serial: String,
    standing: &'static str,
}

#[derive(Serialize)]
struct OnePage {
    #[serde(flatten)]
    problems: Problems,
    employee: Line,
    tokens: Vec<TokenLine>,
    roles: Vec<String>,
    typed: JobTyped,
    keeps: bool,
    reviews: bool,
    oneself: bool,
}

#[derive(Serialize)]
struct JobTyped {
    job_title: String,
    role: String,
}

/// A PIN that is shown once.
#[derive(Serialize)]
pub(super) struct GivenPage {
    pub(super) user_name: String,
    pub(super) pin: String,
    pub(super) joined: bool,
}

/// `GET /staff`
pub(super) async fn all(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
) -> Result<Response, Failure> {
    admit(&site, &open)?;
    listed(&site, &open, ("here", ""), "").await
}

/// `POST /staff`: those who are to be reviewed, who have left, of that name, or the next ones. No address says whom.
pub(super) async fn some(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    admit(&site, &open)?;
    let show = match fields.text("show") {
        "due" => "due",
        "left" => "left",
        _ => "here",
    };
    listed(&site, &open, (show, fields.text("find")), fields.text("after")).await
}

async fn listed(
    site: &Site,
    open: &Arc<Open>,
    (show, find): (&'static str, &str),
    after: &str,
) -> Result<Response, Failure> {
    let now = site.services.clock.now();
    let everybody = site.services.staff.everybody().await?;
    let due = |one: &Employed| one.review_due(now);
    let find: String = find.chars().take(64).collect::<String>().to_lowercase();
    let is_shown = |one: &&Employed| match show {
        "due" => due(one).is_some(),
        "left" => one.left,
        _ => !one.left,
    };
    let is_found = |one: &&Employed| {
        find.is_empty()
            || one.employee.user_name.as_str().contains(&find)
            || one.employee.name.expose().to_lowercase().contains(&find)
    };
    let mut shown: Vec<&Employed> = everybody.iter().filter(is_shown).filter(is_found).collect();
    shown.retain(|one| after.is_empty() || one.employee.user_name.as_str() > after);
    let more = shown.len() > LINES;
    shown.truncate(LINES);
    let spoken = site.spoken();
    let mut employees = Vec::with_capacity(shown.len());
    for one in &shown {
        employees.push(line(site, &spoken, one).await?);
    }
    let dues: Vec<_> = everybody.iter().filter_map(due).collect();
    let page = ListPage {
        next: shown.last().filter(|_| more).map(|one| one.employee.user_name.to_string()),
        employees,
        show,
        find,
        here: everybody.iter().filter(|one| !one.left).count(),
        due: dues.len(),
        overdue: dues.iter().filter(|due| due.overdue).count(),
        left: everybody.iter().filter(|one| one.left).count(),
        last_day: dues.iter().map(|due| due.by).max().map(day),
        sprayed: places::sprayed(site, open),
        scattered: places::scattered(site, open, &everybody).await?,
        keeps: keeps(open),
    };
    site.page(open, ("/staff", "staff.html"), page)
}

/// `POST /staff/one`
pub(super) async fn one(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    admit(&site, &open)?;
    shown(&site, &open, &user_name(&fields)?, Problems::default()).await
}

async fn shown(
    site: &Site,
    open: &Arc<Open>,
    user_name: &UserName,
    problems: Problems,
) -> Result<Response, Failure> {
    let employed = site.services.staff.one(user_name).await?;
    let spoken = site.spoken();
    let tokens = if employed.left {
        Vec::new()
    } else {
        let holder = Some(user_name.clone());
        let listing = Listing { holder, ..Listing::default() };
        site.services.inventory.list(&listing).await?
    };
    let tokens = tokens.iter().map(|known| TokenLine {
        serial: known.token.serial.to_string(),
        standing: known.token.standing.words(),
    });
    let me = open.caller.employee();
    let page = OnePage {
        employee: line(site, &spoken, &employed).await?,
        tokens: tokens.collect(),
        roles: site.services.staff.roles(),
        typed: JobTyped {
            job_title: employed.employee.job_title.clone(),
            role: employed.employee.role.to_string(),
        },
        keeps: keeps(open),
        reviews: reviews(open) && employed.review_due(site.services.clock.now()).is_some(),
        oneself: me.user_name == *user_name,
        problems,
    };
    if page.problems.is_empty() {
        site.page(open, ("/staff", "staff-one.html"), page)
    } else {
        site.refused_form(open, ("/staff", "staff-one.html"), page)
    }
}

/// `POST /staff/change`
pub(super) async fn change(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    admit(&site, &open)?;
    let user_name = user_name(&fields)?;
    let by = Asker::from(open.caller.employee());
    let staff = &site.services.staff;
    let what = fields.text("what");
    let mut problems = Problems::default();
    let mut given = None;
    let done = match what {
        "reviewed" if reviews(&open) => staff.review(&user_name, &by).await,
        "left" => staff.leave(&user_name, Some(&by)).await,
        "moved" if keeps(&open) => match job(&fields) {
            Ok(job) => staff.move_to(&user_name, job, Some(&by)).await,
            Err(error) => Err(error),
        },
        "back" if keeps(&open) => match job(&fields) {
            Ok(job) => {
                staff.come_back(&user_name, job, Some(&by)).await.map(|pin| given = Some(pin))
            }
            Err(error) => Err(error),
        },
        "more-time" if keeps(&open) => {
            staff.give_time(&user_name, Profile::Accessible, Some(&by)).await
        }
        "usual-time" if keeps(&open) => {
            staff.give_time(&user_name, Profile::Standard, Some(&by)).await
        }
        "pin" if keeps(&open) => {
            staff.give_pin(&user_name, Some(&by)).await.map(|pin| given = Some(pin))
        }
        _ => return Err(Failure::Garbled),
    };
    match done {
        Ok(()) => {}
        Err(error @ (StaffError::Unnamed | StaffError::UnknownRole { .. })) => {
            problems.add("job_title", sentence(&error.to_string()));
        }
        Err(error) => return Err(error.into()),
    }
    match given {
        Some(pin) => {
            let (user_name, pin) = (user_name.to_string(), pin.expose().to_owned());
            let page = GivenPage { user_name, pin, joined: what == "back" };
            site.page(&open, ("/staff", "staff-given.html"), page)
        }
        None => shown(&site, &open, &user_name, problems).await,
    }
}

fn job(fields: &Fields) -> Result<Job, StaffError> {
    let title = fields.text("job_title").to_owned();
    let role = fields.text("role").parse::<Role>().map_err(|_| StaffError::Unnamed)?;
    Ok(Job { title, role })
}

fn user_name(fields: &Fields) -> Result<UserName, Failure> {
    fields.text("user_name").parse().map_err(|_| Failure::Garbled)
}

/// Operators keep the accounts; governance reviews them.
fn admit(site: &Site, open: &Open) -> Result<(), Failure> {
    if site.reach(open).staff {
        return Ok(());
    }
    Err(Failure::NotForRole("Accounts are the work of operators and of information governance."))
}

/// Operators alone.
pub(super) fn keeper(site: &Site, open: &Open) -> Result<(), Failure> {
    admit(site, open)?;
    if keeps(open) {
        return Ok(());
    }
    Err(Failure::NotForRole("Adding accounts is the operators’ work."))
}

fn keeps(open: &Open) -> bool {
    open.caller.employee().role.as_str() == Role::OPERATOR
}

fn reviews(open: &Open) -> bool {
    open.caller.employee().role.as_str() == Role::INFORMATION_GOVERNANCE
}

async fn line(site: &Site, spoken: &Spoken, one: &Employed) -> Result<Line, Failure> {
    let date = |at: Timestamp| day(kinfold_service::today(at));
    let due = one.review_due(site.services.clock.now());
    let used = site.services.inventory.last_used(one.employee.id).await?;
    Ok(Line {
        user_name: one.employee.user_name.to_string(),
        name: one.employee.name.expose().clone(),
        job_title: one.employee.job_title.clone(),
        role: one.employee.role.to_string(),
        changed: one.changed.map(date),
        reviewed: one.reviewed.map(date),
        used: used.map(|at| spoken.minute(at)),
        due: due.map(|due| Due { by: day(due.by), overdue: due.overdue }),
        left: one.left,
        given_pin: one.given_pin,
        more_time: one.more_time,
    })
}
