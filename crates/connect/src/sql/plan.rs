//! A mapping laid against the live database: which columns there are, and the SQL that reads them as text.

use std::collections::BTreeMap;

use super::database::{ColumnInfo, Snapshot};
use super::mapping::{IdKind, Mapping, Table};
use super::row::LONGEST;
use super::shape::Place;

/// One table, ready to be read.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// The columns that are read, in the order of the SQL, as the mapping names them.
    pub(super) columns: Vec<String>,
    /// Each column as the database spells it, with its type.
    known: BTreeMap<String, ColumnInfo>,
    /// `SUBSTR(CAST(q."A" AS TEXT), 1, 8001), …`
    selected: String,
    /// The query, around which the rest is put.
    query: String,
    sqlite: bool,
}

/// A column's value as a cursor keeps it, with the type to compare it as.
#[derive(Clone, Debug, Eq, PartialEq, serde::Deserialize, serde::Serialize)]
pub(super) struct Key {
    pub(super) value: String,
    pub(super) kind: String,
}

impl Plan {
    /// Looks at the table's query in the database. Problems name the column.
    pub(super) async fn of(
        table: &Table,
        person: IdKind,
        snapshot: &mut Snapshot,
    ) -> Result<Self, Vec<String>> {
        let sqlite = matches!(snapshot, Snapshot::Sqlite(_));
        let query = table.statement.sql(person.placeholder(sqlite));
        let place = &table.place;
        let found = snapshot
            .columns(query.clone())
            .await
            .map_err(|what| vec![format!("{place}: query: the database says: {what}")])?;
        let mut plan = Self {
            columns: Vec::new(),
            known: BTreeMap::new(),
            selected: String::new(),
            query,
            sqlite,
        };
        let problems = plan.lay(table, &found);
        if problems.is_empty() { Ok(plan) } else { Err(problems) }
    }

    fn lay(&mut self, table: &Table, found: &[ColumnInfo]) -> Vec<String> {
        let mut problems = Vec::new();
        for (field, column) in
            table.fields.iter().flat_map(|(f, m)| m.columns.iter().map(move |c| (f, c)))
        {
            let mut matches = found.iter().filter(|info| info.name.eq_ignore_ascii_case(column));
            match (matches.next(), matches.next()) {
                (Some(info), None) => {
                    if self.known.insert(column.to_ascii_lowercase(), info.clone()).is_none() {
                        self.columns.push(column.clone());
                    }
                }
                (None, _) => {
                    let names: Vec<&str> = found.iter().map(|info| info.name.as_str()).collect();
                    problems.push(format!(
                        "{}: {field}: the query has no column {column}; it has {}",
                        table.place,
                        names.join(", ")
                    ));
                }
                (Some(_), Some(_)) => problems.push(format!(
                    "{}: {field}: the query has two columns {column}; give one another name with AS",
                    table.place
                )),
            }
        }
        let selected: Vec<String> = self
            .columns
            .iter()
            .map(|column| {
                format!("SUBSTR(CAST({} AS TEXT), 1, {})", self.quoted(column), LONGEST + 1)
            })
            .collect();
        // A table whose fields are all constants still tells that a row is there.
        self.selected = if selected.is_empty() { "1".to_owned() } else { selected.join(", ") };
        problems
    }

    /// `SELECT … FROM (query) AS q` with what follows.
    pub(super) fn sql(&self, more_columns: &str, rest: &str) -> String {
        format!("SELECT {}{more_columns} FROM (\n{}\n) AS q {rest}", self.selected, self.query)
    }

    /// `SELECT` of something else of the query.
    pub(super) fn about(&self, what: &str, rest: &str) -> String {
        format!("SELECT {what} FROM (\n{}\n) AS q {rest}", self.query)
    }

    /// The column as SQL names it.
    pub(super) fn quoted(&self, column: &str) -> String {
        let known = self.known.get(&column.to_ascii_lowercase());
        format!("q.\"{}\"", known.map_or(column, |info| info.name.as_str()).replace('"', "\"\""))
    }

