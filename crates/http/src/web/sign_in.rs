//! Signing in and out, locking and reopening.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use kinfold_domain::UserName;
use kinfold_service::sign_in::SignInError;
use kinfold_token::{Code, EmergencyCode, Pin};
use serde::Serialize;

use super::{
    clues::Problems,
    emergency::remind,
    failure::{Failure, sentence},
    fields::Fields,
    peer::Peer,
    session::{Locked, Session, SignedIn},
    site::{Shared, Site},
    typed_code::TypedCode,
};

pub(super) const NO_CODE: &str = "Enter the code that your token shows now";
pub(super) const NEXT_CODE: &str = " Wait for the next code and try again.";

#[derive(Serialize)]
struct SignInForm {
    #[serde(flatten)]
    problems: Problems,
    user_name: String,
    passkey_origin: Option<String>,
    provider: Option<String>,
}

#[derive(Serialize)]
struct UnlockForm {
    #[serde(flatten)]
    problems: Problems,
    name: String,
    passkey_origin: Option<String>,
    provider: Option<String>,
}

/// `GET /sign-in`
pub(super) async fn form(
    State(site): State<Shared>,
    session: Session,
) -> Result<Response, Failure> {
    match session {
        Session::Open(_) => Ok(Redirect::to("/").into_response()),
        Session::Locked(_) => Ok(Redirect::to("/unlock").into_response()),
        Session::GivenPin(_) => Ok(Redirect::to("/pin").into_response()),
        Session::None => sign_in_again(&site, StatusCode::OK, Problems::default(), String::new()),
    }
}

/// `POST /sign-in`
pub(super) async fn sign_in(
    State(site): State<Shared>,
    Peer(address): Peer,
    fields: Fields,
) -> Result<Response, Failure> {
    let mut problems = Problems::default();
    let user_name = user_name(&fields, &mut problems);
    let typed_code = TypedCode::read(&fields, &mut problems);
    let typed = fields.text("user_name").chars().take(64).collect();
    let (Some(user_name), Some(code)) = (user_name, typed_code) else {
        return sign_in_again(&site, StatusCode::UNPROCESSABLE_ENTITY, problems, typed);
    };
    let _turn = site.proofs.acquire().await.map_err(|_| Failure::Busy)?;
    let (hint, services) = (code.hint(), &site.services);
    let opened = match code {
        TypedCode::Token(typed) => services.sign_in.sign_in_from(address, &user_name, typed).await,
        TypedCode::Emergency(typed) => services.emergency.sign_in(address, &user_name, typed).await,
    };
    match opened {
        Ok(secret) => {
            remind(&site, &secret).await;
            let cookie = [(header::SET_COOKIE, site.cookie.give(&secret)?)];
            Ok((cookie, Redirect::to("/")).into_response())
        }
        Err(error) => {
            let status = refused_with(error, ("user_name", hint), &mut problems)?;
            Ok(with_wait(sign_in_again(&site, status.0, problems, typed)?, status.1))
        }
    }
}

/// `GET /unlock`
pub(super) async fn locked(
    State(site): State<Shared>,
    session: Session,
) -> Result<Response, Failure> {
    match session {
        Session::Open(_) | Session::GivenPin(_) => Ok(Redirect::to("/").into_response()),
        Session::None => Ok(Redirect::to("/sign-in").into_response()),
        Session::Locked(locked) => {
            unlock_again(&site, (StatusCode::OK, None), &locked, Problems::default())
        }
    }
}

/// `POST /unlock`
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
    let mut problems = Problems::default();
    let Some(code) = TypedCode::read(&fields, &mut problems) else {
        let status = (StatusCode::UNPROCESSABLE_ENTITY, None);
        return unlock_again(&site, status, &locked, problems);
    };
    let _turn = site.proofs.acquire().await.map_err(|_| Failure::Busy)?;
    let (hint, services, secret) = (code.hint(), &site.services, &locked.secret);
    let opened = match code {
        TypedCode::Token(typed) => services.sign_in.unlock(secret, typed, address).await,
        TypedCode::Emergency(typed) => services.emergency.unlock(secret, typed, address).await,
    };
    match opened {
        Ok(()) => {
            remind(&site, secret).await;
            Ok(Redirect::to("/").into_response())
        }
        Err(error) => {
            let status = refused_with(error, ("pin", hint), &mut problems)?;
            unlock_again(&site, status, &locked, problems)
        }
    }
}

/// `POST /lock`
pub(super) async fn lock(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
) -> Result<Redirect, Failure> {
    site.services.sign_in.lock(&open.caller).await?;
    Ok(Redirect::to("/unlock"))
}

