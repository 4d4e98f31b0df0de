//! Proving oneself anew, by PIN and a fresh code or by passkey, for what a session that somebody left open must not give away.

use std::sync::Arc;

use axum::{Json, extract::State, response::Response};
use kinfold_service::sign_in::{Credentials, StepUp, SteppedUp};
use serde::Serialize;
use serde_json::Value;

use super::{
    clues::Problems,
    failure::Failure,
    fields::Fields,
    passkey_sign_in,
    session::{Open, SignedIn},
    sign_in::{credentials, refused},
    site::{Shared, Site},
};

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
}

/// Makes sure of the caller; otherwise the page that asks for it, with the handle of what is wanted.
pub(super) async fn proved(
    site: &Site,
    open: &Arc<Open>,
    fields: &Fields,
    wanted: &Wanted,
) -> Result<Result<SteppedUp, Response>, Failure> {
    let mut problems = Problems::default();
    let sent = ["pin", "code", "answer"].iter().any(|field| !fields.text(field).is_empty());
    let proved = if fields.text("asked").is_empty() && !sent {
        None
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

/// `POST /step-up/passkey/ask`
pub(super) async fn ask(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
) -> Result<Json<Value>, Failure> {
    Ok(passkey_sign_in::asked(&site.services.passkeys.ask_step_up(&open.caller).await?))
}
