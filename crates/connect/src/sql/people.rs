//! People, page by page in the order of their ids.

use std::collections::BTreeMap;

use jiff::{SignedDuration, civil::DateTime};
use kinfold_domain::{AsAt, Person, PersonId, PersonName, Postcode};
use kinfold_service::ports::{Cursor, PeoplePage, SourceError};
use serde::{Deserialize, Serialize};

use super::database::Snapshot;
use super::formats::Format;
use super::identity::{demographics, person_name, postcode};
use super::mapping::{Mapping, Table};
use super::plan::{Key, Plan, Plans};
use super::row::{Cell, RowReader};

/// How far people have been read: the cursor's content.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
struct Progress {
    /// Only rows that changed since then; everybody when it is missing.
    since: Option<Key>,
    /// The newest change there was when this reading began: where the next one begins.
    mark: Option<Key>,
    /// The last id of the page before; a new reading begins when it is missing.
    after: Option<Key>,
}

pub(super) struct PeopleReader<'a> {
    pub(super) mapping: &'a Mapping,
    pub(super) plans: &'a Plans,
    pub(super) source: &'a str,
    pub(super) now: AsAt,
    pub(super) page_size: u32,
    pub(super) overlap_seconds: u32,
}

impl PeopleReader<'_> {
    pub(super) async fn page(
        &self,
        snapshot: &mut Snapshot,
        after: Option<&Cursor>,
    ) -> Result<PeoplePage, SourceError> {
        let mut progress: Progress =
            after.and_then(|cursor| serde_json::from_str(&cursor.0).ok()).unwrap_or_default();
        if progress.after.is_none() {
            progress.mark = self.newest_change(snapshot).await?;
        }
        let rows = self.rows(snapshot, &progress).await?;
        let full = rows.len() >= self.page_size as usize;
        let last = rows.last().map(|cells| Key::of(&cells[cells.len() - 2..]));
        let mut page = PeoplePage { more: full, ..PeoplePage::default() };
        let mut seen: Option<String> = None;
        for (number, cells) in (1..).zip(&rows) {
            self.take((number, cells), &mut seen, &mut page);
        }
        self.add_more(snapshot, &rows, &mut page).await?;
        let next = match last.flatten().filter(|_| full) {
            Some(last) => Progress { after: Some(last), ..progress },
            None => Progress { since: progress.mark, ..Progress::default() },
        };
        page.more = next.after.is_some();
        page.next = Some(Cursor(serde_json::to_string(&next).unwrap_or_default()));
        Ok(page)
    }

    fn id_column(&self) -> &str {
        column(&self.mapping.people, "id").unwrap_or_default()
    }

    /// The newest change, less the overlap: rows of transactions that were still open then carry earlier times.
    async fn newest_change(&self, snapshot: &mut Snapshot) -> Result<Option<Key>, SourceError> {
        let Some(changed) = column(&self.mapping.people, "changed") else { return Ok(None) };
        let plan = &self.plans.people;
        let newest = format!("MAX({})", plan.quoted(changed));
        let kind = plan.kind_of(changed);
        // TYPEOF of an aggregate is that of the largest value.
        let kind = if kind.starts_with("TYPEOF") { format!("TYPEOF({newest})") } else { kind };
        let sql = plan.about(&format!("CAST({newest} AS TEXT), {kind}"), "");
        let rows = snapshot.rows(sql, &[]).await?;
        let key = rows.first().and_then(|cells| Key::of(cells));
        Ok(key.map(|key| earlier(key, self.overlap_seconds)))
    }

    async fn rows(
        &self,
        snapshot: &mut Snapshot,
        progress: &Progress,
    ) -> Result<Vec<Vec<Cell>>, SourceError> {
        let plan = &self.plans.people;
        let id = plan.quoted(self.id_column());
        let mut conditions = Vec::new();
        let mut binds: Vec<&str> = Vec::new();
        let changed = column(&self.mapping.people, "changed");
        if let (Some(since), Some(changed)) = (&progress.since, changed) {
            binds.push(&since.value);
            conditions.push(format!(
                "{} >= {}",
                plan.quoted(changed),
                since.placeholder(binds.len())
            ));
        }
        if let Some(after) = &progress.after {
            binds.push(&after.value);
            conditions.push(format!("{id} > {}", after.placeholder(binds.len())));
        }
        let filter = if conditions.is_empty() {
            String::new()
        } else {
            format!("WHERE {} ", conditions.join(" AND "))
        };
        let key = format!(", CAST({id} AS TEXT), {}", plan.kind_of(self.id_column()));
        let rest = format!("{filter}ORDER BY {id} LIMIT {}", self.page_size);
        snapshot.rows(plan.sql(&key, &rest), &binds).await
    }

    fn take(
        &self,
        (number, cells): (usize, &[Cell]),
        seen: &mut Option<String>,
        page: &mut PeoplePage,
    ) {
        let mut row = self.reader(&self.mapping.people, &self.plans.people, cells, "id");
        row.numbered(number);
        if let Some(id) = row.must("id") {
            if id.len() > 200 {
                row.refuse("id", "is longer than 200 characters");
            } else if seen.as_ref() == Some(&id) {
                row.refuse("id", "occurs more than once: the query must give each person one row");
            } else {
                self.person(&mut row, &id, page);
                *seen = Some(id);
            }
        }
        page.rejected.extend(row.into_problems());
    }

    fn person(&self, row: &mut RowReader<'_>, id: &str, page: &mut PeoplePage) {
        let id = PersonId { source: self.source.to_owned(), record: id.to_owned() };
        match row.yes("gone") {
            Some(true) => page.gone.push(id),
            Some(false) => page.people.extend(self.known(row, id)),
            None => row.refuse("gone", "can't be read"),
        }
    }

    /// The person of a row that isn't gone.
    pub(super) fn known(&self, row: &mut RowReader<'_>, id: PersonId) -> Option<Person> {
        // Unreadable counts as sealed: the mistake that harms nobody.
        let sealed = row.yes("sealed").unwrap_or(true);
        let changed = row.text("changed");
        let changed = changed.and_then(|text| Format::Iso.moment(&text, &self.mapping.zone));
        let as_at = changed.map_or(self.now, AsAt);
        Some(Person { id, demographics: demographics(row)?, sealed, as_at })
    }

    pub(super) fn reader<'r>(
        &'r self,
        table: &'r Table,
        plan: &'r Plan,
        cells: &'r [Cell],
        key: &str,
    ) -> RowReader<'r> {
        RowReader::new(table, &plan.columns, cells, &self.mapping.zone, key)
    }

    /// Other names and former postcodes of the people of a page, one query each.
    pub(super) async fn add_more(
        &self,
        snapshot: &mut Snapshot,
        rows: &[Vec<Cell>],
        page: &mut PeoplePage,
    ) -> Result<(), SourceError> {
        let keys: Vec<Key> =
            rows.iter().filter_map(|cells| Key::of(&cells[cells.len() - 2..])).collect();
        let mut names: BTreeMap<String, Vec<PersonName>> = BTreeMap::new();
        let tables = (self.mapping.other_names.as_ref(), self.plans.other_names.as_ref());
        if let (Some(table), Some(plan)) = tables {
            for cells in children(table, plan, snapshot, &keys).await? {
                let mut row = self.reader(table, plan, &cells, "person");
                let person = row.record().to_owned();
                match person_name(&mut row) {
                    Ok(name) => names.entry(person).or_default().push(name),
                    Err(what) => row.note("family", &what),
                }
                page.rejected.extend(row.into_problems());
            }
        }
        let mut postcodes: BTreeMap<String, Vec<Postcode>> = BTreeMap::new();
        let tables = (self.mapping.former_postcodes.as_ref(), self.plans.former_postcodes.as_ref());
        if let (Some(table), Some(plan)) = tables {
            for cells in children(table, plan, snapshot, &keys).await? {
                let mut row = self.reader(table, plan, &cells, "person");
                let person = row.record().to_owned();
                postcodes.entry(person).or_default().extend(postcode(&mut row));
                page.rejected.extend(row.into_problems());
            }
        }
        for person in &mut page.people {
            let mut others = names.remove(&person.id.record).unwrap_or_default();
            others.retain(|name| *name != person.demographics.name);
            others.dedup();
            person.demographics.other_names = others;
            let former = postcodes.remove(&person.id.record).unwrap_or_default();
            person.demographics.former_postcodes = former;
        }
        Ok(())
    }
}

