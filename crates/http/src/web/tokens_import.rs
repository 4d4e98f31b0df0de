//! A vendor's file, pasted: its tokens are in stock at once, or what is wrong is told of each.

use axum::{extract::State, response::Response};
use kinfold_service::{
    ports::TokenOrder,
    records::Asker,
    tokens::{ImportTerms, Inventory, TokenError},
};
use kinfold_token::{Algorithm, Digits, Step, TokenParameters};
use kinfold_token_file::{Opening, Reading};
use serde::Serialize;
use zeroize::Zeroizing;

use super::{
    clues::Problems,
    failure::{Failure, sentence},
    fields::Fields,
    session::SignedIn,
    site::Shared,
    tokens::admit,
};

const FORM: (&str, &str) = ("/tokens", "tokens-import.html");

#[derive(Serialize)]
struct FormPage {
    /// Those that tokens are still to come of.
    orders: Vec<String>,
    #[serde(flatten)]
    problems: Problems,
}

#[derive(Serialize)]
struct WrongLine {
    place: u64,
    serial: String,
    why: String,
}

#[derive(Serialize)]
struct ImportedPage {
    read: u64,
    imported: u64,
    wrong: u64,
    rows: Vec<WrongLine>,
}

/// `GET /tokens/import`
pub(super) async fn form(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
) -> Result<Response, Failure> {
    let orders = orders(admit(&site, &open)?).await?;
    site.page(&open, FORM, FormPage { orders, problems: Problems::default() })
}

/// `POST /tokens/import`
pub(super) async fn answer(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    let inventory = admit(&site, &open)?;
    let mut problems = Problems::default();
    let Some(opening) = opening(&fields, &mut problems) else {
        let orders = orders(inventory).await?;
        return site.refused_form(&open, FORM, FormPage { orders, problems });
    };
    // What vendors mean who say nothing.
    let parameters =
        TokenParameters { algorithm: Algorithm::Sha1, digits: Digits::Six, step: Step::Thirty };
    let file = Pasted(Zeroizing::new(format!("{}\n", fields.text("file"))), 0);
    let order = Some(fields.text("order").to_owned()).filter(|order| !order.is_empty());
    let by = Some(Asker::from(open.caller.employee()));
    let terms = ImportTerms { rest: fields.text("rest") == "yes", order, by };
    match inventory.import(file, Reading { opening, parameters }, terms, |_| {}).await {
        Ok(report) => {
            let wrong = report.told.into_iter().map(|wrong| WrongLine {
                place: wrong.place,
                serial: wrong.serial.unwrap_or_default(),
                why: sentence(&wrong.why),
            });
            let rows = wrong.collect();
            let (read, imported, wrong) = (report.read, report.imported, report.wrong);
            let page = ImportedPage { read, imported, wrong, rows };
            site.page(&open, ("/tokens", "tokens-imported.html"), page)
        }
        Err(TokenError::File(error)) => {
            problems.add("file", sentence(&error.to_string()));
            let orders = orders(inventory).await?;
            site.refused_form(&open, FORM, FormPage { orders, problems })
        }
        Err(error) => Err(error.into()),
    }
}

async fn orders(inventory: &Inventory) -> Result<Vec<String>, Failure> {
    let open = inventory.orders().await?.into_iter().filter(TokenOrder::is_open);
    Ok(open.map(|order| order.reference).collect())
}

fn opening(fields: &Fields, problems: &mut Problems) -> Option<Opening> {
    let (key, passphrase) = (fields.text("key"), fields.text("passphrase"));
    match (key.is_empty(), passphrase.is_empty()) {
        (true, true) => Some(Opening::Nothing),
        (true, false) => Some(Opening::Passphrase(Zeroizing::new(passphrase.to_owned()))),
        (false, true) => {
            let key = key.parse().map_err(|_| "The key must be 32 hexadecimal digits");
            key.map_err(|text| problems.add("key", text)).map(Opening::Key).ok()
        }
        (false, false) => {
            problems.add("key", "Enter the key or the passphrase, not both");
            None
        }
    }
}

/// What was pasted, wiped once it was read.
struct Pasted(Zeroizing<String>, usize);

impl std::io::Read for Pasted {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let left = &self.0.as_bytes()[self.1..];
        let taken = left.len().min(into.len());
        into[..taken].copy_from_slice(&left[..taken]);
        self.1 += taken;
        Ok(taken)
    }
}