    /// An expression that says of which type a column's value is.
    pub(super) fn kind_of(&self, column: &str) -> String {
        if self.sqlite {
            return format!("TYPEOF({})", self.quoted(column));
        }
        let kind =
            self.known.get(&column.to_ascii_lowercase()).map_or("", |info| info.kind.as_str());
        format!("'{}'", comparable(kind))
    }
}

impl Key {
    /// The `number`th parameter, as the key's type.
    pub(super) fn placeholder(&self, number: usize) -> String {
        format!("CAST(${number} AS {})", comparable(&self.kind))
    }
}

impl IdKind {
    const fn placeholder(self, sqlite: bool) -> &'static str {
        match (self, sqlite) {
            (Self::Integer, true) => "CAST($1 AS INTEGER)",
            (Self::Integer, false) => "CAST($1 AS BIGINT)",
            (Self::Uuid, false) => "CAST($1 AS UUID)",
            (Self::Text, _) | (Self::Uuid, true) => "CAST($1 AS TEXT)",
        }
    }

    /// The person's parameter beside a plan's query.
    pub(super) const fn placeholder_for(self, plan: &Plan) -> &'static str {
        self.placeholder(plan.sqlite)
    }

    /// Whether a record's id can be compared so at all.
    pub(super) fn takes(self, record: &str) -> bool {
        match self {
            Self::Text => record.len() <= 200,
            Self::Integer => record.parse::<i64>().is_ok(),
            Self::Uuid => {
                record.len() == 36 && record.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
            }
        }
    }
}

/// The types that a key is compared as; every other is compared as text. Cursors come from disk, so this list is also a gate.
fn comparable(kind: &str) -> &'static str {
    const KINDS: [&str; 11] = [
        "INTEGER",
        "REAL",
        "INT2",
        "INT4",
        "INT8",
        "NUMERIC",
        "UUID",
        "DATE",
        "TIMESTAMP",
        "TIMESTAMPTZ",
        "FLOAT8",
    ];
    KINDS.into_iter().find(|known| known.eq_ignore_ascii_case(kind)).unwrap_or("TEXT")
}

/// Every table of a mapping, laid against the database.
#[derive(Clone, Debug)]
pub(super) struct Plans {
    pub(super) people: Plan,
    pub(super) other_names: Option<Plan>,
    pub(super) former_postcodes: Option<Plan>,
    pub(super) facts: Vec<Plan>,
    pub(super) register: Option<Plan>,
    pub(super) register_professionals: Option<Plan>,
    pub(super) register_household: Option<Plan>,
}

impl Plans {
    /// Lays the whole mapping, so that all of its problems are told at once.
    pub(super) async fn of(
        mapping: &Mapping,
        snapshot: &mut Snapshot,
    ) -> Result<Self, Vec<String>> {
        let mut problems = Vec::new();
        let mut laid = BTreeMap::new();
        for (number, table) in mapping.tables().enumerate() {
            match Plan::of(table, mapping.person_id, snapshot).await {
                Ok(plan) => drop(laid.insert(number, plan)),
                Err(found) => problems.extend(found),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let places: Vec<Place> = mapping.tables().map(|table| table.place).collect();
        let mut take = |wanted: Place| {
            places.iter().position(|place| *place == wanted).and_then(|at| laid.remove(&at))
        };
        let facts: Vec<Place> = mapping.facts.iter().map(|table| table.place).collect();
        Ok(Self {
            people: take(Place::People).ok_or_else(|| vec!["[people] is missing".to_owned()])?,
            other_names: take(Place::OtherNames),
            former_postcodes: take(Place::FormerPostcodes),
            facts: facts.into_iter().filter_map(&mut take).collect(),
            register: take(Place::Register),
            register_professionals: take(Place::RegisterProfessionals),
            register_household: take(Place::RegisterHousehold),
        })
    }
}

impl Mapping {
    fn tables(&self) -> impl Iterator<Item = &Table> {
        let optional = [
            &self.other_names,
            &self.former_postcodes,
            &self.register,
            &self.register_professionals,
            &self.register_household,
        ];
        std::iter::once(&self.people).chain(optional.into_iter().flatten()).chain(&self.facts)
    }
}
