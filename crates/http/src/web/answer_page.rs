//! The answer to a check as its page shows it: one of six, never to be taken for another.

use std::collections::BTreeMap;

use kinfold_domain::{
    AgencyId, Category, CheckAnswer, Confirmed, NumberAgreement, Possible, RegisterHit,
    SealedNotice, Subject,
};
use kinfold_service::check::Checked;
use serde::Serialize;

use super::{
    clauses::{ClauseLine, Readings},
    entry_card::{self, EntryCard, PersonLines},
    purposes,
    ring::{self, RingGroup, RingLine},
    site::Site,
    spoken::{Moment, Spoken, day},
};

/// A register that was searched, with its age.
#[derive(Clone, Debug, Serialize)]
pub(super) struct RegisterLine {
    pub(super) name: String,
    pub(super) stale: bool,
    pub(super) confirmed: Option<Moment>,
}

/// One of several possible children.
#[derive(Clone, Debug, Serialize)]
pub(super) struct PossibleCard {
    pub(super) place: usize,
    pub(super) agency: String,
    pub(super) status: &'static str,
    pub(super) person: PersonLines,
    pub(super) another_name: bool,
}

/// Whom to ring about a sealed child.
#[derive(Clone, Debug, Serialize)]
pub(super) struct SealedCard {
    pub(super) agency: String,
    pub(super) desk: String,
    pub(super) phone: RingLine,
    pub(super) reference: String,
}

/// The page.
#[derive(Serialize)]
pub(super) struct AnswerPage {
    /// Which of the six: `on`, `ended`, `not-on`, `several`, `unconfirmed`, `sealed`.
    kind: &'static str,
    heading: String,
    answered: Moment,
    registers: Vec<RegisterLine>,
    stale: bool,
    asked: Vec<(&'static str, String)>,
    entries: Vec<EntryCard>,
    possible: Vec<PossibleCard>,
    sealed: Option<SealedCard>,
    another_name: bool,
    ring: Vec<RingGroup>,
    withheld: Vec<(String, String)>,
    clauses: Vec<ClauseLine>,
    handle: String,
    purpose: String,
    purpose_reads: String,
}

/// The registers as they stand.
pub(super) fn registers(site: &Site) -> Vec<RegisterLine> {
    let spoken = site.spoken();
    site.services.check.registers().iter().map(|register| line(&spoken, register)).collect()
}

fn line(spoken: &Spoken, register: &Confirmed) -> RegisterLine {
    RegisterLine {
        name: ring::register_name(&register.agency),
        stale: register.stale,
        confirmed: register.as_at.map(|at| spoken.moment(at.0)),
    }
}

pub(super) fn of(site: &Site, checked: &Checked) -> AnswerPage {
    let spoken = Spoken::at(checked.at);
    let (kind, heading) = told(&checked.answer);
    let hits = hits(&checked.answer);
    let may = |owner: &AgencyId, category| {
        checked.granted.get(owner).is_some_and(|granted| granted.contains_key(&category))
    };
    let entries: Vec<EntryCard> = hits
        .iter()
        .map(|hit| EntryCard::of(&spoken, hit, |category| may(&hit.agency.id, category)))
        .collect();
    let possible = possible(&spoken, &checked.answer);
    let another_name = entries.iter().any(|entry| entry.another_name)
        || possible.iter().any(|child| child.another_name);
    let stale = checked.registers.iter().any(|register| register.stale);
    AnswerPage {
        kind,
        heading,
        answered: spoken.moment(checked.at),
        registers: checked.registers.iter().map(|register| line(&spoken, register)).collect(),
        stale,
        asked: asked(&spoken, &checked.subject),
        entries,
        possible,
        sealed: sealed(&checked.answer).map(card),
        another_name,
        ring: whom_to_ring(&spoken, checked),
        withheld: withheld(site, checked),
        clauses: clauses(site, checked),
        handle: checked.ask.0.to_string(),
        purpose: checked.purpose.to_string(),
        purpose_reads: purposes::reading(site, &checked.purpose),
    }
}

/// Which answer it is, and what stands over it.
fn told(answer: &CheckAnswer) -> (&'static str, String) {
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
    for hit in hits.iter().filter(|hit| hit.entry.end.is_none()) {
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
    if possible.iter().any(|child| child.number == NumberAgreement::AnotherName) {
        return "This number, another name".to_owned();
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

fn card(notice: &SealedNotice) -> SealedCard {
    SealedCard {
        agency: notice.agency.name.clone(),
        desk: notice.desk.desk.clone(),
        phone: ring::line(notice.desk.desk.clone(), &notice.desk.telephone),
        reference: notice.desk.reference.clone(),
    }
}

fn possible(spoken: &Spoken, answer: &CheckAnswer) -> Vec<PossibleCard> {
    let CheckAnswer::Several { possible, .. } = answer else { return Vec::new() };
    let card = |(place, child): (usize, &Possible)| PossibleCard {
        place,
        agency: child.agency.name.clone(),
        status: child.status.words(),
        // Where they live does not tell them apart here: it is a category of its own.
        person: entry_card::person(spoken, &child.subject, false),
        another_name: child.number == NumberAgreement::AnotherName,
    };
    possible.iter().enumerate().map(card).collect()
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

/// Where nothing was found, whoever could know more.
fn whom_to_ring(spoken: &Spoken, checked: &Checked) -> Vec<RingGroup> {
    let registers = checked.registers.iter().filter_map(|register| {
        let lines = ring::register(spoken, register.phones.as_ref()?, None);
        Some(RingGroup { agency: register.agency.name.clone(), lines })
    });
    registers.collect()
}

fn withheld(site: &Site, checked: &Checked) -> Vec<(String, String)> {
    let name = |id: &AgencyId| site.services.agreements.agency(id).name;
    checked.withheld.iter().map(|(owner, why)| (name(owner), why.clone())).collect()
}

fn clauses(site: &Site, checked: &Checked) -> Vec<ClauseLine> {
    let granted = checked.granted.values().flat_map(BTreeMap::<Category, Vec<String>>::values);
    Readings::of(site).lines(granted.flatten())
}
