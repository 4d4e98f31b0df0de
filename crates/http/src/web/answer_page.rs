//! The answer to a check as its page shows it: one of six, never to be taken for another.

use std::collections::BTreeMap;

use kinfold_domain::{
    AgencyId, Category, CheckAnswer, Confirmed, NumberAgreement, Possible, RegisterHit,
    SealedNotice, Silent, Subject,
};
use kinfold_service::{check::Checked, department::BoardRow};
use serde::Serialize;

use super::{
    board_page::{self, OutcomeLine},
    clauses::{ClauseLine, Readings},
    department,
    entry_card::EntryCard,
    purposes,
    ring::{self, DeskLine, RingGroup},
    session::Open,
    site::Site,
    spoken::{Moment, Spoken, day},
    tell_apart::{self, Face, Known},
};

/// A register that was searched, with its age.
#[derive(Clone, Debug, Serialize)]
pub(super) struct RegisterLine {
    pub(super) name: String,
    pub(super) stale: bool,
    pub(super) confirmed: Option<Moment>,
    /// What stopped, where it is older than its limit.
    why: Option<&'static str>,
}

/// The page.
#[derive(Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "parts of the page, each there by itself")]
pub(super) struct AnswerPage {
    /// Which of the six: `on`, `ended`, `not-on`, `several`, `unconfirmed`, `sealed`.
    kind: &'static str,
    heading: String,
    answered: Moment,
    registers: Vec<RegisterLine>,
    stale: bool,
    asked: Vec<(&'static str, String)>,
    entries: Vec<EntryCard>,
    possible: Vec<Face>,
    /// More children are possible than stand here.
    more: bool,
    /// What tells the possible children apart.
    ask_for: Vec<&'static str>,
    sealed: Option<DeskLine>,
    another_name: bool,
    ring: Vec<RingGroup>,
    withheld: Vec<(String, String)>,
    clauses: Vec<ClauseLine>,
    handle: String,
    purpose: String,
    purpose_reads: String,
    /// What a nurse may say became of the child; none where there is no department, or no one child.
    outcomes: Vec<OutcomeLine>,
    /// What was said so far.
    recorded: Option<String>,
    /// Attendances and the last looks may be shown beside it.
    history: bool,
}

impl AnswerPage {
    /// With what stands beside an answer about one child, for whom it may.
    pub(super) fn beside(self, site: &Site, open: &Open) -> Self {
        let is_one = self.kind != "several";
        let purpose = self.purpose.parse();
        let may = purpose.is_ok_and(|purpose| site.services.history.is_for(&open.caller, &purpose));
        Self { history: is_one && may, ..self }
    }

    /// Opened from the board: what was said there stands here too.
    pub(super) fn of_attendance(self, row: &BoardRow) -> Self {
        let recorded = row.recorded.as_ref();
        let outcomes = board_page::outcomes(recorded.map(|recorded| recorded.outcome));
        let said = recorded.map(|recorded| recorded.by.name.expose().clone());
        Self { outcomes, recorded: said, ..self }
    }
}

/// The registers as they stand.
pub(super) fn registers(site: &Site) -> Vec<RegisterLine> {
    let spoken = site.spoken();
    site.services.check.registers().iter().map(|register| line(&spoken, register)).collect()
}

pub(super) fn line(spoken: &Spoken, register: &Confirmed) -> RegisterLine {
    RegisterLine {
        name: ring::register_name(&register.agency),
        stale: register.stale,
        confirmed: register.as_at.map(|at| spoken.moment(at.0)),
        why: register.silent.map(stopped),
    }
}

/// What stopped, for whoever reads an answer.
const fn stopped(silent: Silent) -> &'static str {
    match silent {
        Silent::Owner => "nothing has been heard from it since",
        Silent::CaseSystem => "its case system has told it nothing since",
    }
}

pub(super) fn of(site: &Site, checked: &Checked) -> AnswerPage {
    let spoken = Spoken::at(checked.at);
    let (kind, mut heading) = told(&checked.answer);
    let said = match &checked.answer {
        CheckAnswer::RecentlyEnded { ended, .. } => Some(*ended),
        _ => None,
    };
    let hits = hits(&checked.answer);
    let may = |owner: &AgencyId, category| {
        checked.granted.get(owner).is_some_and(|granted| granted.contains_key(&category))
    };
    let mut entries: Vec<EntryCard> = hits
        .iter()
        .map(|hit| EntryCard::of(&spoken, hit, said, |category| may(&hit.agency.id, category)))
        .collect();
    // Whoever had the child before is not the first to ring while somebody else has.
    if hits.iter().any(|hit| hit.ended.is_none()) {
        let over = entries.iter_mut().filter(|entry| entry.ended.is_some());
        over.flat_map(|entry| &mut entry.ring).for_each(|line| line.now = false);
    }
    let possible = possible(&spoken, checked);
    let another_name = entries.iter().any(|entry| entry.another_name)
        || possible.iter().any(|child| child.another_name);
    if checked.more && !another_name {
        heading = format!("More than {} possible children: narrow the search", possible.len());
    }
    let stale = checked.registers.iter().any(|register| register.stale);
    AnswerPage {
        more: checked.more,
        kind,
        heading,
        answered: spoken.moment(checked.at),
        registers: checked.registers.iter().map(|register| line(&spoken, register)).collect(),
        stale,
        asked: asked(&spoken, &checked.subject),
        entries,
        ask_for: tell_apart::ask_for(&possible),
        possible,
        sealed: sealed(&checked.answer).map(|sealed| ring::desk(&sealed.agency, &sealed.desk)),
        another_name,
        ring: ring::groups(site, &spoken, checked.registers.iter().map(|known| &known.agency)),
        withheld: withheld(site, checked),
        clauses: clauses(site, checked),
        handle: checked.ask.0.to_string(),
        purpose: checked.purpose.to_string(),
        purpose_reads: purposes::reading(site, &checked.purpose),
        outcomes: outcomes(site, checked),
        recorded: None,
        history: false,
    }
}

