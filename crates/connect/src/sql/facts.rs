//! Facts about one person, asked live, all out of one snapshot.

use kinfold_domain::{
    Attendance, Category, FactContent, Involvement, PersonId, Professional, SummaryItem,
};
use kinfold_service::{
    Permit,
    ports::{Gathered, PeoplePage, SourceError},
};

use super::database::Snapshot;
use super::identity::{address, demographics, household_member, professional};
use super::mapping::Table;
use super::people::{PeopleReader, column};
use super::plan::Plan;
use super::register::RegisterReader;
use super::row::RowReader;
use super::shape::Place;
use crate::fact_maker::FactMaker;

/// Rows of one query about one person that are read.
const MOST_ROWS: usize = 2_000;

pub(super) struct FactReader<'a> {
    pub(super) people: PeopleReader<'a>,
    pub(super) permit: &'a Permit,
    pub(super) make: FactMaker,
}

impl FactReader<'_> {
    /// Everything permitted about `id`. Of a sealed person, only that they are known.
    pub(super) async fn about(
        &self,
        snapshot: &mut Snapshot,
        id: &PersonId,
    ) -> Result<Gathered, SourceError> {
        let mut gathered = Gathered::default();
        let Some(sealed) = self.identity(snapshot, id, &mut gathered).await? else {
            return Ok(gathered);
        };
        if sealed {
            return Ok(gathered);
        }
        let mapping = self.people.mapping;
        for (table, plan) in mapping.facts.iter().zip(&self.people.plans.facts) {
            let Place::Facts(category, _) = table.place else { continue };
            let summary = table.fields.contains_key("sensitive");
            if self.permit.allows(category) || summary && self.permit.allows(Category::Sensitive) {
                self.table(snapshot, (table, plan, category), id, &mut gathered).await?;
            }
        }
        let of_person =
            mapping.register.as_ref().is_some_and(|table| table.fields.contains_key("person"));
        if of_person && self.permit.allows(Category::Register) {
            let register = RegisterReader { mapping, plans: self.people.plans };
            let (entries, rejected) = register.of_person(snapshot, &id.record).await?;
            gathered.rejected.extend(rejected);
            for entry in entries {
                let record = entry.id.to_string();
                self.give(&record, FactContent::Register(Box::new(entry)), &mut gathered);
            }
        }
        Ok(gathered)
    }

    /// What the people's query says; whether the person is sealed, `None` when they are gone.
    async fn identity(
        &self,
        snapshot: &mut Snapshot,
        id: &PersonId,
        gathered: &mut Gathered,
    ) -> Result<Option<bool>, SourceError> {
        let (table, plan) = (&self.people.mapping.people, &self.people.plans.people);
        let column = column(table, "id").unwrap_or_default();
        let quoted = plan.quoted(column);
        let key = format!(", CAST({quoted} AS TEXT), {}", plan.kind_of(column));
        let person = self.people.mapping.person_id.placeholder_for(plan);
        let rest = format!("WHERE {quoted} = {person} LIMIT 1");
        let rows = snapshot.rows(plan.sql(&key, &rest), &[&id.record]).await?;
        let Some(cells) = rows.first() else { return Ok(None) };
        let mut row = self.people.reader(table, plan, cells, "id");
        if row.yes("gone") != Some(false) {
            return Ok(None);
        }
        let person = self.people.known(&mut row, id.clone());
        gathered.rejected.extend(row.into_problems());
        let Some(person) = person else {
            return Err(SourceError::Garbled("the person's row can't be read".to_owned()));
        };
        let mut page = PeoplePage { people: vec![person], ..PeoplePage::default() };
        self.people.add_more(snapshot, &rows, &mut page).await?;
        gathered.rejected.append(&mut page.rejected);
        let Some(person) = page.people.pop() else { return Ok(None) };
        self.give(&id.record, FactContent::Existence, gathered);
        if !person.sealed {
            let mut identity = person.demographics;
            identity.former_postcodes.clear();
            if let Some(address) = identity.address.take() {
                self.give(&id.record, FactContent::Address(address), gathered);
            }
            self.give(&id.record, FactContent::Demographics(Box::new(identity)), gathered);
        }
        Ok(Some(person.sealed))
    }

    async fn table(
        &self,
        snapshot: &mut Snapshot,
        (table, plan, category): (&Table, &Plan, Category),
        id: &PersonId,
        gathered: &mut Gathered,
    ) -> Result<(), SourceError> {
        let rest = format!("LIMIT {}", MOST_ROWS + 1);
        let rows = snapshot.rows(plan.sql("", &rest), &[&id.record]).await?;
        if rows.len() > MOST_ROWS {
            return Err(SourceError::Garbled(format!(
                "{} gives more than {MOST_ROWS} rows about one person",
                table.place
            )));
        }
        for (number, cells) in (1..).zip(&rows) {
            let mut row = self.people.reader(table, plan, cells, "record");
            row.numbered(number);
            if let Some(record) = row.must("record")
                && let Some(content) = content(category, &mut row)
            {
                self.give(&record, content, gathered);
            }
            gathered.rejected.extend(row.into_problems());
        }
        Ok(())
    }

    /// Nothing beyond the permit leaves the connector.
    fn give(&self, record: &str, content: FactContent, gathered: &mut Gathered) {
        if self.permit.allows(content.category()) {
            gathered.add(self.make.fact(record, content));
        }
    }
}

