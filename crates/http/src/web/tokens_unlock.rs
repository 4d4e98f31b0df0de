//! A lock after too many wrong tries, opened by an operator and a second person.

use axum::{extract::State, response::Response};
use kinfold_domain::UserName;
use kinfold_service::tokens::TokenError;
use serde::Serialize;

use super::{
    clues::Problems,
    failure::{Failure, sentence},
    fields::Fields,
    session::SignedIn,
    site::Shared,
    tokens::{admit, shown},
    two_people,
};

const FORM: (&str, &str) = ("/tokens", "token-unlock.html");

#[derive(Serialize)]
struct FormPage {
    #[serde(flatten)]
    problems: Problems,
    serial: String,
    holder: String,
    user_name: String,
    own: String,
}

/// `POST /tokens/unlock`: the form first, then what was typed into it.
pub(super) async fn unlock(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    let inventory = admit(&site, &open)?;
    let serial = fields.text("serial").parse().map_err(|_| Failure::Garbled)?;
    let holder: UserName = inventory.one(&serial).await?.holder.ok_or(TokenError::NobodyHolds)?;
    let own = &open.caller.employee().user_name;
    let mut page = FormPage {
        problems: Problems::default(),
        serial: serial.to_string(),
        holder: holder.to_string(),
        user_name: fields.text("user_name").chars().take(64).collect(),
        own: own.to_string(),
    };
    if fields.text("asked").is_empty() {
        return site.page(&open, FORM, page);
    }
    let Some(typed) = two_people::read(&fields, &mut page.problems) else {
        return site.refused_form(&open, FORM, page);
    };
    let _turn = site.proofs.acquire().await.map_err(|_| Failure::Busy)?;
    let unlocked = async {
        let witnesses = typed.vouch(&site, &open).await?;
        inventory.unlock(&holder, &witnesses).await
    };
    match unlocked.await {
        Ok(()) => shown(&site, &open, &inventory.one(&serial).await?),
        Err(error @ (TokenError::Ledger(_) | TokenError::Store(_))) => Err(error.into()),
        Err(error) => {
            page.problems.add("user_name", sentence(&error.to_string()));
            site.refused_form(&open, FORM, page)
        }
    }
}
