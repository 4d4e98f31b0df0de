//! An employee's own ways to sign in: where they are signed in, the passkeys that they have, one more under a fresh code, one less.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use kinfold_service::{
    passkeys::{PasskeyError, PasskeyLine, Passkeys},
    ports::PasskeyId,
    sign_in::{Credentials, StepUp},
    tokens::Listing,
};
use kinfold_token::Standing;
use serde::Serialize;
use serde_json::json;

use super::{
    clues::Problems,
    emergency::{self, Sheet},
    failure::{Failure, sentence},
    fields::Fields,
    places::{self, SessionLine},
    session::{Open, SignedIn},
    sign_in::{credentials, refused},
    site::{Shared, Site},
    spoken::Spoken,
    tokens::{Line, line},
};

const PAGE: (&str, &str) = ("/passkeys", "passkeys.html");

/// A passkey as a page shows it.
#[derive(Serialize)]
pub(super) struct PasskeyRow {
    id: String,
    name: String,
    added: String,
    used: Option<String>,
}

#[derive(Serialize)]
struct OwnPage {
    #[serde(flatten)]
    problems: Problems,
    tokens: Vec<Line>,
    sessions: Vec<SessionLine>,
    passkeys: Vec<PasskeyRow>,
    sheet: Option<Sheet>,
    origin: Option<String>,
    name: String,
}

#[derive(Serialize)]
struct MakePage {
    name: String,
    origin: String,
    making: String,
}

/// `GET /passkeys`
pub(super) async fn page(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
) -> Result<Response, Failure> {
    let content = own(&site, &open, Problems::default(), String::new()).await?;
    site.page(&open, PAGE, content)
}

/// `POST /passkeys/add`: PIN and code first, then the page on which the browser makes the passkey.
pub(super) async fn add(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    let mut problems = Problems::default();
    let typed: String = fields.text("name").chars().take(64).collect();
    let name = Passkeys::name(fields.text("name"));
    let name = name.map_err(|error| problems.add("name", sentence(&error.to_string()))).ok();
    let Some((pin, code)) = credentials(&fields, &mut problems) else {
        return add_again(&site, &open, problems, typed).await;
    };
    let Some(name) = name else { return add_again(&site, &open, problems, typed).await };
    let _turn = site.proofs.acquire().await.map_err(|_| Failure::Busy)?;
    let (sign_in, credentials) = (&site.services.sign_in, Credentials { pin, code });
    let proved = sign_in.step_up(&open.caller, credentials, StepUp::AddPasskey).await;
    let stepped_up = match proved {
        Ok(stepped_up) => stepped_up,
        Err(error) => {
            refused(error, "pin", &mut problems)?;
            return add_again(&site, &open, problems, typed).await;
        }
    };
    let passkeys = &site.services.passkeys;
    match passkeys.ask_add(&open.caller, stepped_up, name).await {
        Ok(asked) => {
            let making = json!({ "ceremony": asked.id, "options": asked.options.0 }).to_string();
            let origin = passkeys.origin().unwrap_or_default().to_owned();
            let content = MakePage { name: typed, origin, making };
            site.page(&open, ("/passkeys", "passkey-make.html"), content)
        }
        Err(error @ (PasskeyError::TooMany | PasskeyError::OneShift)) => {
            problems.add("name", sentence(&error.to_string()));
            add_again(&site, &open, problems, typed).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /passkeys/made`: what the browser made.
pub(super) async fn made(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    let (ceremony, answer) = (fields.text("ceremony"), fields.text("answer"));
    match site.services.passkeys.add(&open.caller, ceremony, answer).await {
        Ok(()) => Ok(Redirect::to("/passkeys").into_response()),
        Err(error @ (PasskeyError::Over | PasskeyError::NotAdded)) => {
            let mut problems = Problems::default();
            problems.add("name", sentence(&error.to_string()));
            add_again(&site, &open, problems, String::new()).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /passkeys/remove`
pub(super) async fn remove(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    site.services.passkeys.remove_own(&open.caller, identity(&fields)?).await?;
    Ok(Redirect::to("/passkeys").into_response())
}

pub(super) fn identity(fields: &Fields) -> Result<PasskeyId, Failure> {
    fields.text("passkey").parse().map(PasskeyId).map_err(|_| Failure::Garbled)
}

pub(super) fn rows(spoken: &Spoken, known: Vec<PasskeyLine>) -> Vec<PasskeyRow> {
    let row = |known: PasskeyLine| PasskeyRow {
        id: known.id.0.to_string(),
        name: known.name.into_exposed(),
        added: spoken.minute(known.added),
        used: known.used.map(|used| spoken.minute(used)),
    };
    known.into_iter().map(row).collect()
}

async fn add_again(
    site: &Site,
    open: &Arc<Open>,
    problems: Problems,
    name: String,
) -> Result<Response, Failure> {
    let content = own(site, open, problems, name).await?;
    site.refused_form(open, PAGE, content)
}

async fn own(
    site: &Site,
    open: &Open,
    problems: Problems,
    name: String,
) -> Result<OwnPage, Failure> {
    let services = &site.services;
    let holder = Some(open.caller.employee().user_name.clone());
    let standing = Some(Standing::InUse);
    let listing = Listing { standing, holder, ..Listing::default() };
    let (spoken, tokens) = (site.spoken(), services.inventory.list(&listing).await?);
    Ok(OwnPage {
        problems,
        tokens: tokens.iter().map(|known| line(&spoken, known)).collect(),
        sessions: places::own(site, open),
        passkeys: rows(&spoken, services.passkeys.own(&open.caller).await?),
        sheet: emergency::own(site, open).await?,
        origin: services.passkeys.origin().map(str::to_owned),
        name,
    })
}
