//! One row, read field by field: what can't be read is named by field and column, never by its value.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use kinfold_domain::{BirthDate, Category, Telephone};
use kinfold_service::ports::Rejected;

use super::mapping::{Mapped, Table};
use super::shape::{Holds, Place};

/// The longest text of one column that is read, in characters; the database cuts what is longer.
pub(super) const LONGEST: usize = 8_000;

/// One column of one row.
#[derive(Clone)]
pub(super) enum Cell {
    Null,
    Text(String),
    /// Too long, or no text at all.
    Bad,
}

/// Reads one row through its table.
pub(super) struct RowReader<'a> {
    pub(super) table: &'a Table,
    pub(super) columns: &'a [String],
    pub(super) cells: &'a [Cell],
    pub(super) zone: &'a TimeZone,
    record: String,
    category: Option<Category>,
    problems: Vec<Rejected>,
}

impl<'a> RowReader<'a> {
    /// A reader of `cells`; the record is named by the field `key`.
    pub(super) fn new(
        table: &'a Table,
        columns: &'a [String],
        cells: &'a [Cell],
        zone: &'a TimeZone,
        key: &str,
    ) -> Self {
        let mut reader = Self {
            table,
            columns,
            cells,
            zone,
            record: table.place.to_string(),
            category: category(table.place),
            problems: Vec::new(),
        };
        if let Some(id) = reader.text(key).filter(|id| id.len() <= 200) {
            reader.record = id;
        }
        reader
    }

    pub(super) fn record(&self) -> &str {
        &self.record
    }

    /// Tells a row without a readable identifier apart by its number, from 1.
    pub(super) fn numbered(&mut self, number: usize) {
        if self.record == self.table.place.to_string() {
            self.record = format!("{}, row {number}", self.table.place);
        }
    }

    /// Files the row's problems under another category than its table's.
    pub(super) fn file_under(&mut self, category: Category) {
        self.category = Some(category);
    }

    pub(super) fn into_problems(self) -> Vec<Rejected> {
        self.problems
    }

    /// The row can't be used.
    pub(super) fn refuse(&mut self, field: &str, what: &str) {
        self.tell(&format!("not loaded: {field} {what}"), field, false);
    }

    /// The row is used without the field.
    pub(super) fn note(&mut self, field: &str, what: &str) {
        self.tell(&format!("loaded without {field}: {what}"), field, true);
    }

    fn tell(&mut self, what: &str, field: &str, loaded: bool) {
        let columns =
            self.table.fields.get(field).map(|m| m.columns.join(", ")).unwrap_or_default();
        let column =
            if columns.is_empty() { String::new() } else { format!(" (column {columns})") };
        let place = &self.table.place;
        self.problems.push(Rejected {
            category: self.category,
            record: self.record.clone(),
            loaded,
            problem: format!("{what}{column}; correct it in the source, or {place} in the mapping"),
        });
    }

    fn cell(&self, column: &str) -> &Cell {
        let at = self.columns.iter().position(|name| name.eq_ignore_ascii_case(column));
        at.and_then(|at| self.cells.get(at)).unwrap_or(&Cell::Null)
    }

    /// The texts of a field's columns, those that are empty left out.
    fn texts(&mut self, field: &str) -> Option<(&'a Mapped, Vec<String>)> {
        let table = self.table;
        let mapped = table.fields.get(field)?;
        if let Some(text) = &mapped.text {
            return Some((mapped, vec![text.clone()]));
        }
        let mut texts = Vec::new();
        let mut bad = false;
        for column in &mapped.columns {
            match self.cell(column) {
                Cell::Null => {}
                Cell::Text(text) => texts.push(text.trim().to_owned()),
                Cell::Bad => bad = true,
            }
        }
        if bad {
            self.note(field, "it is longer than 8000 characters, or no text");
        }
        texts.retain(|text| !text.is_empty());
        (!texts.is_empty()).then_some((mapped, texts))
    }

    /// A text, its code translated where a code table has it.
    pub(super) fn text(&mut self, field: &str) -> Option<String> {
        let (mapped, texts) = self.texts(field)?;
        let text = texts.join(&mapped.join);
        let meaning = mapped.codes.as_ref().and_then(|codes| codes.get(&text).cloned());
        Some(tidy(&meaning.unwrap_or(text))).filter(|text| !text.is_empty())
    }

