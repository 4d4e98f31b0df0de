//! Signing in and unlocking by passkey: what the browser is asked, and its answer.

use axum::{Json, extract::State, http::StatusCode, response::Response};
use kinfold_service::passkeys::{Ceremony, PasskeyError};
use serde_json::{Value, json};

use super::{
    clues::Problems,
    failure::{Failure, sentence},
    fields::Fields,
    lock,
    peer::Peer,
    session::{Session, ToReopen},
    set_aside::{self, Aside},
    sign_in::{sign_in_again, with_wait},
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
    session: Session,
    aside: Aside,
    fields: Fields,
) -> Result<Response, Failure> {
    let arriving = set_aside::arriving(&site, session, &aside).await?;
    let (ceremony, answer) = (fields.text("ceremony"), fields.text("answer"));
    match site.services.passkeys.sign_in(ceremony, answer, address).await {
        Ok(secret) => arriving.signed_in(&site, &secret).await,
        Err(error) => {
            let mut problems = Problems::default();
            let (status, wait) = refused(error, &mut problems)?;
            let typed = (problems, String::new());
            Ok(with_wait(sign_in_again(&site, status, &aside, typed).await?, wait))
        }
    }
}

/// `POST /unlock/passkey/ask`
pub(super) async fn ask_unlock(
    State(site): State<Shared>,
    ToReopen(locked): ToReopen,
) -> Result<Json<Value>, Failure> {
    Ok(asked(&site.services.passkeys.ask_unlock(&locked.secret).await?))
}

/// `POST /unlock/passkey`
pub(super) async fn unlock(
    State(site): State<Shared>,
    Peer(address): Peer,
    ToReopen(locked): ToReopen,
    aside: Aside,
    fields: Fields,
) -> Result<Response, Failure> {
    let answer = (fields.text("ceremony"), fields.text("answer"));
    match site.services.passkeys.unlock(&locked.secret, answer, address).await {
        Ok(reopened) => lock::unlocked(&site, &reopened).await,
        Err(error) => {
            let mut problems = Problems::default();
            let status = refused(error, &mut problems)?;
            lock::again(&site, status, (&locked, &aside), problems).await
        }
    }
}

pub(super) fn asked(ceremony: &Ceremony) -> Json<Value> {
    Json(json!({ "ceremony": ceremony.id, "options": ceremony.options.0 }))
}

/// What is told of a passkey that opened nothing: one answer for whatever was wrong with it.
pub(super) fn refused(
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
