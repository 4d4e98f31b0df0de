//! One entry of a register, as a tired nurse reads it: who, since when, whom to ring.

use jiff::civil::Date;
use kinfold_domain::{
    Category, Demographics, HandingOver, HouseholdMember, NumberAgreement, Professional,
    RegisterEntry, RegisterHit,
};
use serde::Serialize;

use super::{
    letter_case::capitalised,
    ring::{self, RingLine},
    spoken::{Spoken, day},
};

/// Who somebody is.
#[derive(Clone, Debug, Serialize)]
pub(super) struct PersonLines {
    pub(super) name: String,
    pub(super) other_names: Vec<String>,
    pub(super) born: Option<String>,
    pub(super) nhs_number: Option<String>,
    pub(super) sex: &'static str,
    /// Only where the category is granted.
    pub(super) address: Option<String>,
}

/// A name with what it is about.
#[derive(Clone, Debug, Serialize)]
pub(super) struct NamedLine {
    pub(super) label: String,
    pub(super) text: String,
    pub(super) phone: Option<RingLine>,
}

/// One entry.
#[derive(Clone, Debug, Serialize)]
pub(super) struct EntryCard {
    pub(super) agency: String,
    pub(super) status: &'static str,
    /// The last day; `None` while it is in force, and where the heading says the day.
    pub(super) ended: Option<String>,
    /// "Mother" for an unborn plan: the entry is found through her.
    pub(super) who: &'static str,
    pub(super) person: PersonLines,
    pub(super) another_name: bool,
    /// Label and text, in the order in which they are read.
    pub(super) rows: Vec<(&'static str, String)>,
    pub(super) ring: Vec<RingLine>,
    pub(super) professionals: Vec<NamedLine>,
    pub(super) household: Vec<NamedLine>,
    pub(super) reference: String,
    /// The council to which it was handed over.
    pub(super) handed_to: Option<String>,
}

impl EntryCard {
    /// `may` tells whether a category of the owner is granted; `said` is the last day that the page's heading has told already.
    pub(super) fn of(
        spoken: &Spoken,
        hit: &RegisterHit,
        said: Option<Date>,
        may: impl Fn(Category) -> bool,
    ) -> Self {
        let entry = &hit.entry;
        let ended = hit.ended.filter(|end| said != Some(*end)).map(day);
        let mut rows = rows(spoken, entry);
        if let Some(to) = handed_to(entry).filter(|_| hit.ended.is_none()) {
            rows.push(("Not here yet", format!("The entry of {to}. Ring both councils.")));
        }
        let key_worker = entry.professionals.first();
        Self {
            agency: hit.agency.name.clone(),
            status: entry.status.words(),
            ended,
            who: subject_word(entry),
            person: person(spoken, &entry.subject, may(Category::Address)),
            another_name: hit.number == NumberAgreement::AnotherName,
            rows,
            ring: ring::register(spoken, &entry.phones, key_worker),
            professionals: entry.professionals.iter().map(professional).collect(),
            household: entry.household.iter().map(|member| household(spoken, member)).collect(),
            reference: entry.id.to_string(),
            handed_to: handed_to(entry),
        }
    }
}

/// Through whom the entry is found.
pub(super) const fn subject_word(entry: &RegisterEntry) -> &'static str {
    match entry.status {
        kinfold_domain::RegisterStatus::UnbornPlan => "Mother",
        _ => "Child",
    }
}

pub(super) fn person(spoken: &Spoken, known: &Demographics, with_address: bool) -> PersonLines {
    PersonLines {
        name: known.name.expose(),
        other_names: known.other_names.iter().map(kinfold_domain::PersonName::expose).collect(),
        born: known.birth_date.map(|born| spoken.born(born)),
        nhs_number: known.nhs_number.map(kinfold_domain::NhsNumber::expose),
        sex: known.sex.word(),
        address: known.address.as_ref().filter(|_| with_address).map(address),
    }
}

/// An address on one line.
pub(super) fn address(address: &kinfold_domain::Address) -> String {
    let lines = address.lines.iter().map(|line| line.expose().as_str());
    let postcode = address.postcode.as_ref().map(kinfold_domain::Postcode::expose);
    lines.chain(postcode).collect::<Vec<_>>().join(", ")
}

/// What the register says of the plan, without whom to ring.
pub(super) fn rows(spoken: &Spoken, entry: &RegisterEntry) -> Vec<(&'static str, String)> {
    let mut rows = Vec::with_capacity(10);
    if let Some(category) = entry.category {
        rows.push(("Category", category.words().to_owned()));
    }
    if let Some(initial) = entry.initial_category.filter(|first| entry.category != Some(*first)) {
        rows.push(("Category at the start", initial.words().to_owned()));
    }
    rows.push(("Since", day(entry.start)));
    // What has ended says so above its rows.
    if let Some(end) = entry.end.filter(|end| *end > spoken.today()) {
        rows.push(("Until", day(end)));
    }
    if let Some(handing) = &entry.handing_over {
        rows.push(("Hand-over", hand_over(handing)));
    }
    if let Some(expected) = entry.expected {
        rows.push(("Baby expected", day(expected.expose())));
    }
    if let Some(basis) = entry.legal_basis {
        rows.push(("Legal basis", basis.words().to_owned()));
    }
    if let Some(review) = entry.next_review {
        let overdue = if review < spoken.today() { " (date has passed)" } else { "" };
        rows.push(("Next review", format!("{}{overdue}", day(review))));
    }
    if entry.previous_plans > 0 {
        rows.push(("Earlier plans", entry.previous_plans.to_string()));
    }
    if let Some(school) = &entry.school {
        rows.push(("School", school.expose().clone()));
    }
    rows
}

/// To whom a child is being handed over, and who is responsible.
fn hand_over(handing: &HandingOver) -> String {
    let HandingOver { name, since, accepted, .. } = handing;
    match accepted {
        None => format!(
            "Being handed over to {name} since {}. This council is responsible until {name} accepts.",
            day(*since)
        ),
        Some(accepted) => format!("Handed over to {name}, which accepted on {}.", day(*accepted)),
    }
}

/// Which council has the child now.
fn handed_to(entry: &RegisterEntry) -> Option<String> {
    let handing = entry.handing_over.as_ref().filter(|handing| handing.accepted.is_some());
    handing.map(|handing| handing.name.clone())
}

pub(super) fn professional(known: &Professional) -> NamedLine {
    let team = known.team.as_ref().map(|team| format!(", {team}")).unwrap_or_default();
    NamedLine {
        label: known.role.clone(),
        text: format!("{}{team}", known.name.expose()),
        phone: known.telephone.as_ref().map(|number| ring::kept(known.role.clone(), number)),
    }
}

pub(super) fn household(spoken: &Spoken, member: &HouseholdMember) -> NamedLine {
    let mut text = member.name.expose().clone();
    if let Some(born) = member.birth_date {
        text.push_str(", born ");
        text.push_str(&spoken.born(born));
    }
    if member.parental_responsibility {
        text.push_str(", has parental responsibility");
    }
    if member.has_plan {
        text.push_str(", has a plan too");
    }
    NamedLine { label: capitalised(&member.relationship), text, phone: None }
}