/// Attendances are recorded where there is a department, of one child on a register, under the purpose of somebody who is there.
fn outcomes(site: &Site, checked: &Checked) -> Vec<OutcomeLine> {
    let department = site.services.department.as_ref();
    let here = department.is_some_and(|known| known.board.purpose == checked.purpose);
    if here && department::is_about_one(&checked.answer) {
        board_page::outcomes(None)
    } else {
        Vec::new()
    }
}

/// Which answer it is, and what stands over it.
pub(super) fn told(answer: &CheckAnswer) -> (&'static str, String) {
    match answer {
        CheckAnswer::OnRegister { hits } => ("on", statuses(hits)),
        CheckAnswer::RecentlyEnded { ended, .. } => {
            ("ended", format!("Recently ended, on {}", day(*ended)))
        }
        CheckAnswer::NotOnRegister => ("not-on", "Not on these registers".to_owned()),
        CheckAnswer::Several { possible, .. } => ("several", several(possible)),
        CheckAnswer::Unconfirmed => ("unconfirmed", "Could not be confirmed".to_owned()),
        CheckAnswer::Sealed { .. } => ("sealed", "Sealed: ring the desk".to_owned()),
    }
}

/// The statuses in force, each once.
fn statuses(hits: &[RegisterHit]) -> String {
    let mut words: Vec<&str> = Vec::new();
    for hit in hits.iter().filter(|hit| hit.ended.is_none()) {
        let word = match hit.entry.status {
            kinfold_domain::RegisterStatus::ChildProtectionPlan => "On a child protection plan",
            kinfold_domain::RegisterStatus::LookedAfter => "Looked after by the council",
            kinfold_domain::RegisterStatus::UnbornPlan => "Unborn child on a protection plan",
        };
        if !words.contains(&word) {
            words.push(word);
        }
    }
    if words.is_empty() { "On the register".to_owned() } else { words.join(". ") }
}

fn several(possible: &[Possible]) -> String {
    // That the number is on the register is never hidden behind a question of names.
    let mut named_otherwise =
        possible.iter().filter(|child| child.number == NumberAgreement::AnotherName).peekable();
    if named_otherwise.peek().is_some() {
        let in_force = named_otherwise.any(|child| child.ended.is_none());
        let standing = if in_force { "On the register" } else { "Recently ended" };
        return format!("{standing}: this number, another name");
    }
    match possible.len() {
        0 => "Too little to tell children apart".to_owned(),
        1 => "One possible child: is it this one?".to_owned(),
        count => format!("{count} possible children: which one?"),
    }
}

fn hits(answer: &CheckAnswer) -> &[RegisterHit] {
    match answer {
        CheckAnswer::OnRegister { hits } | CheckAnswer::RecentlyEnded { hits, .. } => hits,
        CheckAnswer::NotOnRegister
        | CheckAnswer::Several { .. }
        | CheckAnswer::Unconfirmed
        | CheckAnswer::Sealed { .. } => &[],
    }
}

fn sealed(answer: &CheckAnswer) -> Option<&SealedNotice> {
    match answer {
        CheckAnswer::Sealed { notice } => Some(notice),
        CheckAnswer::Several { sealed, .. } => sealed.as_ref(),
        _ => None,
    }
}

fn possible(spoken: &Spoken, checked: &Checked) -> Vec<Face> {
    let CheckAnswer::Several { possible, .. } = &checked.answer else { return Vec::new() };
    let known: Vec<Known<'_>> = possible
        .iter()
        .map(|child| {
            let ended = child.ended.map(|end| format!(", ended {}", day(end))).unwrap_or_default();
            let status = format!("{}{ended}", child.status.words());
            let more = vec![("Status", status), ("Register", ring::register_name(&child.agency))];
            Known { subject: &child.subject, number: child.number, more }
        })
        .collect();
    tell_apart::faces(spoken, &checked.subject, &known, 0)
}

/// What was asked, to be compared with the child in front of the asker.
pub(super) fn asked(spoken: &Spoken, subject: &Subject) -> Vec<(&'static str, String)> {
    let known = [
        ("Name", subject.name.as_ref().map(kinfold_domain::PersonName::expose)),
        ("Date of birth", subject.birth_date.map(|born| spoken.born(born))),
        ("NHS number", subject.nhs_number.map(kinfold_domain::NhsNumber::expose)),
        ("Postcode", subject.postcode.as_ref().map(|code| code.expose().to_owned())),
    ];
    known.into_iter().filter_map(|(label, text)| Some((label, text?))).collect()
}

fn withheld(site: &Site, checked: &Checked) -> Vec<(String, String)> {
    let name = |id: &AgencyId| site.services.agreements.agency(id).name;
    checked.withheld.iter().map(|(owner, why)| (name(owner), why.clone())).collect()
}

fn clauses(site: &Site, checked: &Checked) -> Vec<ClauseLine> {
    let granted = checked.granted.values().flat_map(BTreeMap::<Category, Vec<String>>::values);
    Readings::of(site).lines(granted.flatten())
}
