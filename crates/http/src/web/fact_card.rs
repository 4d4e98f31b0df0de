//! One fact as a page says it: what it is about, what it says, who tells it.

use kinfold_domain::{
    Attendance, Fact, FactContent, HouseholdMember, Involvement, Professional, RegisterEntry,
    RegisterPhones, SummaryItem,
};
use serde::Serialize;

use super::{
    entry_card::{self, PersonLines},
    letter_case::{capitalised, fold},
    ring::{self, RingLine},
    spoken::{Moment, Spoken, day},
};

/// What a fact says.
#[derive(Clone, Debug)]
pub(super) struct Said {
    /// What it is about: within a category, facts of one topic are told side by side.
    pub(super) topic: String,
    /// Empty where the rows say it all.
    pub(super) title: String,
    pub(super) rows: Vec<Row>,
    /// The lines of the register that it comes from.
    pub(super) phones: Option<RegisterPhones>,
    pub(super) teller: Teller,
}

/// Who tells it, as at when.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Teller {
    pub(super) agency: String,
    pub(super) system: String,
    pub(super) record: String,
    pub(super) as_at: Moment,
    /// The clauses that let it through.
    pub(super) clauses: Vec<String>,
    /// The source's code for it: `SNOMED CT 91936005`.
    pub(super) code: Option<String>,
    /// What others say of it and this one does not: `Date of birth, Telephone`.
    pub(super) without: String,
}

/// A line of a fact.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Row {
    pub(super) label: String,
    pub(super) text: String,
    pub(super) phone: Option<RingLine>,
}

impl Row {
    /// Whether both say the same, letter case and the way of writing a number apart.
    pub(super) fn says_the_same(&self, other: &Self) -> bool {
        let dial = |row: &Self| row.phone.as_ref().map(|phone| phone.dial.clone());
        fold(&self.label) == fold(&other.label)
            && fold(&self.text) == fold(&other.text)
            && dial(self) == dial(other)
    }
}

fn row(label: impl Into<String>, text: impl Into<String>) -> Row {
    Row { label: label.into(), text: text.into(), phone: None }
}

fn telephone(known: &Professional) -> Option<Row> {
    let number = known.telephone.as_ref()?;
    let phone = Some(ring::kept(known.role.clone(), number));
    Some(Row { label: "Telephone".to_owned(), text: String::new(), phone })
}

impl Said {
    /// `agency` and `clauses` are the teller's name and what allows this category of its data.
    pub(super) fn of(spoken: &Spoken, fact: &Fact, (agency, clauses): (&str, &[String])) -> Self {
        let (topic, title, rows) = told(spoken, &fact.content);
        let topic = match &fact.content {
            // Two registers may use the same reference.
            FactContent::Register(_) => format!("{agency} {topic}"),
            _ => topic,
        };
        let phones = match &fact.content {
            FactContent::Register(entry) => Some(entry.phones.clone()),
            _ => None,
        };
        let teller = Teller {
            agency: agency.to_owned(),
            system: fact.source.system.clone(),
            record: fact.source.record.clone(),
            as_at: spoken.moment(fact.as_at.0),
            clauses: clauses.to_vec(),
            code: code(&fact.content),
            without: String::new(),
        };
        Self { topic: fold(&topic), title, rows, phones, teller }
    }
}

/// The topic, the title and the rows. What has no lasting name is its own topic: two visits are two visits.
fn told(spoken: &Spoken, content: &FactContent) -> (String, String, Vec<Row>) {
    match content {
        FactContent::Existence => by_content("Knows the child".to_owned(), Vec::new()),
        FactContent::Register(entry) => {
            let (title, rows) = register(spoken, entry);
            (entry.id.to_string(), title, rows)
        }
        FactContent::Contact(known) => by_title(contact(known)),
        FactContent::Demographics(known) => {
            let person = entry_card::person(spoken, known, false);
            let name = row("Name", person.name.clone());
            let rows = std::iter::once(name).chain(identity(person)).collect();
            (String::new(), String::new(), rows)
        }
        FactContent::Address(address) => {
            (String::new(), String::new(), vec![row("Address", entry_card::address(address))])
        }
        FactContent::Household(member) => by_title(household(spoken, member)),
        FactContent::Attendances(attendance) => {
            let (title, rows) = attended(spoken, attendance);
            by_content(title, rows)
        }
        FactContent::Involvement(involvement) => {
            let (title, rows) = involved(involvement);
            by_content(title, rows)
        }
        FactContent::HealthSummary(item)
        | FactContent::SocialCareSummary(item)
        | FactContent::Sensitive(item) => {
            let (title, rows) = summary(item);
            by_content(title, rows)
        }
    }
}

fn by_title((title, rows): (String, Vec<Row>)) -> (String, String, Vec<Row>) {
    (title.clone(), title, rows)
}

fn by_content(title: String, rows: Vec<Row>) -> (String, String, Vec<Row>) {
    let mut topic = title.clone();
    for row in &rows {
        let dial = row.phone.as_ref().map_or("", |phone| &phone.dial);
        topic = [topic.as_str(), &row.label, &row.text, dial].join("\u{1f}");
    }
    (topic, title, rows)
}

fn register(spoken: &Spoken, entry: &RegisterEntry) -> (String, Vec<Row>) {
    let ended = entry.end.filter(|end| *end <= spoken.today());
    let ended = ended.map(|end| format!(", ended {}", day(end))).unwrap_or_default();
    let who = entry_card::subject_word(entry);
    let mut rows = vec![row(who, entry.subject.name.expose())];
    rows.extend(entry_card::rows(spoken, entry).into_iter().map(|(label, text)| row(label, text)));
    (format!("{}{ended}", entry.status.words()), rows)
}

fn contact(known: &Professional) -> (String, Vec<Row>) {
    let team = known.team.as_ref().map(|team| row("Team", team));
    let title = format!("{}: {}", capitalised(&known.role), known.name.expose());
    (title, team.into_iter().chain(telephone(known)).collect())
}

fn household(spoken: &Spoken, member: &HouseholdMember) -> (String, Vec<Row>) {
    let born = member.birth_date.map(|born| row("Date of birth", spoken.born(born)));
    let responsible = member.parental_responsibility.then(|| row("Parental responsibility", "Yes"));
    let plan = member.has_plan.then(|| row("Plan", "Has a plan too"));
    let title = format!("{}: {}", capitalised(&member.relationship), member.name.expose());
    (title, born.into_iter().chain(responsible).chain(plan).collect())
}

fn identity(person: PersonLines) -> Vec<Row> {
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
    (format!("{}: {}", item.kind, item.text.expose()), on.into_iter().collect())
}

/// The code behind an item's words, for whoever wants to look it up.
fn code(content: &FactContent) -> Option<String> {
    let (FactContent::HealthSummary(item)
    | FactContent::SocialCareSummary(item)
    | FactContent::Sensitive(item)) = content
    else {
        return None;
    };
    let code = item.code.as_ref()?;
    Some(match code.split_once('|') {
        Some(("http://snomed.info/sct", code)) => format!("SNOMED CT {code}"),
        Some((_, code)) => format!("code {code}"),
        None => format!("code {code}"),
    })
}
