//! The pooled view as its page shows it: first how each agency stands, then the facts by category.

use std::collections::BTreeMap;

use kinfold_domain::{Category, Fact, FactContent};
use kinfold_service::pooled_view::{AgencyPart, PartState, PooledView};
use serde::Serialize;

use super::{
    answer_page,
    clauses::{ClauseLine, Readings},
    entry_card::{self, PersonLines},
    fact_card::{self, FactCard, Row},
    failure::sentence,
    purposes::{self, PurposeLine},
    ring::{self, RingLine},
    site::Site,
    spoken::{Moment, Spoken},
};

/// How one agency stands.
#[derive(Serialize)]
struct AgencyLine {
    name: String,
    /// For the tag's colour: `known`, `unknown`, `refused`, `unreachable`, `sealed`, `several`.
    state: &'static str,
    word: &'static str,
    says: String,
    held: Option<Moment>,
    ring: Vec<RingLine>,
    candidates: Vec<CandidateCard>,
    withheld: Vec<(String, String)>,
    failures: Vec<(String, String)>,
    answered: Vec<(String, u32, u32)>,
}

#[derive(Serialize)]
struct CandidateCard {
    place: usize,
    name: String,
    another_name: bool,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Section {
    id: &'static str,
    heading: &'static str,
    groups: Vec<Group>,
}

/// What one agency says in one category.
#[derive(Serialize)]
struct Group {
    agency: String,
    clauses: Vec<ClauseLine>,
    facts: Vec<FactCard>,
}

/// The page.
#[derive(Serialize)]
pub(super) struct ViewPage {
    answered: Moment,
    asked: Vec<(&'static str, String)>,
    /// Who it is, as the first agency holds it that says so.
    who: Option<PersonLines>,
    agencies: Vec<AgencyLine>,
    sections: Vec<Section>,
    handle: String,
    purpose_reads: String,
    others: Vec<PurposeLine>,
}

/// `purposes` are those that may be stated; the others than this view's are offered.
pub(super) fn of(site: &Site, view: &PooledView, purposes: Vec<PurposeLine>) -> ViewPage {
    let spoken = Spoken::at(view.at);
    let readings = Readings::of(site);
    let mut place = 0;
    let agencies = view.agencies.iter().map(|part| agency(&spoken, part, &mut place)).collect();
    let sections = Category::ALL.into_iter().filter(|category| *category != Category::Existence);
    ViewPage {
        answered: spoken.moment(view.at),
        asked: answer_page::asked(&spoken, &view.subject),
        who: who(&spoken, view),
        agencies,
        sections: sections.filter_map(|c| section(&spoken, &readings, view, c)).collect(),
        handle: view.ask.0.to_string(),
        purpose_reads: purposes::reading(site, &view.purpose),
        others: purposes.into_iter().filter(|purpose| !purpose.chosen).collect(),
    }
}

fn who(spoken: &Spoken, view: &PooledView) -> Option<PersonLines> {
    let facts = || view.agencies.iter().flat_map(|part| &part.facts);
    let held = facts().find_map(|fact| match &fact.content {
        FactContent::Demographics(known) => Some(&**known),
        _ => None,
    });
    let registered = || {
        facts().find_map(|fact| match &fact.content {
            FactContent::Register(entry) => Some(&entry.subject),
            _ => None,
        })
    };
    held.or_else(registered).map(|known| entry_card::person(spoken, known, false))
}

fn agency(spoken: &Spoken, part: &AgencyPart, place: &mut usize) -> AgencyLine {
    let (state, word, says) = stands(&part.state);
    let held = match &part.state {
        PartState::Unreachable { as_at, .. } => as_at.map(|at| spoken.moment(at.0)),
        _ => None,
    };
    let mut phones: Vec<RingLine> =
        part.phones.iter().map(|known| ring::line(&known.label, &known.number)).collect();
    if let PartState::Sealed { desk } = &part.state {
        phones = vec![ring::line(desk.desk.clone(), &desk.telephone)];
    }
    AgencyLine {
        name: part.agency.name.clone(),
        state,
        word,
        says,
        held,
        ring: phones,
        candidates: candidates(spoken, &part.state, place),
        withheld: withheld(part),
        failures: failures(part),
        answered: answered(part),
    }
}

/// Sources that were asked live and answered: how many facts, in how many microseconds.
fn answered(part: &AgencyPart) -> Vec<(String, u32, u32)> {
    let live = part.sources.iter().filter_map(|s| Some((s.system.clone(), s.facts?, s.took_us?)));
    live.collect()
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
        PartState::Choose { candidates } if candidates.is_empty() => (
            "several",
            "More detail needed",
            "Several people may be meant, and none may be named. Type more, or ring.".to_owned(),
        ),
        PartState::Choose { .. } => {
            ("several", "Several possible", "Choose the right one below.".to_owned())
        }
        PartState::Several { count } => (
            "several",
            "Several possible",
            format!("{count} people there may be meant. Give the NHS number or the date of birth."),
        ),
        PartState::Sealed { desk } => (
            "sealed",
            "Sealed",
            format!("Ring {} and quote reference {}.", desk.desk, desk.reference),
        ),
        PartState::Refused { reason } => ("refused", "Refused", sentence(reason)),
        PartState::Unreachable { reason, .. } => {
            ("unreachable", "Could not be asked", sentence(reason))
        }
    }
}

fn candidates(spoken: &Spoken, state: &PartState, place: &mut usize) -> Vec<CandidateCard> {
    let PartState::Choose { candidates } = state else { return Vec::new() };
    let card = candidates.iter().map(|candidate| {
        let person = entry_card::person(spoken, &candidate.demographics, true);
        let address = person.address.clone();
        let card = CandidateCard {
            place: *place,
            name: person.name.clone(),
            another_name: candidate.number == kinfold_domain::NumberAgreement::AnotherName,
            rows: fact_card::identity(person)
                .into_iter()
                .chain(address.map(fact_card::lives))
                .collect(),
        };
        *place += 1;
        card
    });
    card.collect()
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

/// Sources that gave nothing. The node itself is no source: its state has said why.
fn failures(part: &AgencyPart) -> Vec<(String, String)> {
    let failed = part.sources.iter().filter(|source| source.system != "node");
    failed.filter_map(|s| Some((s.system.clone(), sentence(s.failure.as_ref()?)))).collect()
}

fn section(
    spoken: &Spoken,
    readings: &Readings,
    view: &PooledView,
    category: Category,
) -> Option<Section> {
    let groups: Vec<Group> =
        view.agencies.iter().filter_map(|part| group(spoken, readings, part, category)).collect();
    let (id, heading) = (category.as_str(), category.heading());
    (!groups.is_empty()).then_some(Section { id, heading, groups })
}

fn group(
    spoken: &Spoken,
    readings: &Readings,
    part: &AgencyPart,
    category: Category,
) -> Option<Group> {
    let mut facts: Vec<&Fact> =
        part.facts.iter().filter(|fact| fact.category() == category).collect();
    if facts.is_empty() {
        return None;
    }
    // Newest first where there is a time to go by; the rest as the source has it.
    facts.sort_by_key(|fact| match &fact.content {
        FactContent::Attendances(attendance) => std::cmp::Reverse(Some(attendance.arrived)),
        _ => std::cmp::Reverse(None),
    });
    Some(Group {
        agency: part.agency.name.clone(),
        clauses: readings.lines(part.granted.get(&category).into_iter().flatten()),
        facts: facts.into_iter().map(|fact| FactCard::of(spoken, fact)).collect(),
    })
}