/// `POST /sign-out`: from an open or a locked session, or from none at all.
pub(super) async fn sign_out(
    State(site): State<Shared>,
    session: Session,
) -> Result<Response, Failure> {
    match &session {
        Session::Open(open) => {
            site.remembered.forget(open.caller.session());
            site.register_work.forget(open.caller.session());
            site.services.sign_in.sign_out(&open.secret).await?;
        }
        Session::Locked(known) | Session::GivenPin(known) => {
            site.services.sign_in.sign_out(&known.secret).await?;
        }
        Session::None => {}
    }
    let cookie = [(header::SET_COOKIE, site.cookie.take()?)];
    Ok((cookie, Redirect::to("/sign-in")).into_response())
}

fn user_name(fields: &Fields, problems: &mut Problems) -> Option<UserName> {
    read_user_name(fields).map_err(|text| problems.add("user_name", text)).ok()
}

/// A user name as people type it: in capitals, too.
pub(super) fn read_user_name(fields: &Fields) -> Result<UserName, &'static str> {
    match fields.text("user_name") {
        "" => Err("Enter your user name"),
        typed => typed
            .to_lowercase()
            .parse()
            .map_err(|_| "A user name has letters, digits, dots and hyphens, like a.okafor"),
    }
}

pub(super) fn credentials(fields: &Fields, problems: &mut Problems) -> Option<(Pin, Code)> {
    let pin = read_pin(fields).map_err(|text| problems.add("pin", text)).ok();
    let code = read_code(fields, "code").map_err(|text| problems.add("code", text)).ok();
    pin.zip(code)
}

pub(super) fn read_pin(fields: &Fields) -> Result<Pin, &'static str> {
    let wrong = "Your PIN has 6 to 16 digits";
    match fields.text("pin") {
        "" => Err("Enter your PIN"),
        typed => typed.parse().map_err(|_| wrong),
    }
}

pub(super) fn read_code(fields: &Fields, field: &str) -> Result<Code, &'static str> {
    match fields.text(field) {
        "" => Err(NO_CODE),
        typed => typed.parse().map_err(|_| match typed.parse::<EmergencyCode>() {
            Ok(_) => {
                "An emergency code signs you in and nothing more: this takes a code from a token"
            }
            Err(_) => "A code has 6 or 8 digits",
        }),
    }
}

/// What is told of a try that opened nothing: one answer for whichever part was wrong.
pub(super) fn refused(
    error: SignInError,
    field: &'static str,
    problems: &mut Problems,
) -> Result<(StatusCode, Option<i64>), Failure> {
    refused_with(error, (field, NEXT_CODE), problems)
}

fn refused_with(
    error: SignInError,
    (field, hint): (&'static str, &str),
    problems: &mut Problems,
) -> Result<(StatusCode, Option<i64>), Failure> {
    let told = match &error {
        SignInError::Refused => (StatusCode::UNAUTHORIZED, None),
        SignInError::Wait { seconds } => (StatusCode::TOO_MANY_REQUESTS, Some(*seconds)),
        SignInError::Locked => (StatusCode::LOCKED, None),
        SignInError::GivenPin
        | SignInError::NoSession
        | SignInError::Ledger(_)
        | SignInError::Store(_) => {
            return Err(error.into());
        }
    };
    let hint = if told.0 == StatusCode::UNAUTHORIZED { hint } else { "" };
    problems.add(field, format!("{}{hint}", sentence(&error.to_string())));
    Ok(told)
}

pub(super) fn sign_in_again(
    site: &Site,
    status: StatusCode,
    problems: Problems,
    user_name: String,
) -> Result<Response, Failure> {
    let passkey_origin = site.services.passkeys.origin().map(str::to_owned);
    let provider = site.services.outside.name().map(str::to_owned);
    let form = SignInForm { problems, user_name, passkey_origin, provider };
    site.outside_page(status, "sign-in.html", form)
}

pub(super) fn unlock_again(
    site: &Site,
    (status, wait): (StatusCode, Option<i64>),
    locked: &Arc<Locked>,
    problems: Problems,
) -> Result<Response, Failure> {
    let name = locked.employee.name.expose().clone();
    let passkey_origin = site.services.passkeys.origin().map(str::to_owned);
    let provider = site.services.outside.name().map(str::to_owned);
    let form = UnlockForm { problems, name, passkey_origin, provider };
    let page = site.outside_page(status, "unlock.html", form)?;
    Ok(with_wait(page, wait))
}

pub(super) fn with_wait(mut response: Response, wait: Option<i64>) -> Response {
    if let Some(seconds) = wait.and_then(|wait| HeaderValue::try_from(wait.to_string()).ok()) {
        response.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    response
}
