//! Proving oneself anew, by PIN and a fresh code, by passkey or at the identity provider, for what a session that somebody left open must
//! not give away.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use kinfold_service::oidc::{OutsideError, Waiting};
use kinfold_service::sign_in::{Credentials, StepUp, SteppedUp};
use serde::Serialize;
use serde_json::Value;

use super::{
    break_glass,
    clues::Problems,
    failure::{Failure, sentence},
    fields::Fields,
    outside_sign_in, passkey_sign_in,
    session::{Open, SignedIn},
    sign_in::{credentials, refused},
    site::{Shared, Site},
    who,
};

/// What an identity provider's word is enough for. Ways to sign in are none of it: they would outlast what the provider thinks of somebody.
const BY_PROVIDER: [&Wanted; 2] = [&break_glass::WANTED, &who::EXPORT];

/// What is about to be done, as its page says it.
pub(super) struct Wanted {
    pub(super) what: StepUp,
    /// The navigation's link that it belongs to.
    pub(super) place: &'static str,
    pub(super) heading: &'static str,
    pub(super) explanation: &'static str,
    /// Where the form is sent.
    pub(super) action: &'static str,
    pub(super) button: &'static str,
}

#[derive(Serialize)]
struct StepUpPage<'a> {
    #[serde(flatten)]
    problems: Problems,
    heading: &'a str,
    explanation: &'a str,
    action: &'a str,
    button: &'a str,
    place: &'a str,
    handle: &'a str,
    passkey_origin: Option<&'a str>,
    provider: Option<&'a str>,
    what: &'a str,
}

#[derive(Serialize)]
struct ProvedPage<'a> {
    heading: &'a str,
    action: &'a str,
    button: &'a str,
    place: &'a str,
    handle: &'a str,
    provider: &'a str,
}

/// Makes sure of the caller; otherwise the page that asks for it, with the handle of what is wanted.
pub(super) async fn proved(
    site: &Site,
    open: &Arc<Open>,
    fields: &Fields,
    wanted: &Wanted,
) -> Result<Result<SteppedUp, Response>, Failure> {
    let mut problems = Problems::default();
    let sent =
        ["pin", "code", "answer", "outside"].iter().any(|field| !fields.text(field).is_empty());
    let proved = if fields.text("asked").is_empty() && !sent {
        None
    } else if !fields.text("outside").is_empty() {
        by_provider(site, open, wanted.what, &mut problems)?
    } else if fields.text("answer").is_empty() {
        by_code(site, open, (fields, wanted.what), &mut problems).await?
    } else {
        by_passkey(site, open, (fields, wanted.what), &mut problems).await?
    };
    if let Some(stepped_up) = proved {
        return Ok(Ok(stepped_up));
    }
    let blank = problems.is_empty();
    let page = StepUpPage {
        problems,
        heading: wanted.heading,
        explanation: wanted.explanation,
        action: wanted.action,
        button: wanted.button,
        place: wanted.place,
        handle: fields.text("handle"),
        passkey_origin: site.services.passkeys.origin(),
        provider: site.services.outside.name(),
        what: wanted.what.word(),
    };
    let template = (wanted.place, "step-up.html");
    let page = if blank {
        site.page(open, template, page)?
    } else {
        site.refused_form(open, template, page)?
    };
    Ok(Err(page))
}

async fn by_code(
    site: &Site,
    open: &Open,
    (fields, what): (&Fields, StepUp),
    problems: &mut Problems,
) -> Result<Option<SteppedUp>, Failure> {
    let Some((pin, code)) = credentials(fields, problems) else { return Ok(None) };
    let _turn = site.proofs.acquire().await.map_err(|_| Failure::Busy)?;
    let credentials = Credentials { pin, code };
    match site.services.sign_in.step_up(&open.caller, credentials, what).await {
        Ok(stepped_up) => Ok(Some(stepped_up)),
        Err(error) => {
            refused(error, "pin", problems)?;
            Ok(None)
        }
    }
}

async fn by_passkey(
    site: &Site,
    open: &Open,
    (fields, what): (&Fields, StepUp),
    problems: &mut Problems,
) -> Result<Option<SteppedUp>, Failure> {
    let answer = (fields.text("ceremony"), fields.text("answer"));
    match site.services.passkeys.step_up(&open.caller, answer, what).await {
        Ok(stepped_up) => Ok(Some(stepped_up)),
        Err(error) => {
            passkey_sign_in::refused(error, problems)?;
            Ok(None)
        }
    }
}

fn by_provider(
    site: &Site,
    open: &Open,
    what: StepUp,
    problems: &mut Problems,
) -> Result<Option<SteppedUp>, Failure> {
    match site.services.outside.take_step_up(&open.caller, what) {
        Ok(stepped_up) => Ok(Some(stepped_up)),
        Err(error @ OutsideError::Over) => {
            problems.add("pin", sentence(&error.to_string()));
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /step-up/oidc`: the way to the provider, for what a page asks.
pub(super) async fn ask_provider(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    let known = BY_PROVIDER.iter().find(|wanted| wanted.what.word() == fields.text("what"));
    let (what, handle) = (known.ok_or(Failure::Garbled)?.what, fields.text("handle"));
    let going = site.services.outside.ask_step_up(&open.caller, what, handle).await;
    outside_sign_in::go(&site, going, "/")
}

/// `GET /step-up`: where whoever has proved themselves there goes on with what they wanted.
pub(super) async fn go_on(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
) -> Result<Response, Failure> {
    let Some(Waiting { what, handle }) = site.services.outside.waiting(&open.caller) else {
        return Ok(Redirect::to("/").into_response());
    };
    let wanted = BY_PROVIDER.iter().find(|wanted| wanted.what == what).ok_or(Failure::Garbled)?;
    let page = ProvedPage {
        heading: wanted.heading,
        action: wanted.action,
        button: wanted.button,
        place: wanted.place,
        handle: &handle,
        provider: site.services.outside.name().unwrap_or_default(),
    };
    site.page(&open, (wanted.place, "step-up-proved.html"), page)
}

/// `POST /step-up/passkey/ask`
pub(super) async fn ask(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
) -> Result<Json<Value>, Failure> {
    Ok(passkey_sign_in::asked(&site.services.passkeys.ask_step_up(&open.caller).await?))
}
