//! Signing in and unlocking by passkey: what the browser is asked, and its answer.

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use kinfold_service::passkeys::{Ceremony, PasskeyError};
use serde_json::{Value, json};

use super::{
    clues::Problems,
    emergency::remind,
    failure::{Failure, sentence},
    fields::Fields,
    peer::Peer,
    session::Session,
    sign_in::{sign_in_again, unlock_again, with_wait},
    site::Shared,
};

/// `POST /sign-in/passkey/ask`
pub(super) async fn ask(State(site): State<Shared>) -> Result<Json<Value>, Failure> {
    Ok(asked(&site.services.passkeys.ask()?))
}

/// `POST /sign-in/passkey`
pub(super) async fn sign_in(
    State(site): State<Shared>,
    Peer(address): Peer,
    fields: Fields,
) -> Result<Response, Failure> {
    let (ceremony, answer) = (fields.text("ceremony"), fields.text("answer"));
    match site.services.passkeys.sign_in(ceremony, answer, address).await {
        Ok(secret) => {
            remind(&site, &secret).await;
            let cookie = [(header::SET_COOKIE, site.cookie.give(&secret)?)];
            Ok((cookie, Redirect::to("/")).into_response())
        }
        Err(error) => {
            let mut problems = Problems::default();
            let (status, wait) = refused(error, &mut problems)?;
            Ok(with_wait(sign_in_again(&site, status, problems, String::new())?, wait))
        }
    }
}

/// `POST /unlock/passkey/ask`
pub(super) async fn ask_unlock(
    State(site): State<Shared>,
    session: Session,
) -> Result<Json<Value>, Failure> {
    let Session::Locked(locked) = session else { return Err(Failure::SignedOut) };
    Ok(asked(&site.services.passkeys.ask_unlock(&locked.secret).await?))
}

/// `POST /unlock/passkey`
pub(super) async fn unlock(
    State(site): State<Shared>,
    Peer(address): Peer,
    session: Session,
    fields: Fields,
) -> Result<Response, Failure> {
    let locked = match session {
        Session::Locked(locked) => locked,
        Session::Open(_) | Session::GivenPin(_) => {
            return Ok(Redirect::to("/").into_response());
        }
        Session::None => return Err(Failure::SignedOut),
    };
    let answer = (fields.text("ceremony"), fields.text("answer"));
    match site.services.passkeys.unlock(&locked.secret, answer, address).await {
        Ok(()) => Ok(Redirect::to("/").into_response()),
        Err(error) => {
            let mut problems = Problems::default();
            let status = refused(error, &mut problems)?;
            unlock_again(&site, status, &locked, problems)
        }
    }
}

fn asked(ceremony: &Ceremony) -> Json<Value> {
    Json(json!({ "ceremony": ceremony.id, "options": ceremony.options.0 }))
}

/// What is told of a passkey that opened nothing: one answer for whatever was wrong with it.
fn refused(
    error: PasskeyError,
    problems: &mut Problems,
) -> Result<(StatusCode, Option<i64>), Failure> {
    let told = match &error {
        PasskeyError::Refused | PasskeyError::Over => (StatusCode::UNAUTHORIZED, None),
        PasskeyError::Wait { seconds } => (StatusCode::TOO_MANY_REQUESTS, Some(*seconds)),
        PasskeyError::Locked => (StatusCode::LOCKED, None),
        _ => return Err(error.into()),
    };
    problems.add("passkey", sentence(&error.to_string()));
    Ok(told)
}
