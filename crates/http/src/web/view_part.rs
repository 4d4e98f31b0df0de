//! How one agency and its sources answered a pooled view: what must be seen before any fact, and the rest for below.

use std::collections::BTreeMap;

use kinfold_domain::Subject;
use kinfold_service::{
    pooled_view::{AgencyPart, PartState},
    records::SourceOutcome,
};
use serde::Serialize;

use super::{
    failure::sentence,
    ring::{self, DeskLine, RingLine},
    site::Site,
    spoken::{Moment, Spoken},
    tell_apart::{self, Face, Known},
    unread,
};

/// How one agency stands.
#[derive(Serialize)]
pub(super) struct PartLine {
    name: String,
    /// For the tag's colour: `known`, `unknown`, `refused`, `unreachable`, `sealed`, `several`.
    state: &'static str,
    word: &'static str,
    says: String,
    /// How old what is shown of it is, where it could not be asked.
    held: Option<Moment>,
    /// Something of it is missing: told above the facts.
    is_missing: bool,
    ring: Vec<RingLine>,
    candidates: Vec<Face>,
    ask_for: Vec<&'static str>,
    sources: Vec<SourceLine>,
    withheld: Vec<(String, String)>,
    /// The withheld categories, each once.
    withholds: Vec<&'static str>,
    sealed: Option<DeskLine>,
}

/// How one source answered.
#[derive(Serialize)]
struct SourceLine {
    system: String,
    /// Facts that it gave; `None` when it gave none.
    facts: Option<u32>,
    /// Microseconds, where it was asked live.
    took_us: Option<u32>,
    /// What went wrong, as a sentence: all of it is missing, or some.
    failure: Option<String>,
}

impl PartLine {
    /// The candidates of this part take the next places among the page's choices.
    pub(super) fn of(
        (site, spoken): (&Site, &Spoken),
        typed: &Subject,
        part: &AgencyPart,
        place: &mut usize,
    ) -> Self {
        let (state, word, says) = stands(&part.state);
        let held = match &part.state {
            PartState::Unreachable { as_at, .. } => as_at.map(|at| spoken.moment(at.0)),
            _ => None,
        };
        let sources: Vec<SourceLine> = sources(part).collect();
        let is_known = matches!(part.state, PartState::Known);
        let candidates = candidates(spoken, typed, &part.state, place);
        Self {
            name: part.agency.name.clone(),
            state,
            word,
            says,
            held,
            is_missing: !is_known || sources.iter().any(|source| source.failure.is_some()),
            ring: whom_to_ring(site, spoken, part),
            ask_for: tell_apart::ask_for(&candidates),
            candidates,
            sources,
            withheld: withheld(part),
            withholds: withholds(part),
            sealed: match &part.state {
                PartState::Sealed { desk } => Some(ring::desk(&part.agency, desk)),
                _ => None,
            },
        }
    }

    /// Whether something of this agency is missing that might have been shown.
    pub(super) const fn is_missing(&self) -> bool {
        self.is_missing
    }
}

/// The tag's kind and word, and a sentence.
fn stands(state: &PartState) -> (&'static str, &'static str, String) {
    match state {
        PartState::Known => ("known", "Knows the child", String::new()),
        PartState::Unknown => (
            "unknown",
            "Does not know the child",
            "Nothing was found under what you asked.".to_owned(),
        ),
        PartState::NotSaid => (
            "unknown",
            "Not said",
            "The agreement does not let it say whether it knows the child.".to_owned(),
        ),
        PartState::Choose { candidates, .. } if candidates.is_empty() => (
            "several",
            "More detail needed",
            "Several people may be meant, and none may be named. Type more, or ring.".to_owned(),
        ),
        PartState::Choose { candidates, more: true } => (
            "several",
            "More than are listed",
            format!(
                "More people fit than the {} below. If the child is not among them, give the date of \
                 birth, the postcode or the NHS number.",
                candidates.len()
            ),
        ),
        PartState::Choose { more: false, .. } => {
            ("several", "Several possible", "Choose the right one below.".to_owned())
        }
        PartState::Several { count } => (
            "several",
            "Several possible",
            format!("{count} people there may be meant. Give the NHS number or the date of birth."),
        ),
        // The desk says the rest.
        PartState::Sealed { .. } => ("sealed", "Sealed", String::new()),
        PartState::Refused { reason } => ("refused", "Refused", sentence(reason)),
        PartState::Unreachable { reason, .. } => {
            ("unreachable", "Could not be asked", sentence(reason))
        }
    }
}

/// A partner's lines as they are known here; before them what only this answer names, such as the desk of a sealed one among several.
/// Nobody has to be told how to reach their own agency.
fn whom_to_ring(site: &Site, spoken: &Spoken, part: &AgencyPart) -> Vec<RingLine> {
    let is_own = part.agency.id == *site.services.agreements.own();
    let mut lines =
        if is_own { Vec::new() } else { ring::of_agency(site, spoken, &part.agency.id) };
    let parties = site.services.agreements.parties();
    let party = parties.iter().find(|party| party.agency == part.agency.id);
    let agreed = party.map(|party| party.telephones.as_slice()).unwrap_or_default();
    let only_here = part.phones.iter().filter(|known| !agreed.contains(known));
    lines.splice(0..0, only_here.map(|known| ring::line(&known.label, &known.number)));
    lines
}

fn candidates(spoken: &Spoken, typed: &Subject, state: &PartState, place: &mut usize) -> Vec<Face> {
    let PartState::Choose { candidates, .. } = state else { return Vec::new() };
    let known: Vec<Known<'_>> = candidates
        .iter()
        .map(|one| Known { subject: &one.demographics, number: one.number, more: Vec::new() })
        .collect();
    let faces = tell_apart::faces(spoken, typed, &known, *place);
    *place += faces.len();
    faces
}

/// The node itself is no source: the agency's state has said what became of it.
fn sources(part: &AgencyPart) -> impl Iterator<Item = SourceLine> {
    let asked = part.sources.iter().filter(|source| source.system != "node");
    asked.map(|source: &SourceOutcome| SourceLine {
        system: source.system.clone(),
        facts: source.facts,
        took_us: source.took_us,
        failure: wrong(source),
    })
}

/// Why a source gave nothing or is not to be relied on, and what it holds and could not hand on.
fn wrong(source: &SourceOutcome) -> Option<String> {
    let failure = source.failure.as_deref().map(sentence);
    let said: Vec<String> = failure.into_iter().chain(unread::words(&source.unread)).collect();
    (!said.is_empty()).then(|| said.join(" "))
}

/// Categories that are withheld, put together by the reason. A refusal has said its reason already.
fn withheld(part: &AgencyPart) -> Vec<(String, String)> {
    if matches!(part.state, PartState::Refused { .. }) {
        return Vec::new();
    }
    let mut reasons: BTreeMap<&String, Vec<&str>> = BTreeMap::new();
    for (category, why) in &part.withheld {
        reasons.entry(why).or_default().push(category.heading());
    }
    reasons.into_iter().map(|(why, what)| (what.join(", "), sentence(why))).collect()
}

fn withholds(part: &AgencyPart) -> Vec<&'static str> {
    if matches!(part.state, PartState::Refused { .. }) {
        return Vec::new();
    }
    part.withheld.keys().map(|category| category.heading()).collect()
}
