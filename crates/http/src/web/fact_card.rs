//! One fact on the page: what it says, where it comes from, how old it is.

use kinfold_domain::{Attendance, Fact, FactContent, Involvement, RegisterEntry, SummaryItem};
use serde::Serialize;

use super::{
    entry_card::{self, NamedLine, PersonLines},
    ring::RingLine,
    spoken::{Moment, Spoken, day},
};

/// A fact.
#[derive(Clone, Debug, Serialize)]
pub(super) struct FactCard {
    pub(super) title: String,
    pub(super) rows: Vec<Row>,
    pub(super) system: String,
    pub(super) record: String,
    pub(super) as_at: Moment,
}

/// A line of a fact.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Row {
    pub(super) label: String,
    pub(super) text: String,
    pub(super) phone: Option<RingLine>,
}

fn row(label: impl Into<String>, text: impl Into<String>) -> Row {
    Row { label: label.into(), text: text.into(), phone: None }
}

impl FactCard {
    pub(super) fn of(spoken: &Spoken, fact: &Fact) -> Self {
        let (title, rows) = told(spoken, &fact.content);
        Self {
            title,
            rows,
            system: fact.source.system.clone(),
            record: fact.source.record.clone(),
            as_at: spoken.moment(fact.as_at.0),
        }
    }
}

fn told(spoken: &Spoken, content: &FactContent) -> (String, Vec<Row>) {
    match content {
        FactContent::Existence => ("Knows the child".to_owned(), Vec::new()),
        FactContent::Register(entry) => register(spoken, entry),
        FactContent::Contact(known) => named(entry_card::professional(known)),
        FactContent::Demographics(known) => {
            let person = entry_card::person(spoken, known, false);
            (person.name.clone(), identity(person))
        }
        FactContent::Address(address) => (entry_card::address(address), Vec::new()),
        FactContent::Household(member) => named(entry_card::household(spoken, member)),
        FactContent::Attendances(attendance) => attended(spoken, attendance),
        FactContent::Involvement(involvement) => involved(involvement),
        FactContent::HealthSummary(item)
        | FactContent::SocialCareSummary(item)
        | FactContent::Sensitive(item) => summary(item),
    }
}

fn register(spoken: &Spoken, entry: &RegisterEntry) -> (String, Vec<Row>) {
    let ended = if entry.end.is_some_and(|end| end <= spoken.today()) { " (ended)" } else { "" };
    let who = entry_card::subject_word(entry);
    let mut rows = vec![row(who, entry.subject.name.expose())];
    rows.extend(entry_card::rows(spoken, entry).into_iter().map(|(label, text)| row(label, text)));
    rows.extend(super::ring::register(spoken, &entry.phones, None).into_iter().map(|line| Row {
        label: line.label.clone(),
        text: String::new(),
        phone: Some(line),
    }));
    (format!("{}{ended}", entry.status.words()), rows)
}

fn named(line: NamedLine) -> (String, Vec<Row>) {
    let phone = line.phone.map(|phone| Row {
        label: "Telephone".to_owned(),
        text: String::new(),
        phone: Some(phone),
    });
    (format!("{}: {}", line.label, line.text), phone.into_iter().collect())
}

/// Who somebody is, in rows.
pub(super) fn identity(person: PersonLines) -> Vec<Row> {
    let mut rows = Vec::new();
    if !person.other_names.is_empty() {
        rows.push(row("Also known as", person.other_names.join("; ")));
    }
    rows.extend(person.born.map(|born| row("Date of birth", born)));
    rows.extend(person.nhs_number.map(|number| row("NHS number", number)));
    rows.push(row("Sex", person.sex));
    rows
}

fn attended(spoken: &Spoken, attendance: &Attendance) -> (String, Vec<Row>) {
    let title = format!("{}, {}", spoken.minute(attendance.arrived), attendance.place);
    let reason = attendance.reason.as_ref().map(|reason| row("Reason", reason.expose()));
    let outcome = attendance.outcome.as_ref().map(|outcome| row("Outcome", outcome.expose()));
    let left = attendance.left.map(|left| row("Left", spoken.minute(left)));
    (title, reason.into_iter().chain(outcome).chain(left).collect())
}

fn involved(involvement: &Involvement) -> (String, Vec<Row>) {
    let since = involvement.since.map(|since| row("Since", day(since)));
    let until = involvement.until.map(|until| row("Until", day(until)));
    let professional = involvement.professional.as_ref().map(|known| {
        let line = entry_card::professional(known);
        Row { label: line.label, text: line.text, phone: line.phone }
    });
    (involvement.service.clone(), since.into_iter().chain(until).chain(professional).collect())
}

fn summary(item: &SummaryItem) -> (String, Vec<Row>) {
    let on = item.on.map(|on| row("Date", day(on)));
    let code = item.code.as_ref().map(|code| row("Code", code));
    (format!("{}: {}", item.kind, item.text.expose()), on.into_iter().chain(code).collect())
}

/// Where somebody lives, as a row.
pub(super) fn lives(address: String) -> Row {
    row("Address", address)
}