fn content(category: Category, row: &mut RowReader<'_>) -> Option<FactContent> {
    Some(match category {
        Category::Existence => FactContent::Existence,
        Category::Contact => FactContent::Contact(professional(row)?),
        Category::Demographics => {
            let mut identity = demographics(row)?;
            identity.address = None;
            FactContent::Demographics(Box::new(identity))
        }
        Category::Address => FactContent::Address(address(row)?),
        Category::Household => FactContent::Household(household_member(row)?),
        Category::Attendances => FactContent::Attendances(attendance(row)?),
        Category::Involvement => FactContent::Involvement(involvement(row)?),
        Category::HealthSummary | Category::SocialCareSummary | Category::Sensitive => {
            // Unreadable counts as sensitive.
            let said = row.yes("sensitive");
            if said == Some(true) {
                row.file_under(Category::Sensitive);
            }
            let sensitive = category == Category::Sensitive || said.unwrap_or(true);
            let item = summary_item(row)?;
            match category {
                _ if sensitive => FactContent::Sensitive(item),
                Category::HealthSummary => FactContent::HealthSummary(item),
                _ => FactContent::SocialCareSummary(item),
            }
        }
        Category::Register => return None,
    })
}

fn attendance(row: &mut RowReader<'_>) -> Option<Attendance> {
    let Some(arrived) = row.moment("arrived") else {
        row.refuse("arrived", "is missing or unreadable");
        return None;
    };
    Some(Attendance {
        arrived,
        left: row.moment("left"),
        place: row.must("place")?,
        reason: row.text("reason").map(Into::into),
        outcome: row.text("outcome").map(Into::into),
    })
}

fn involvement(row: &mut RowReader<'_>) -> Option<Involvement> {
    let service = row.must("service")?;
    let professional = row.text("professional").map(|name| Professional {
        name: name.into(),
        role: row.text("professional_role").unwrap_or_else(|| "Responsible".to_owned()),
        team: row.text("professional_team"),
        telephone: row.telephone("professional_telephone"),
    });
    Some(Involvement { service, since: row.date("since"), until: row.date("until"), professional })
}

fn summary_item(row: &mut RowReader<'_>) -> Option<SummaryItem> {
    Some(SummaryItem {
        kind: row.must("kind")?,
        text: row.must("text")?.into(),
        on: row.date("on"),
        code: row.text("code"),
    })
}
