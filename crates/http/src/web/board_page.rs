//! The board as its page shows it.

use kinfold_domain::{CheckAnswer, RegisterHit};
use kinfold_service::department::{BoardRow, BoardView, Outcome, Whereabouts};
use serde::Serialize;

use super::{
    answer_page::{self, RegisterLine},
    ring::{self, RingLine},
    site::Site,
    spoken::{Moment, Spoken, day},
};

/// One button.
#[derive(Clone, Debug, Serialize)]
pub(super) struct OutcomeLine {
    pub(super) word: &'static str,
    pub(super) reads: &'static str,
    /// It was recorded last.
    pub(super) chosen: bool,
}

/// One child.
#[derive(Serialize)]
struct RowLine {
    attendance: String,
    /// Which of the six answers.
    kind: &'static str,
    heading: String,
    name: String,
    identity: String,
    arrived: Moment,
    place: Option<String>,
    left: Option<String>,
    pregnant: bool,
    /// What of the plan is needed at a glance.
    detail: Vec<String>,
    ring: Option<RingLine>,
    note: Option<String>,
    recorded: Option<String>,
    told: Vec<String>,
    outcomes: Vec<OutcomeLine>,
}

/// The board.
#[derive(Serialize)]
pub(super) struct BoardPage {
    at: Moment,
    rows: Vec<RowLine>,
    more: usize,
    registers: Vec<RegisterLine>,
    stale: bool,
    withheld: Vec<(String, String)>,
    waiting: usize,
    heard: Option<Moment>,
    silent: bool,
}

pub(super) fn of(site: &Site, view: &BoardView) -> BoardPage {
    let spoken = Spoken::at(view.at);
    let rows: Vec<RowLine> = view.rows.iter().map(|row| line(site, &spoken, row)).collect();
    let name = |id| site.services.agreements.agency(id).name;
    BoardPage {
        at: spoken.moment(view.at),
        waiting: rows.iter().filter(|row| matches!(row.kind, "several" | "unconfirmed")).count(),
        rows,
        heard: view.heard.map(|at| spoken.moment(at)),
        silent: view.silent,
        more: view.more,
        stale: view.registers.iter().any(|register| register.stale),
        registers: view.registers.iter().map(|known| answer_page::line(&spoken, known)).collect(),
        withheld: view.withheld.iter().map(|(owner, why)| (name(owner), why.clone())).collect(),
    }
}

fn line(site: &Site, spoken: &Spoken, row: &BoardRow) -> RowLine {
    let (kind, heading) = answer_page::told(&row.answer);
    let subject = &row.subject;
    let name = subject.name.as_ref().map(kinfold_domain::PersonName::expose);
    let born = subject.birth_date.map(|born| spoken.born(born));
    let number = subject.nhs_number.map(kinfold_domain::NhsNumber::expose);
    let identity = [
        born.or_else(|| Some("Date of birth not known".to_owned())),
        number.map(|number| format!("NHS number {number}")),
    ];
    let hits = match &row.answer {
        CheckAnswer::OnRegister { hits } | CheckAnswer::RecentlyEnded { hits, .. } => &hits[..],
        _ => &[],
    };
    RowLine {
        attendance: row.attendance.0.to_string(),
        kind,
        heading,
        name: name.unwrap_or_else(|| "Name not known".to_owned()),
        identity: identity.into_iter().flatten().collect::<Vec<_>>().join(". "),
        arrived: spoken.moment(row.arrived),
        place: row.place.clone(),
        left: left(spoken, row.whereabouts),
        pregnant: row.pregnant,
        detail: hits.iter().map(detail).collect(),
        ring: hits.first().and_then(|hit| {
            let worker = hit.entry.professionals.first();
            ring::register(spoken, &hit.entry.phones, worker).into_iter().next()
        }),
        note: note(&row.answer),
        recorded: row.recorded.as_ref().map(|recorded| {
            let (who, when) = (recorded.by.name.expose(), spoken.minute(recorded.at));
            format!("{}, {who}, {when}", reads(recorded.outcome))
        }),
        told: told(site, spoken, row),
        // Of a child on no register there is nobody to tell: the hospital's own system says when it leaves.
        outcomes: if matches!(kind, "on" | "ended" | "sealed") || !row.told.is_empty() {
            outcomes(row.recorded.as_ref().map(|recorded| recorded.outcome))
        } else {
            Vec::new()
        },
    }
}

/// The buttons, the last choice marked.
pub(super) fn outcomes(chosen: Option<Outcome>) -> Vec<OutcomeLine> {
    let line = |outcome: Outcome| OutcomeLine {
        word: outcome.as_str(),
        reads: reads(outcome),
        chosen: chosen == Some(outcome),
    };
    Outcome::ALL.into_iter().map(line).collect()
}

const fn reads(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Seen => "Seen",
        Outcome::LeftUnseen => "Left before being seen",
        Outcome::Referred => "Referred to children’s services",
        Outcome::InError => "Looked up in error",
    }
}

fn left(spoken: &Spoken, whereabouts: Whereabouts) -> Option<String> {
    match whereabouts {
        Whereabouts::Present => None,
        Whereabouts::Left { at } => Some(format!("Left {}", spoken.moment(at).words)),
        Whereabouts::Cancelled { at } => {
            Some(format!("Entered in error, {}", spoken.moment(at).words))
        }
    }
}

fn detail(hit: &RegisterHit) -> String {
    let entry = &hit.entry;
    let category = entry.category.map(|category| format!(" {}.", category.words()));
    format!("{}, since {}.{}", entry.status.words(), day(entry.start), category.unwrap_or_default())
}

/// What a reader must not overlook.
fn note(answer: &CheckAnswer) -> Option<String> {
    let text = match answer {
        CheckAnswer::NotOnRegister | CheckAnswer::RecentlyEnded { .. } => {
            "This does not mean that the child is safe."
        }
        CheckAnswer::Unconfirmed => "Not yet checked: what is held here is too old. Ring.",
        CheckAnswer::Several { .. } => "Not yet checked: open it and say which child it is.",
        CheckAnswer::OnRegister { .. } | CheckAnswer::Sealed { .. } => return None,
    };
    Some(text.to_owned())
}

/// Who was told, and who answered.
fn told(site: &Site, spoken: &Spoken, row: &BoardRow) -> Vec<String> {
    let name = |id| site.services.agreements.agency(id).name;
    let answered = row.acknowledged.iter().map(|known| {
        let who = known.by.name.expose();
        format!("{who}, {}, answered {}", name(&known.by.agency), spoken.minute(known.at))
    });
    let waiting = row
        .told
        .iter()
        .filter(|owner| row.acknowledged.iter().all(|known| known.by.agency != **owner));
    answered
        .chain(waiting.map(|owner| format!("{} is told; nobody has answered yet", name(owner))))
        .collect()
}
