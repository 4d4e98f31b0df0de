//! The file: a header, a row for each plan, and a last line that says how many rows there are, so that a part of a file is no file.

use std::collections::HashMap;

use jiff::civil::Date;
use kinfold_domain::{
    AbuseCategory, BirthDate, LegalBasis, NhsNumber, NhsNumberError, PersonName, Personal,
    Professional, RegisterStatus, Telephone,
};

/// The most bytes of a file.
pub const LONGEST_FILE: usize = 32 << 20;
/// The most rows of a file.
const MOST_ROWS: usize = 100_000;
/// The longest field, in characters.
const LONGEST_FIELD: usize = 200;

/// Columns that must be there.
const MUST: [&str; 6] =
    ["nhs_number", "plan_type", "start_date", "given_names", "family_name", "birth_date"];
/// Columns that may be there.
const MAY: [&str; 11] = [
    "end_date",
    "category",
    "legal_basis",
    "expected_date",
    "next_review",
    "key_worker",
    "key_worker_team",
    "key_worker_telephone",
    CONFIRMED,
    "reference",
    "sealed",
];

/// The day on which the key worker's telephone was last found right.
const CONFIRMED: &str = "key_worker_telephone_confirmed";

/// Why a file is no whole file of this form: nothing of it is taken over.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Corrupt {
    /// No text.
    #[error("the file is no UTF-8 text")]
    NoText,
    /// Too long.
    #[error("the file is longer than 32 megabytes or 100,000 rows: split it")]
    TooLong,
    /// The header lacks a column.
    #[error("the first line must name the columns, and lacks {0}")]
    Lacks(&'static str),
    /// The header has a column that is not known, or one twice.
    #[error("column {0} of the first line is not one of this format, or stands there twice")]
    Column(usize),
    /// A row is not of the header's length, or is no CSV.
    #[error(
        "line {0} does not have as many fields as the first line, or is no CSV: was the file cut?"
    )]
    Row(u64),
    /// The last line is missing: a part of a file.
    #[error("the last line, END and the number of rows, is missing: the file is not whole")]
    NoEnd,
    /// The last line counts other rows.
    #[error("the last line counts {said} rows, and there are {found}: the file is not whole")]
    Count {
        /// Rows by the last line.
        said: u64,
        /// Rows that are there.
        found: u64,
    },
}

/// The three types of plan.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum PlanType {
    /// `CPP`
    ChildProtection,
    /// `LAC`
    LookedAfter,
    /// `UCPP`
    Unborn,
}

impl From<PlanType> for RegisterStatus {
    fn from(plan: PlanType) -> Self {
        match plan {
            PlanType::ChildProtection => Self::ChildProtectionPlan,
            PlanType::LookedAfter => Self::LookedAfter,
            PlanType::Unborn => Self::UnbornPlan,
        }
    }
}

/// One row, read as far as it can be: what can't be is told when it is judged.
#[derive(Clone, Debug)]
pub struct ImportRow {
    /// Its line, from 1.
    pub line: u64,
    fields: HashMap<&'static str, Personal<String>>,
}

/// A field that can't be read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Unreadable(pub(super) &'static str);

/// Reads a whole file; nothing of it when it isn't whole.
pub fn read(text: &str) -> Result<Vec<ImportRow>, Corrupt> {
    if text.len() > LONGEST_FILE {
        return Err(Corrupt::TooLong);
    }
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut records = reader.records();
    let columns = match records.next() {
        Some(Ok(header)) => columns(&header)?,
        _ => return Err(Corrupt::Lacks(MUST[0])),
    };
    let mut rows = Vec::new();
    let mut end = None;
    for record in records {
        let record = record
            .map_err(|error| Corrupt::Row(error.position().map_or(0, csv::Position::line)))?;
        let line = record.position().map_or(0, csv::Position::line);
        if end.is_some() {
            return Err(Corrupt::Row(line));
        }
        if record.get(0) == Some("END") && record.len() == 2 {
            end =
                Some(record.get(1).and_then(|count| count.parse().ok()).ok_or(Corrupt::Row(line))?);
            continue;
        }
        if record.len() != columns.len() {
            return Err(Corrupt::Row(line));
        }
        if rows.len() == MOST_ROWS {
            return Err(Corrupt::TooLong);
        }
        let fields = columns.iter().copied().zip(record.iter());
        let fields = fields.map(|(name, text)| (name, Personal::new(text.to_owned())));
        rows.push(ImportRow { line, fields: fields.collect() });
    }
    let (said, found) = (end.ok_or(Corrupt::NoEnd)?, rows.len() as u64);
    // Every whole file ends its last line: without that its number may have been cut.
    if !text.ends_with('\n') {
        return Err(Corrupt::NoEnd);
    }
    if said == found { Ok(rows) } else { Err(Corrupt::Count { said, found }) }
}

fn columns(header: &csv::StringRecord) -> Result<Vec<&'static str>, Corrupt> {
    let mut columns: Vec<&'static str> = Vec::new();
    for (place, name) in header.iter().enumerate() {
        let known = MUST.iter().chain(&MAY).find(|known| known.eq_ignore_ascii_case(name));
        match known {
            Some(known) if !columns.contains(known) => columns.push(known),
            _ => return Err(Corrupt::Column(place + 1)),
        }
    }
    match MUST.iter().find(|must| !columns.contains(must)) {
        Some(lacking) => Err(Corrupt::Lacks(lacking)),
        None => Ok(columns),
    }
}

impl ImportRow {
    fn text(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", |text| text.expose())
    }

