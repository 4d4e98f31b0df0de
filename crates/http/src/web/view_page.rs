//! The pooled view as its page shows it: what is missing, then the facts in the order in which they are needed, then how each source
//! answered.

use std::cmp::Reverse;

use kinfold_domain::{Category, Demographics, Fact, FactContent, Professional};
use kinfold_service::pooled_view::{AgencyPart, PooledView};
use serde::Serialize;

use super::{
    answer_page,
    break_glass::Openable,
    clauses::{ClauseLine, Readings},
    entry_card::{self, PersonLines},
    fact_card::Said,
    letter_case::better,
    merged::{self, FactCard, Statement},
    purposes::{self, PurposeLine},
    ring,
    site::Site,
    spoken::{Moment, Spoken},
    view_part::PartLine,
};

/// The sections from top to bottom: whom to ring, then what has happened to the child, then who and where. `existence` is told by how an
/// agency stands.
const ORDER: [Category; 10] = [
    Category::Register,
    Category::Contact,
    Category::Attendances,
    Category::Involvement,
    Category::HealthSummary,
    Category::SocialCareSummary,
    Category::Household,
    Category::Demographics,
    Category::Address,
    Category::Sensitive,
];

/// What is told in one category, by whichever agency.
#[derive(Serialize)]
struct Section {
    id: &'static str,
    heading: &'static str,
    cards: Vec<FactCard>,
    clauses: Vec<ClauseLine>,
}

/// The page.
#[derive(Serialize)]
pub(super) struct ViewPage {
    answered: Moment,
    asked: Vec<(&'static str, String)>,
    /// Who it is, as the first agency holds it that says so.
    who: Option<PersonLines>,
    parts: Vec<PartLine>,
    /// Something is missing that might have been shown.
    is_incomplete: bool,
    sections: Vec<Section>,
    handle: String,
    purpose_reads: String,
    others: Vec<PurposeLine>,
    glass: Glass,
}

/// How it stands with what the asker may not see.
#[derive(Serialize)]
#[serde(tag = "glass", content = "what", rename_all = "kebab-case")]
pub(super) enum Glass {
    /// It was opened, for this reason.
    Broken(String),
    /// This may be opened.
    Whole(Vec<Openable>),
}

/// `purposes` are those that may be stated; the others than this view's are offered.
pub(super) fn of(
    site: &Site,
    view: &PooledView,
    (purposes, glass): (Vec<PurposeLine>, Glass),
) -> ViewPage {
    let spoken = Spoken::at(view.at);
    let readings = Readings::of(site);
    let mut place = 0;
    let parts: Vec<PartLine> = view
        .agencies
        .iter()
        .map(|part| PartLine::of((site, &spoken), &view.subject, part, &mut place))
        .collect();
    ViewPage {
        answered: spoken.moment(view.at),
        asked: answer_page::asked(&spoken, &view.subject),
        who: who(&spoken, view),
        is_incomplete: parts.iter().any(PartLine::is_missing),
        parts,
        sections: ORDER.into_iter().filter_map(|c| section(&spoken, &readings, view, c)).collect(),
        handle: view.ask.0.to_string(),
        purpose_reads: purposes::reading(site, &view.purpose),
        others: purposes.into_iter().filter(|purpose| !purpose.chosen).collect(),
        glass,
    }
}

fn who(spoken: &Spoken, view: &PooledView) -> Option<PersonLines> {
    let facts = || view.agencies.iter().flat_map(|part| &part.facts);
    let held = facts().filter_map(|fact| match &fact.content {
        FactContent::Demographics(known) => Some(&**known),
        _ => None,
    });
    let registered = facts().filter_map(|fact| match &fact.content {
        FactContent::Register(entry) => Some(&entry.subject),
        _ => None,
    });
    let known: Vec<&Demographics> = held.chain(registered).collect();
    let mut lines = entry_card::person(spoken, known.first()?, false);
    for other in known {
        better(&mut lines.name, &other.name.expose());
    }
    Some(lines)
}

fn section(
    spoken: &Spoken,
    readings: &Readings,
    view: &PooledView,
    category: Category,
) -> Option<Section> {
    let mut cards = merged::cards(told(spoken, view, category));
    if category == Category::Register {
        for statement in cards.iter_mut().flat_map(|card| &mut card.statements) {
            add_lines(spoken, view, statement);
        }
    }
    let telling = view.agencies.iter().filter(|part| facts(part, category).next().is_some());
    let clauses = telling.filter_map(|part| part.granted.get(&category)).flatten();
    let clauses = readings.lines(clauses);
    let (id, heading) = (category.as_str(), category.heading());
    (!cards.is_empty()).then_some(Section { id, heading, cards, clauses })
}

fn facts(part: &AgencyPart, category: Category) -> impl Iterator<Item = &Fact> {
    part.facts.iter().filter(move |fact| fact.category() == category)
}

fn told(spoken: &Spoken, view: &PooledView, category: Category) -> impl Iterator<Item = Said> {
    let parts = view.agencies.iter();
    let mut told: Vec<(&AgencyPart, &Fact)> =
        parts.flat_map(|part| facts(part, category).map(move |fact| (part, fact))).collect();
    // Newest first where there is a time to go by; the rest as the source has it.
    told.sort_by_key(|(_, fact)| match &fact.content {
        FactContent::Attendances(attendance) => Reverse(Some(attendance.arrived)),
        _ => Reverse(None),
    });
    told.into_iter().map(move |(part, fact)| {
        let clauses = part.granted.get(&category).map(Vec::as_slice).unwrap_or_default();
        Said::of(spoken, fact, (&part.agency.name, clauses))
    })
}

/// Puts the lines to ring beside what the register says: its own, and the key worker's where it may be shown.
fn add_lines(spoken: &Spoken, view: &PooledView, statement: &mut Statement) {
    let Some(phones) = &statement.phones else { return };
    let worker = statement.told_by.iter().find_map(|by| {
        let part = view.agencies.iter().find(|part| part.agency.name == by.agency)?;
        key_worker(part, (&by.system, &by.record))
    });
    statement.ring = ring::register(spoken, phones, worker);
}

/// The first professional whom the entry itself names: an entry has its key worker first.
fn key_worker<'a>(
    part: &'a AgencyPart,
    (system, record): (&str, &str),
) -> Option<&'a Professional> {
    facts(part, Category::Contact).find_map(|fact| match &fact.content {
        FactContent::Contact(known) if fact.source.system == system => {
            (fact.source.record == record).then_some(known)
        }
        _ => None,
    })
}
