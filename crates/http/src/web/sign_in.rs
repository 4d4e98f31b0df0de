//! Signing in and out.

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
    failure::{Failure, sentence},
    fields::Fields,
    peer::Peer,
    session::Session,
    set_aside::{self, Aside, Colleague},
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
    /// Who locked this screen and may come back.
    aside: Vec<Colleague>,
    passkey_origin: Option<String>,
    provider: Option<String>,
}

/// `GET /sign-in`
pub(super) async fn form(
    State(site): State<Shared>,
    session: Session,
    aside: Aside,
) -> Result<Response, Failure> {
    match session {
        Session::Open(_) => Ok(Redirect::to("/").into_response()),
        Session::Locked(_) => Ok(Redirect::to("/unlock").into_response()),
        Session::GivenPin(_) => Ok(Redirect::to("/pin").into_response()),
        Session::None => {
            let blank = (Problems::default(), String::new());
            sign_in_again(&site, StatusCode::OK, &aside, blank).await
        }
    }
}

/// `POST /sign-in`
pub(super) async fn sign_in(
    State(site): State<Shared>,
    Peer(address): Peer,
    session: Session,
    aside: Aside,
    fields: Fields,
) -> Result<Response, Failure> {
    let mut problems = Problems::default();
    let user_name = user_name(&fields, &mut problems);
    let typed_code = TypedCode::read(&fields, &mut problems);
    let typed = fields.text("user_name").chars().take(64).collect();
    let (Some(user_name), Some(code)) = (user_name, typed_code) else {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return sign_in_again(&site, status, &aside, (problems, typed)).await;
    };
    let arriving = set_aside::arriving(&site, session, &aside).await?;
    let _turn = site.proofs.acquire().await.map_err(|_| Failure::Busy)?;
    let (hint, services) = (code.hint(), &site.services);
    let opened = match code {
        TypedCode::Token(typed) => services.sign_in.sign_in_from(address, &user_name, typed).await,
        TypedCode::Emergency(typed) => services.emergency.sign_in(address, &user_name, typed).await,
    };
    match opened {
        Ok(secret) => arriving.signed_in(&site, &secret).await,
        Err(error) => {
            let (status, wait) = refused_with(error, ("user_name", hint), &mut problems)?;
            let page = sign_in_again(&site, status, &aside, (problems, typed)).await?;
            Ok(with_wait(page, wait))
        }
    }
}

/// `POST /sign-out`: from an open or a locked session, or from none at all.
pub(super) async fn sign_out(
    State(site): State<Shared>,
    session: Session,
) -> Result<Response, Failure> {
    match &session {
        Session::Open(open) => {
            site.forget(open.caller.session());
            site.services.sign_in.sign_out(&open.secret).await?;
        }
        Session::Locked(known) | Session::GivenPin(known) => {
            site.forget(known.secret.id());
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

pub(super) fn refused_with(
    error: SignInError,
    (field, hint): (&'static str, &str),
    problems: &mut Problems,
) -> Result<(StatusCode, Option<i64>), Failure> {
    let told = match &error {
        SignInError::Refused => (StatusCode::UNAUTHORIZED, None),
        SignInError::Wait { seconds } => (StatusCode::TOO_MANY_REQUESTS, Some(*seconds)),
        SignInError::Locked => (StatusCode::LOCKED, None),
        SignInError::Clock(off) => (StatusCode::SERVICE_UNAVAILABLE, off.over_in()),
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

pub(super) async fn sign_in_again(
    site: &Site,
    status: StatusCode,
    aside: &Aside,
    (problems, user_name): (Problems, String),
) -> Result<Response, Failure> {
    let aside = aside.colleagues(site).await?;
    let passkey_origin = site.services.passkeys.origin().map(str::to_owned);
    let provider = site.services.outside.name().map(str::to_owned);
    let form = SignInForm { problems, user_name, aside, passkey_origin, provider };
    site.outside_page(status, "sign-in.html", form)
}

pub(super) fn with_wait(mut response: Response, wait: Option<i64>) -> Response {
    if let Some(seconds) = wait.and_then(|wait| HeaderValue::try_from(wait.to_string()).ok()) {
        response.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    response
}
