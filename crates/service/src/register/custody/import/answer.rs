//! The codes in which a file and its rows are answered.

use serde::{Deserialize, Serialize};

use super::Corrupt;

/// How a whole file was answered.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub enum FileCode {
    /// It is not whole, or no such file: nothing was changed.
    #[serde(rename = "CPF01")]
    Corrupt,
    /// All rows were loaded.
    #[serde(rename = "CPF02")]
    Loaded,
    /// Some rows were loaded.
    #[serde(rename = "CPF03")]
    PartLoaded,
    /// No row was loaded.
    #[serde(rename = "CPF04")]
    NoneLoaded,
}

impl FileCode {
    /// The code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Corrupt => "CPF01",
            Self::Loaded => "CPF02",
            Self::PartLoaded => "CPF03",
            Self::NoneLoaded => "CPF04",
        }
    }

    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Corrupt => "corrupt: nothing was changed",
            Self::Loaded => "loaded",
            Self::PartLoaded => "part loaded",
            Self::NoneLoaded => "none loaded",
        }
    }
}

/// How one row was answered.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub enum RowCode {
    /// The number is another child's.
    #[serde(rename = "CPR01")]
    NoMatch,
    /// The child is sealed.
    #[serde(rename = "CPR02")]
    Sensitive,
    /// The number is missing or wrong.
    #[serde(rename = "CPR03")]
    NotVerified,
    /// The number is none of ten digits.
    #[serde(rename = "CPR04")]
    OldFormat,
    /// The number was replaced by another.
    #[serde(rename = "CPR05")]
    Superseded,
    /// Loaded.
    #[serde(rename = "CPR06")]
    Loaded,
    /// Anything else.
    #[serde(rename = "CPR07")]
    Failed,
}

impl RowCode {
    /// The code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoMatch => "CPR01",
            Self::Sensitive => "CPR02",
            Self::NotVerified => "CPR03",
            Self::OldFormat => "CPR04",
            Self::Superseded => "CPR05",
            Self::Loaded => "CPR06",
            Self::Failed => "CPR07",
        }
    }

    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::NoMatch => "no match",
            Self::Sensitive => "sensitive",
            Self::NotVerified => "not verified",
            Self::OldFormat => "old-format number",
            Self::Superseded => "superseded number",
            Self::Loaded => "loaded",
            Self::Failed => "failed",
        }
    }
}

/// The answer to one row.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct RowAnswer {
    /// Its line in the file, from 1.
    pub line: u64,
    /// The code.
    pub code: RowCode,
    /// What to do; empty for a row that was loaded.
    pub what_to_do: String,
}

/// The answer to a file.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct ImportReport {
    /// The file's code.
    pub file: FileCode,
    /// Why it is corrupt.
    pub problem: Option<String>,
    /// One answer for each row.
    pub rows: Vec<RowAnswer>,
}

impl ImportReport {
    pub(super) fn corrupt(why: &Corrupt) -> Self {
        Self::refused(why.to_string())
    }

    /// A file of which nothing is taken, with why.
    pub const fn refused(why: String) -> Self {
        Self { file: FileCode::Corrupt, problem: Some(why), rows: Vec::new() }
    }

    pub(super) fn of(rows: Vec<RowAnswer>) -> Self {
        let loaded = rows.iter().filter(|row| row.code == RowCode::Loaded).count();
        let file = match loaded {
            all if all == rows.len() => FileCode::Loaded,
            0 => FileCode::NoneLoaded,
            _ => FileCode::PartLoaded,
        };
        Self { file, problem: None, rows }
    }

    /// How many rows were loaded.
    pub fn loaded(&self) -> usize {
        self.rows.iter().filter(|row| row.code == RowCode::Loaded).count()
    }

    /// The answer as a CSV file: a line for the file, then one for each row. It names no child.
    pub fn to_csv(&self) -> String {
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        let problem = self.problem.clone().unwrap_or_default();
        // Writing into memory can't fail.
        let _ = writer.write_record(["line", "code", "meaning", "what_to_do"]);
        let _ = writer.write_record(["file", self.file.code(), self.file.words(), &problem]);
        for row in &self.rows {
            let (line, code) = (row.line.to_string(), row.code);
            let _ = writer.write_record([&*line, code.code(), code.words(), &row.what_to_do]);
        }
        String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
    }
}
