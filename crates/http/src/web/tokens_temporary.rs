//! A code for one shift: the operator at the page and a second person each prove themselves on it.

use axum::{extract::State, response::Response};
use kinfold_service::tokens::TokenError;
use kinfold_token::Serial;
use serde::Serialize;

use super::{
    clues::Problems,
    failure::{Failure, sentence},
    fields::Fields,
    session::SignedIn,
    site::Shared,
    tokens::admit,
    two_people,
};

const FORM: (&str, &str) = ("/tokens", "token-temporary.html");
/// A shift, in hours, where nothing else is said.
const SHIFT: &str = "12";

#[derive(Serialize)]
struct FormPage {
    #[serde(flatten)]
    problems: Problems,
    serial: String,
    hours: String,
    user_name: String,
    own: String,
}

#[derive(Serialize)]
struct IssuedPage {
    serial: String,
    user_name: String,
    code: String,
    until: String,
}

/// `POST /tokens/temporary`: the form first, then what was typed into it.
pub(super) async fn issue(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    let inventory = admit(&site, &open)?;
    let serial: Serial = fields.text("serial").parse().map_err(|_| Failure::Garbled)?;
    let own = &open.caller.employee().user_name;
    let mut page = FormPage {
        problems: Problems::default(),
        serial: serial.to_string(),
        hours: SHIFT.to_owned(),
        user_name: String::new(),
        own: own.to_string(),
    };
    if fields.text("hours").is_empty() {
        return site.page(&open, FORM, page);
    }
    page.hours = fields.text("hours").chars().take(3).collect();
    page.user_name = fields.text("user_name").chars().take(64).collect();
    let Some((hours, typed)) = read(&fields, &mut page.problems) else {
        return site.refused_form(&open, FORM, page);
    };
    let _turn = site.proofs.acquire().await.map_err(|_| Failure::Busy)?;
    let issued = async {
        let witnesses = typed.vouch(&site, &open).await?;
        inventory.issue_temporary(&serial, &witnesses, hours).await
    };
    match issued.await {
        Ok(issued) => {
            let code = issued.code.expose();
            let (left, right) = code.split_at(code.len() / 2);
            let page = IssuedPage {
                serial: serial.to_string(),
                user_name: issued.user_name.to_string(),
                code: format!("{left} {right}"),
                until: site.spoken().minute(issued.until),
            };
            site.page(&open, ("/tokens", "token-temporary-issued.html"), page)
        }
        Err(error @ (TokenError::Ledger(_) | TokenError::Store(_))) => Err(error.into()),
        Err(error) => {
            let field = if matches!(error, TokenError::Shift) { "hours" } else { "user_name" };
            page.problems.add(field, sentence(&error.to_string()));
            site.refused_form(&open, FORM, page)
        }
    }
}

fn read(fields: &Fields, problems: &mut Problems) -> Option<(u8, two_people::Typed)> {
    let hours = fields.text("hours").parse().ok();
    if hours.is_none() {
        problems.add("hours", "A shift has 1 to 12 hours");
    }
    let typed = two_people::read(fields, problems);
    Some((hours?, typed?))
}