    /// Several texts, such as the lines of an address.
    pub(super) fn lines(&mut self, field: &str) -> Vec<String> {
        let texts = self.texts(field).map(|(_, texts)| texts).unwrap_or_default();
        let lines = texts.iter().flat_map(|text| text.lines()).map(tidy);
        lines.filter(|line| !line.is_empty()).collect()
    }

    /// A text without which the row can't be used.
    pub(super) fn must(&mut self, field: &str) -> Option<String> {
        let text = self.text(field);
        if text.is_none() {
            self.refuse(field, "is empty");
        }
        text
    }

    /// One of the words that the field allows; `None` when it is empty or another.
    pub(super) fn word(&mut self, field: &str) -> Option<&'static str> {
        let text = self.text(field)?;
        let Some(Holds::Word(words)) = self.table.fields.get(field).map(|mapped| mapped.holds)
        else {
            return None;
        };
        let found = words.iter().find(|word| word.eq_ignore_ascii_case(&text)).copied();
        if found.is_none() {
            let what = format!(
                "its code has no meaning yet: add it to codes, as one of {}",
                words.join(", ")
            );
            self.note(field, &what);
        }
        found
    }

    pub(super) fn date(&mut self, field: &str) -> Option<Date> {
        let (mapped, texts) = self.texts(field)?;
        let date = mapped.format.day(&texts.join(&mapped.join), self.zone);
        if date.is_none() {
            let what = format!("it is no date written {}", mapped.format.words());
            self.note(field, &what);
        }
        date
    }

    pub(super) fn birth_date(&mut self, field: &str) -> Option<BirthDate> {
        let read = BirthDate::try_from(self.date(field)?);
        read.map_err(|error| self.note(field, &error.to_string())).ok()
    }

    pub(super) fn moment(&mut self, field: &str) -> Option<Timestamp> {
        let (mapped, texts) = self.texts(field)?;
        let moment = mapped.format.moment(&texts.join(&mapped.join), self.zone);
        if moment.is_none() {
            let what = format!("it is no date and time written {}", mapped.format.words());
            self.note(field, &what);
        }
        moment
    }

    pub(super) fn telephone(&mut self, field: &str) -> Option<Telephone> {
        let text = self.text(field)?;
        text.parse()
            .map_err(|error: kinfold_domain::TelephoneError| self.note(field, &error.to_string()))
            .ok()
    }

    /// A number with the day on which it was last found right, where the row says so.
    pub(super) fn confirmed_telephone(
        &mut self,
        field: &str,
        confirmed: &str,
    ) -> Option<Telephone> {
        let (number, day) = (self.telephone(field), self.date(confirmed));
        number.map(|number| number.confirmed_on(day))
    }

    /// Yes or no; `None` when the column says neither.
    pub(super) fn yes(&mut self, field: &str) -> Option<bool> {
        let Some((mapped, texts)) = self.texts(field) else { return Some(false) };
        let text = texts.join(&mapped.join);
        if let Some(yes) = &mapped.yes {
            return Some(yes.contains(&text));
        }
        let answer = match text.to_lowercase().as_str() {
            "y" | "yes" | "t" | "true" | "1" => Some(true),
            "n" | "no" | "f" | "false" | "0" => Some(false),
            _ => None,
        };
        if answer.is_none() {
            self.note(field, "it says neither yes nor no: list the values that mean yes");
        }
        answer
    }

    pub(super) fn count(&mut self, field: &str) -> u8 {
        let Some(text) = self.text(field) else { return 0 };
        // Decimals of databases print as 2.0.
        text.split('.').next().and_then(|whole| whole.parse().ok()).unwrap_or_else(|| {
            self.note(field, "it is no number from 0 to 255");
            0
        })
    }
}

/// What a table's rows are about.
const fn category(place: Place) -> Option<Category> {
    match place {
        Place::People | Place::OtherNames | Place::FormerPostcodes => None,
        Place::Register | Place::RegisterProfessionals | Place::RegisterHousehold => {
            Some(Category::Register)
        }
        Place::Facts(category, _) => Some(category),
    }
}

fn tidy(text: &str) -> String {
    let visible = |c: &char| c.is_whitespace() || !c.is_control();
    let kept: String = text.chars().filter(visible).collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}
