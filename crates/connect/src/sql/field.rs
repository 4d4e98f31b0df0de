//! How one field is made of a row's columns.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A field of a mapping: the name of a column, or a table that says more.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(try_from = "Written")]
pub(super) struct Field {
    /// Columns, joined by `join` where there are several.
    pub(super) columns: Vec<String>,
    /// A text that stands for itself.
    pub(super) text: Option<String>,
    /// How a date or time is written: `DD/MM/YYYY`, `iso`, `unix`.
    pub(super) format: Option<String>,
    /// What the source's codes mean.
    pub(super) codes: Option<Codes>,
    /// The values that mean yes.
    pub(super) yes: Option<Vec<String>>,
    /// What stands between joined columns.
    pub(super) join: String,
}

/// A code table: written out, or the name of one under `[codes]`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(untagged)]
pub(super) enum Codes {
    Named(String),
    Table(BTreeMap<String, String>),
}

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "a field is a column's name, or a table of column or columns or text, with format, codes, yes, join"
)]
enum Written {
    Column(String),
    Table(Said),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    column: Option<String>,
    columns: Option<Vec<String>>,
    text: Option<String>,
    format: Option<String>,
    codes: Option<Codes>,
    yes: Option<Vec<String>>,
    join: Option<String>,
}

impl TryFrom<Written> for Field {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let said = match written {
            Written::Column(column) => return Self::of(vec![column]),
            Written::Table(said) => said,
        };
        let field = match (said.column, said.columns, said.text) {
            (Some(column), None, None) => Self::of(vec![column])?,
            (None, Some(columns), None) => Self::of(columns)?,
            (None, None, Some(text)) => Self { text: Some(text), ..Self::default() },
            _ => return Err("a field takes exactly one of column, columns, text".to_owned()),
        };
        let join = said.join.unwrap_or_else(|| " ".to_owned());
        Ok(Self { format: said.format, codes: said.codes, yes: said.yes, join, ..field })
    }
}

impl Field {
    fn of(columns: Vec<String>) -> Result<Self, String> {
        let fine = |name: &String| {
            (1..=128).contains(&name.len()) && !name.contains(|c: char| c == '"' || c.is_control())
        };
        if columns.is_empty() || columns.len() > 20 || !columns.iter().all(fine) {
            return Err("a field names 1 to 20 columns, each without double quotes".to_owned());
        }
        Ok(Self { columns, join: " ".to_owned(), ..Self::default() })
    }
}