/// The column of a field that has exactly one.
pub(super) fn column<'a>(table: &'a Table, field: &str) -> Option<&'a str> {
    table.fields.get(field)?.columns.first().map(String::as_str)
}

/// Rows that belong to the people of a page.
async fn children(
    table: &Table,
    plan: &Plan,
    snapshot: &mut Snapshot,
    people: &[Key],
) -> Result<Vec<Vec<Cell>>, SourceError> {
    let Some(person) = column(table, "person").filter(|_| !people.is_empty()) else {
        return Ok(Vec::new());
    };
    let places: Vec<String> =
        people.iter().enumerate().map(|(at, key)| key.placeholder(at + 1)).collect();
    let most = people.len() * 100;
    let rest = format!("WHERE {} IN ({}) LIMIT {most}", plan.quoted(person), places.join(", "));
    let binds: Vec<&str> = people.iter().map(|key| key.value.as_str()).collect();
    snapshot.rows(plan.sql("", &rest), &binds).await
}

impl Key {
    /// A value and the name of its type, out of two cells.
    pub(super) fn of(cells: &[Cell]) -> Option<Self> {
        let [Cell::Text(value), Cell::Text(kind)] = cells else { return None };
        Some(Self { value: value.clone(), kind: kind.clone() })
    }
}

/// A time, so many seconds earlier, written as it was; anything else stays as it is.
fn earlier(key: Key, seconds: u32) -> Key {
    let text = key.value.as_str();
    let Some(local) = text.get(..19).and_then(|t| t.replacen(' ', "T", 1).parse::<DateTime>().ok())
    else {
        return key;
    };
    let Ok(before) = local.checked_sub(SignedDuration::from_secs(i64::from(seconds))) else {
        return key;
    };
    let mut written = before.strftime("%Y-%m-%dT%H:%M:%S").to_string();
    if !text.contains('T') {
        written = written.replacen('T', " ", 1);
    }
    // PostgreSQL prints the offset of its own zone, which is UTC here; SQLite compares texts, where a shorter one comes first.
    if key.kind.eq_ignore_ascii_case("TIMESTAMPTZ") {
        written.push_str("+00");
    }
    Key { value: written, kind: key.kind }
}
