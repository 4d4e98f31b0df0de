//! Hand-overs and stays in the custodian's words.

use jiff::civil::Date;
use kinfold_domain::{Address, Deadline};
use kinfold_service::{
    records::{HandOverStep, Said},
    register::{HandOverLine, Handed, Side, State},
};
use serde::Serialize;

use super::{
    register_words::{EntryLines, lines},
    spoken::{Spoken, day},
};

/// What was told of a child.
#[derive(Serialize)]
pub(super) struct HandedLines {
    entry: EntryLines,
    rows: Vec<(&'static str, String)>,
}

/// One line of the lists.
#[derive(Serialize)]
pub(super) struct Line {
    /// The place by which a form chooses it.
    pub(super) place: usize,
    pub(super) name: String,
    pub(super) status: &'static str,
    pub(super) partner: String,
    pub(super) state: String,
    pub(super) moved: String,
    pub(super) until: Option<String>,
    pub(super) days_left: Option<String>,
    pub(super) offered: String,
    pub(super) age: String,
    pub(super) by: String,
    pub(super) due: String,
    pub(super) overdue: bool,
    pub(super) trouble: Option<String>,
    pub(super) look: bool,
}

/// One word that was said.
#[derive(Serialize)]
pub(super) struct WordLine {
    when: String,
    by: String,
    what: String,
    reason: String,
}

/// What was told, for its page.
pub(super) fn told(handed: &Handed, today: Date) -> HandedLines {
    let entry = &handed.register_entry;
    let mut rows = Vec::new();
    let addresses =
        [("Lived at", &entry.subject.address), ("Lives, or stays, at", &handed.address)];
    rows.extend(addresses.iter().filter_map(|(label, at)| Some((*label, place(at.as_ref()?)))));
    for member in &entry.household {
        rows.push(("Household", format!("{}, {}", member.name.expose(), member.relationship)));
    }
    for worker in &entry.professionals {
        let phone = worker.telephone.as_ref().map(|phone| format!(", {}", phone.as_str()));
        let phone = phone.unwrap_or_default();
        rows.push((
            "Works with the child",
            format!("{}, {}{phone}", worker.name.expose(), worker.role),
        ));
    }
    rows.extend(entry.school.as_ref().map(|school| ("School", school.expose().clone())));
    rows.push(("Council, office hours", entry.phones.office.as_str().to_owned()));
    rows.push(("Council, out of hours", entry.phones.emergency_duty_team.as_str().to_owned()));
    HandedLines { entry: lines(entry, today), rows }
}

fn place(address: &Address) -> String {
    let mut parts: Vec<&str> = address.lines.iter().map(|line| line.expose().as_str()).collect();
    parts.extend(address.postcode.as_ref().map(kinfold_domain::Postcode::expose));
    parts.join(", ")
}

/// A line at its place.
pub(super) fn line(spoken: &Spoken, place: usize, line: &HandOverLine) -> Line {
    let offered = line.offered.as_ref();
    let today = spoken.today();
    let until = line.stay.and_then(|stay| stay.until);
    let left = until.filter(|_| line.is_open).map(|until| match (until - today).get_days() {
        days if days < 0 => "over".to_owned(),
        0 => "last day today".to_owned(),
        1 => "1 day left".to_owned(),
        days => format!("{days} days left"),
    });
    Line {
        place,
        name: line.name.as_ref().map_or_else(
            || "Details no longer here".to_owned(),
            kinfold_domain::PersonName::expose,
        ),
        status: line.status.map_or("", kinfold_domain::RegisterStatus::words),
        partner: line.partner.name.clone(),
        state: state(line),
        moved: line.moved.map(day).unwrap_or_default(),
        until: until.map(day),
        days_left: left,
        offered: offered.map(|(_, at)| spoken.minute(*at)).unwrap_or_default(),
        age: offered.map(|(_, at)| spoken.moment(*at).age).unwrap_or_default(),
        by: offered.map(|(by, _)| by.name.expose().clone()).unwrap_or_default(),
        due: line.due.map(|due| due_words(&due)).unwrap_or_default(),
        overdue: line.due.is_some_and(|due| due.is_overdue(today)),
        trouble: line.trouble.clone(),
        look: line.waits_to_be_seen || line.state == State::Conflict,
    }
}

fn due_words(due: &kinfold_domain::Due) -> String {
    match (due.deadline, due.unknown_year) {
        (_, Some(year)) => format!(
            "Count 15 working days by hand from {}: the bank holidays of {year} are not known",
            day(due.day)
        ),
        (Deadline::TemporaryResident, None) => {
            format!("Hand over, or end the stay, by {}", day(due.day))
        }
        (_, None) => format!("Transfer-in conference by {}", day(due.day)),
    }
}

/// How it stands, in a sentence.
fn state(line: &HandOverLine) -> String {
    let partner = &line.partner.name;
    match (line.state, line.side) {
        (State::Unheard, _) => "The offer has not arrived yet".to_owned(),
        (State::Offered, Side::Taker) => "Waits for your answer".to_owned(),
        (State::Offered, Side::Giver) => format!("Waits for the answer of {partner}"),
        (State::Withdrawn, _) => "Taken back".to_owned(),
        (State::Refused, Side::Taker) => "Refused".to_owned(),
        (State::Refused, Side::Giver) => {
            format!("Refused by {partner}: the child stays on your register")
        }
        (State::Accepted, Side::Taker) => "Accepted: the child is on your register".to_owned(),
        (State::Accepted, Side::Giver) => {
            format!("Accepted by {partner}: your entry has ended by itself")
        }
        (State::Conflict, Side::Giver) => format!(
            "Taken back by you and accepted by {partner} at the same time: the child stands on both registers until you decide"
        ),
        (State::Conflict, Side::Taker) => format!(
            "Accepted by you and taken back by {partner} at the same time: the child stands on both registers until {partner} decides. Ring them"
        ),
        (State::Stays, Side::Giver) | (State::Goes, Side::Taker) => {
            "Decided: the child stays on your register".to_owned()
        }
        (State::Stays, Side::Taker) | (State::Goes, Side::Giver) => {
            format!("Decided: the child is on the register of {partner}")
        }
        (State::Noted, Side::Taker) => "Noted".to_owned(),
        (State::Noted, Side::Giver) => format!("Noted by {partner}"),
    }
}

/// What was said, in its order.
pub(super) fn word(spoken: &Spoken, step: &HandOverStep) -> WordLine {
    let what = match &step.said {
        Said::Offered(offer) if offer.stay.is_some() => "Told of a stay".to_owned(),
        Said::Offered(_) => "Offered".to_owned(),
        Said::Withdrawn { .. } => "Taken back".to_owned(),
        Said::Accepted { conference, .. } => {
            format!("Accepted, conference on {}", day(*conference))
        }
        Said::Noted => "Noted".to_owned(),
        Said::Refused { .. } => "Refused".to_owned(),
        Said::Settled { stays: true, .. } => "Decided: stays with whoever handed over".to_owned(),
        Said::Settled { stays: false, .. } => "Decided: the acceptance stands".to_owned(),
    };
    let by = format!("{}, {}", step.by.name.expose(), step.by.job_title);
    let reason = step.said.reason().map(|reason| reason.expose().clone()).unwrap_or_default();
    WordLine { when: spoken.minute(step.at), by, what, reason }
}