    fn optional<T: std::str::FromStr>(&self, name: &'static str) -> Result<Option<T>, Unreadable> {
        match self.text(name) {
            "" => Ok(None),
            text if text.chars().count() > LONGEST_FIELD => Err(Unreadable(name)),
            text => text.parse().map(Some).map_err(|_| Unreadable(name)),
        }
    }

    /// What two rows about the same plan have in common.
    pub(super) fn key(&self) -> (String, String, String) {
        let digits = |name| self.text(name).replace(' ', "");
        (digits("nhs_number"), digits("plan_type"), digits("start_date"))
    }

    pub(super) fn number_as_written(&self) -> String {
        self.text("nhs_number").chars().take(LONGEST_FIELD).collect()
    }

    pub(super) fn number(&self) -> Result<NhsNumber, NhsNumberError> {
        self.text("nhs_number").parse()
    }

    /// Whether what stands as the number is of an older form: letters, or fewer than ten digits.
    pub(super) fn has_old_number(&self) -> bool {
        let text = self.text("nhs_number").replace([' ', '/', '-'], "");
        let digits = text.chars().filter(char::is_ascii_digit).count();
        text.len() >= 5 && digits < 10 && text.chars().all(|c| c.is_ascii_alphanumeric())
    }

    pub(super) fn plan(&self) -> Result<PlanType, Unreadable> {
        Ok(match self.text("plan_type") {
            "CPP" => PlanType::ChildProtection,
            "LAC" => PlanType::LookedAfter,
            "UCPP" => PlanType::Unborn,
            _ => return Err(Unreadable("plan_type")),
        })
    }

    pub(super) fn name(&self) -> Result<PersonName, Unreadable> {
        PersonName::new(self.text("family_name"), self.text("given_names"))
            .map_err(|_| Unreadable("family_name"))
    }

    pub(super) fn birth_date(&self) -> Result<Option<BirthDate>, Unreadable> {
        self.optional("birth_date")
    }

    pub(super) fn expected(&self) -> Result<Option<BirthDate>, Unreadable> {
        self.optional("expected_date")
    }

    pub(super) fn start(&self) -> Result<Date, Unreadable> {
        self.day("start_date")?.ok_or(Unreadable("start_date"))
    }

    /// A day of the register: written as dates of birth are.
    pub(super) fn day(&self, name: &'static str) -> Result<Option<Date>, Unreadable> {
        Ok(self.optional::<BirthDate>(name)?.map(Date::from))
    }

    pub(super) fn category(&self) -> Result<Option<AbuseCategory>, Unreadable> {
        Ok(Some(match self.text("category") {
            "" => return Ok(None),
            "NEG" | "01" => AbuseCategory::Neglect,
            "PHY" | "02" => AbuseCategory::Physical,
            "EMO" | "03" => AbuseCategory::Emotional,
            "SAB" | "04" => AbuseCategory::Sexual,
            "MUL" => AbuseCategory::Multiple,
            _ => return Err(Unreadable("category")),
        }))
    }

    pub(super) fn basis(&self) -> Result<Option<LegalBasis>, Unreadable> {
        Ok(Some(match self.text("legal_basis") {
            "" => return Ok(None),
            "s20" => LegalBasis::S20,
            "s31" => LegalBasis::S31,
            "s38" => LegalBasis::S38,
            _ => return Err(Unreadable("legal_basis")),
        }))
    }

    /// The key worker's number with the day on which it was last found right, where the row has both; never one that lies ahead.
    pub(super) fn rung(&self, today: Date) -> Result<Option<Telephone>, Unreadable> {
        let Some(day) = self.day(CONFIRMED)? else { return Ok(None) };
        let number: Option<Telephone> = self.optional("key_worker_telephone")?;
        if day > today || number.is_none() {
            return Err(Unreadable(CONFIRMED));
        }
        Ok(number.map(|number| number.confirmed_on(Some(day))))
    }

    /// The case system's own reference of the plan, where the row has one.
    pub(super) fn reference(&self) -> Option<&str> {
        Some(self.text("reference")).filter(|text| !text.is_empty())
    }

    /// What tells rows without a reference apart.
    pub(super) fn written(&self, names: &[&'static str]) -> Vec<String> {
        names.iter().map(|name| self.text(name).to_lowercase()).collect()
    }

    /// Whether the child's whereabouts must not be shown.
    pub(super) fn sealed(&self) -> Result<bool, Unreadable> {
        match self.text("sealed").to_ascii_lowercase().as_str() {
            "" | "n" | "no" | "false" | "0" => Ok(false),
            "y" | "yes" | "true" | "1" => Ok(true),
            _ => Err(Unreadable("sealed")),
        }
    }

    /// The key worker, whatever the telephone's field says.
    pub(super) fn worker_by_name(&self) -> Option<Professional> {
        let short = |name: &str| self.text(name).chars().take(LONGEST_FIELD).collect::<String>();
        let (name, team) = (short("key_worker"), short("key_worker_team"));
        let team = (!team.is_empty()).then_some(team);
        let role = "Key worker".to_owned();
        (!name.is_empty()).then(|| Professional { name: name.into(), role, team, telephone: None })
    }

    pub(super) fn worker(&self) -> Result<Option<Professional>, Unreadable> {
        let telephone: Option<Telephone> = self.optional("key_worker_telephone")?;
        match self.worker_by_name() {
            None if telephone.is_some() => Err(Unreadable("key_worker")),
            worker => Ok(worker.map(|worker| Professional { telephone, ..worker })),
        }
    }
}
