//! An employee's own emergency codes: how many are left, another sheet under a fresh code, an end to one that is lost.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use kinfold_service::{
    emergency::{EmergencyError, FreshSheet, SheetLine},
    sign_in::{Credentials, SessionSecret, StepUp},
};
use kinfold_token::EmergencySheet;
use serde::Serialize;

use super::{
    clues::Problems,
    failure::{Failure, sentence},
    fields::Fields,
    session::{Open, SignedIn},
    sign_in::{credentials, refused},
    site::{Shared, Site},
    spoken::Spoken,
};

const PAGE: (&str, &str) = ("/emergency-codes", "emergency-codes.html");

/// A sheet as a page shows it.
#[derive(Serialize)]
pub(super) struct Sheet {
    left: String,
    made: String,
    short: bool,
    locked: bool,
}

#[derive(Serialize)]
struct OwnPage {
    #[serde(flatten)]
    problems: Problems,
    sheet: Option<Sheet>,
}

/// The page that is printed: it says nothing of whose the codes are.
#[derive(Serialize)]
struct PaperPage {
    codes: Vec<String>,
    made: String,
}

/// `GET /emergency-codes`
pub(super) async fn page(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
) -> Result<Response, Failure> {
    let sheet = own(&site, &open).await?;
    site.page(&open, PAGE, OwnPage { problems: Problems::default(), sheet })
}

/// `POST /emergency-codes/make`: under PIN and a fresh code. The codes are on the page that answers, and nowhere else.
pub(super) async fn make(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    let mut problems = Problems::default();
    let Some((pin, code)) = credentials(&fields, &mut problems) else {
        return again(&site, &open, problems).await;
    };
    let _turn = site.proofs.acquire().await.map_err(|_| Failure::Busy)?;
    let (typed, what) = (Credentials { pin, code }, StepUp::MakeEmergencyCodes);
    let proved = site.services.sign_in.step_up(&open.caller, typed, what).await;
    let stepped_up = match proved {
        Ok(stepped_up) => stepped_up,
        Err(error) => {
            refused(error, "pin", &mut problems)?;
            return again(&site, &open, problems).await;
        }
    };
    match site.services.emergency.make(&open.caller, stepped_up).await {
        Ok(fresh) => site.page(&open, (PAGE.0, "emergency-sheet.html"), paper(&site, &fresh)),
        Err(error @ (EmergencyError::OneShift | EmergencyError::Changed)) => {
            problems.add("code", sentence(&error.to_string()));
            again(&site, &open, problems).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /emergency-codes/end`: they are lost.
pub(super) async fn end(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
) -> Result<Response, Failure> {
    site.services.emergency.end_own(&open.caller).await?;
    Ok(Redirect::to(PAGE.0).into_response())
}

/// Lets the pages of a session that was just opened say that few codes are left. A failure keeps nobody from work: it is logged.
pub(super) async fn remind(site: &Site, secret: &SessionSecret) {
    if let Err(error) = site.services.emergency.remind(secret).await {
        tracing::warn!(%error, "how many emergency codes are left could not be read");
    }
}

/// The line on top of every page of a session that was opened with few codes left, until their page was opened.
pub(super) fn banner(site: &Site, open: &Open) -> Option<String> {
    let left = site.services.sign_in.few_codes(&open.caller)?;
    Some(match left {
        0 => "None of your emergency codes is left".to_owned(),
        1 => "1 of your emergency codes is left".to_owned(),
        left => format!("{left} of your emergency codes are left"),
    })
}

pub(super) async fn own(site: &Site, open: &Open) -> Result<Option<Sheet>, Failure> {
    let known = site.services.emergency.own(&open.caller).await?;
    Ok(known.map(|known| sheet(&site.spoken(), known)))
}

pub(super) fn sheet(spoken: &Spoken, known: SheetLine) -> Sheet {
    let SheetLine { made, left, short, locked } = known;
    let left = format!("{left} of {}", EmergencySheet::CODES);
    Sheet { left, made: spoken.minute(made), short, locked }
}

fn paper(site: &Site, fresh: &FreshSheet) -> PaperPage {
    let codes = fresh.codes.iter().map(|code| code.expose().to_string()).collect();
    PaperPage { codes, made: site.spoken().minute(fresh.made) }
}

async fn again(site: &Site, open: &Arc<Open>, problems: Problems) -> Result<Response, Failure> {
    let sheet = own(site, open).await?;
    site.refused_form(open, PAGE, OwnPage { problems, sheet })
}
