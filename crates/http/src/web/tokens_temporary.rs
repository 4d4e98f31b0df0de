//! A code for one shift: the operator at the page and a second person each prove themselves on it.

use axum::{extract::State, response::Response};
use kinfold_domain::UserName;
use kinfold_service::tokens::TokenError;
use kinfold_token::{Code, Pin, Serial};
use serde::Serialize;

use super::{
    clues::Problems,
    failure::{Failure, sentence},
    fields::Fields,
    session::SignedIn,
    sign_in::{read_code, read_pin, read_user_name},
    site::Shared,
    tokens::admit,
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
    let Some((hours, first, second)) = read(&fields, &mut page.problems) else {
        return site.refused_form(&open, FORM, page);
    };
    let _turn = site.proofs.acquire().await.map_err(|_| Failure::Busy)?;
    let issued = async {
        let first = (own, first.0, first.1);
        let witnesses = inventory.witnesses(first, (&second.0, second.1, second.2)).await?;
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

type Proofs = (u8, (Pin, Code), (UserName, Pin, Code));

fn read(fields: &Fields, problems: &mut Problems) -> Option<Proofs> {
    let hours = fields.text("hours").parse().ok();
    if hours.is_none() {
        problems.add("hours", "A shift has 1 to 12 hours");
    }
    let pin = read_pin(fields).map_err(|text| problems.add("pin", text)).ok();
    let code = read_code(fields, "code").map_err(|text| problems.add("code", text)).ok();
    let user = read_user_name(fields).map_err(|text| problems.add("user_name", text)).ok();
    let second_pin = fields.text("second_pin").parse().ok();
    if second_pin.is_none() {
        problems.add("second_pin", "The second person enters their PIN, 6 to 16 digits");
    }
    let second = read_code(fields, "second_code");
    let second = second.map_err(|text| problems.add("second_code", text)).ok();
    Some((hours?, (pin?, code?), (user?, second_pin?, second?)))
}
