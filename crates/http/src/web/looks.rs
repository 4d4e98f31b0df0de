//! My recent look-ups: what the employee typed themselves.

use axum::{extract::State, response::Response};
use kinfold_service::{audit::OwnLook, records::AskKind};
use serde::Serialize;

use super::{
    answer_page,
    failure::{Failure, sentence},
    purposes,
    session::SignedIn,
    site::{Shared, Site},
    spoken::{Moment, Spoken},
};

/// Lines on the page: a day's work.
const MOST: u32 = 100;

#[derive(Serialize)]
struct LookLine {
    at: Moment,
    kind: &'static str,
    asked: Vec<(&'static str, String)>,
    purpose: String,
    outcome: String,
    ask: String,
}

#[derive(Serialize)]
struct LooksPage {
    looks: Vec<LookLine>,
    most: u32,
}

/// `GET /looks`
pub(super) async fn list(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
) -> Result<Response, Failure> {
    let looks = site.services.own_looks.list(&open.caller, MOST).await?;
    let spoken = site.spoken();
    let looks = looks.iter().map(|look| line(&site, &spoken, look)).collect();
    site.page(&open, ("/looks", "looks.html"), LooksPage { looks, most: MOST })
}

fn line(site: &Site, spoken: &Spoken, look: &OwnLook) -> LookLine {
    let asked = look.subject.as_ref().map(|subject| answer_page::asked(spoken, subject));
    let purpose = look.purpose.as_ref().map(|purpose| purposes::reading(site, purpose));
    LookLine {
        at: spoken.moment(look.at),
        kind: kind(look.kind),
        asked: asked.unwrap_or_default(),
        purpose: purpose.unwrap_or_default(),
        outcome: outcome(&look.outcome),
        ask: look.ask.0.to_string(),
    }
}

/// What kind of look, as pages call it.
pub(super) const fn kind(kind: AskKind) -> &'static str {
    match kind {
        AskKind::Check => "Check",
        AskKind::PooledView => "Pooled view",
        AskKind::BreakGlass => "Glass broken",
        AskKind::WhoLooked => "Who looked",
        AskKind::OwnLooks => "My look-ups",
        AskKind::RegisterWork => "Work on the register",
        AskKind::Board => "Department board",
        AskKind::Attendances => "Attendances",
        AskKind::Corrections => "Corrections",
        AskKind::IdentityMatch => "Identity match",
        AskKind::History => "Attendances and last looks",
    }
}

/// A ledger's word for what came of it, as pages say it.
pub(super) fn outcome(word: &str) -> String {
    match word {
        "" => "Nothing was shown".to_owned(),
        "on-register" => "On the register".to_owned(),
        "recently-ended" => "Recently ended".to_owned(),
        "not-on-register" => "Not on these registers".to_owned(),
        "several" => "Several possible children".to_owned(),
        "unconfirmed" => "Could not be confirmed".to_owned(),
        "sealed" => "Sealed".to_owned(),
        "pooled-view" => "Pooled view shown".to_owned(),
        "break-glass" => "What the rules refuse was shown".to_owned(),
        "glass-list" => "The list of broken glass was shown".to_owned(),
        "board" => "The board was shown".to_owned(),
        "attendances" => "Attendances were shown".to_owned(),
        "corrections" => "Corrections were shown".to_owned(),
        "who-looked" => "Who looked was shown".to_owned(),
        "who-looked-export" => "Who looked was saved as a file".to_owned(),
        "history" => "Attendances and last looks were shown".to_owned(),
        "identity-match" => "Identities were shown".to_owned(),
        "register-work" => "Entries of the register were shown".to_owned(),
        other => sentence(other),
    }
}
