//! Where register and case system differ: somebody's work, with its age.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use jiff::ToSpan;
use kinfold_domain::DetailKind;
use kinfold_service::{
    ports::RowToMend,
    register::{Decision, QueueLine, WorkQueue},
};
use serde::Serialize;

use super::{
    clues::Problems,
    failure::Failure,
    fields::Fields,
    register_fields as typed,
    register_words::{label, words},
    register_work::{RegisterWork, custodian, place, remembered},
    session::{Open, SignedIn},
    site::{Shared, Site},
    spoken::{Spoken, day},
};

const PLACE: (&str, &str) = ("/register", "register-queue.html");

/// How long a difference may stay before somebody looks again, in days, where the custodian names none.
const LOOK_AGAIN_DAYS: i32 = 14;

#[derive(Serialize)]
struct DifferenceLine {
    place: usize,
    name: String,
    status: &'static str,
    reference: String,
    label: &'static str,
    register_says: String,
    case_system_says: String,
    since: String,
    age: String,
    by: String,
    reason: String,
    owner: String,
    look_again: String,
    /// It can be given up in favour of the case system.
    can_drop: bool,
    /// An entry that left: it can be closed.
    has_left: bool,
}

#[derive(Serialize)]
struct UnreadLine {
    record: String,
    problem: String,
    since: String,
}

#[derive(Serialize)]
struct QueuePage {
    #[serde(flatten)]
    problems: Problems,
    handle: String,
    due: Vec<DifferenceLine>,
    later: Vec<DifferenceLine>,
    unread: Vec<UnreadLine>,
    unread_more: u64,
    from_file: Vec<UnreadLine>,
    from_file_more: u64,
}

/// `GET /register/queue`
pub(super) async fn page(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
) -> Result<Response, Failure> {
    let page = queue(&site, &open, Problems::default()).await?;
    site.page(&open, PLACE, page)
}

/// `POST /register/queue`: decides one difference.
pub(super) async fn decide(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    let RegisterWork::Differences(keys) = remembered(&site, &open, &fields)? else {
        return Err(Failure::Forgotten);
    };
    let key = keys.into_iter().nth(place(&fields)?).ok_or(Failure::Forgotten)?;
    let later = site.spoken().today().saturating_add(LOOK_AGAIN_DAYS.days());
    let decision = match fields.text("decision") {
        "take" => Decision::Take,
        "case-system" => Decision::CaseSystemIsRight,
        "register" => Decision::RegisterIsRight(later),
        _ => return Err(Failure::Garbled),
    };
    let mut problems = Problems::default();
    if decision != Decision::Take {
        typed::reason(&fields, &mut problems);
    }
    if !problems.is_empty() {
        let mut at_its_field = Problems::default();
        let text = "Give the reason for your decision, in 500 characters at most";
        at_its_field.add("queue", text);
        let page = queue(&site, &open, at_its_field).await?;
        return site.refused_form(&open, PLACE, page);
    }
    let why = (decision, fields.text("reason"));
    custodian(&site)?.decide(&open.caller, &key, why).await?;
    let page = queue(&site, &open, Problems::default()).await?;
    site.page(&open, PLACE, page)
}

async fn queue(site: &Site, open: &Arc<Open>, problems: Problems) -> Result<QueuePage, Failure> {
    let release = custodian(site)?.queue(&open.caller).await?;
    let queue = release.content();
    let keys = queue.due.iter().chain(&queue.later).map(|line| line.amendment.key()).collect();
    let work = RegisterWork::Differences(keys);
    site.register_work.keep(open.caller.session(), (queue.ask, queue.at), work);
    Ok(of(queue, problems))
}

fn of(queue: &WorkQueue, problems: Problems) -> QueuePage {
    let spoken = Spoken::at(queue.at);
    let line = |(place, line): (usize, &QueueLine)| difference(&spoken, place, line);
    let later = (queue.due.len()..).zip(&queue.later);
    let row = |row: &RowToMend| UnreadLine {
        record: row.row.record.clone(),
        problem: row.row.problem.clone(),
        since: spoken.minute(row.first_seen),
    };
    QueuePage {
        problems,
        handle: queue.ask.0.to_string(),
        due: queue.due.iter().enumerate().map(line).collect(),
        later: later.map(line).collect(),
        unread: queue.unread.iter().map(row).collect(),
        from_file: queue.from_file.iter().map(row).collect(),
        from_file_more: queue.from_file_in_all.saturating_sub(queue.from_file.len() as u64),
        unread_more: queue.unread_in_all.saturating_sub(queue.unread.len() as u64),
    }
}

fn difference(spoken: &Spoken, place: usize, line: &QueueLine) -> DifferenceLine {
    let row = &line.amendment;
    let differs = row.differs.as_ref();
    let since = differs.map_or(row.at, |differs| differs.since);
    let said = differs.and_then(|differs| differs.says.as_ref());
    let kind = row.detail.kind();
    DifferenceLine {
        place,
        name: line.name.expose(),
        status: line.status.words(),
        reference: row.entry.to_string(),
        label: label(kind),
        register_says: if kind == DetailKind::Left {
            "Ended on the day that was noticed".to_owned()
        } else {
            words(&row.detail)
        },
        case_system_says: said.map_or_else(|| "Does not have it".to_owned(), words),
        since: spoken.minute(since),
        age: spoken.moment(since).age,
        by: row.by.clone(),
        reason: row.reason.expose().clone(),
        owner: row.owner.as_ref().map_or_else(|| "Nobody yet".to_owned(), ToString::to_string),
        look_again: row.look_again.map(day).unwrap_or_default(),
        can_drop: !matches!(kind, DetailKind::Entry | DetailKind::Left),
        has_left: kind == DetailKind::Left,
    }
}
