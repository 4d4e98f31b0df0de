//! A file of entries, pasted: its answer per file and per row.

use axum::{extract::State, response::Response};
use kinfold_service::register::{ImportReport, RowAnswer, RowCode};
use serde::Serialize;

use super::{
    clues::Problems,
    failure::{Failure, sentence},
    fields::Fields,
    register_work::custodian,
    session::SignedIn,
    site::Shared,
};

const FORM: (&str, &str) = ("/register", "register-import.html");

#[derive(Serialize)]
struct FormPage {
    #[serde(flatten)]
    problems: Problems,
}

#[derive(Serialize)]
struct RowLine {
    line: u64,
    code: &'static str,
    words: &'static str,
    what_to_do: String,
}

#[derive(Serialize)]
struct AnswerPage {
    code: &'static str,
    words: &'static str,
    problem: String,
    loaded: usize,
    all: usize,
    rows: Vec<RowLine>,
}

/// `GET /register/import`
pub(super) async fn form(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
) -> Result<Response, Failure> {
    custodian(&site)?;
    if !site.reach(&open).register {
        return Err(Failure::NotForRole("The register is kept by its custodians alone."));
    }
    site.page(&open, FORM, FormPage { problems: Problems::default() })
}

/// `POST /register/import`
pub(super) async fn answer(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    // A field comes without the end of its last line.
    let text = format!("{}\n", fields.text("file"));
    let release = custodian(&site)?.import(&open.caller, &text).await?;
    site.page(&open, ("/register", "register-imported.html"), of(release.content()))
}

fn of(report: &ImportReport) -> AnswerPage {
    let line = |row: &RowAnswer| RowLine {
        line: row.line,
        code: row.code.code(),
        words: row.code.words(),
        what_to_do: sentence(&row.what_to_do),
    };
    let rejected = report.rows.iter().filter(|row| row.code != RowCode::Loaded);
    AnswerPage {
        code: report.file.code(),
        words: report.file.words(),
        problem: report.problem.as_deref().map(sentence).unwrap_or_default(),
        loaded: report.loaded(),
        all: report.rows.len(),
        rows: rejected.map(line).collect(),
    }
}
