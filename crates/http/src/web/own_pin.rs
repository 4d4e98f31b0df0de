//! Choosing one's own PIN: in place of one that somebody gave, or of the old one.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use kinfold_service::sign_in::{Credentials, PinError, SignInError};
use kinfold_token::{ChosenPin, Pin, PinRefusal};
use serde::Serialize;

use super::{
    clues::Problems,
    failure::{Failure, sentence},
    fields::Fields,
    session::Session,
    sign_in::{read_code, read_pin},
    site::{Shared, Site},
};

#[derive(Serialize)]
struct PinForm {
    #[serde(flatten)]
    problems: Problems,
    /// Nothing else opens before.
    given: bool,
    name: String,
}

/// `GET /pin`
pub(super) async fn form(
    State(site): State<Shared>,
    session: Session,
) -> Result<Response, Failure> {
    shown(&site, &session, StatusCode::OK, Problems::default())
}

/// `POST /pin`
pub(super) async fn choose(
    State(site): State<Shared>,
    session: Session,
    fields: Fields,
) -> Result<Response, Failure> {
    let mut problems = Problems::default();
    let chosen = read_chosen(&fields, &mut problems);
    let sign_in = &site.services.sign_in;
    let outcome = match &session {
        Session::GivenPin(known) => {
            let Some(chosen) = chosen else { return refused(&site, &session, problems) };
            let _turn = site.proofs.acquire().await.map_err(|_| Failure::Busy)?;
            sign_in.choose_pin(&known.secret, chosen).await
        }
        Session::Open(open) => {
            let pin = read_pin(&fields).map_err(|text| problems.add("pin", text)).ok();
            let code = read_code(&fields, "code").map_err(|text| problems.add("code", text)).ok();
            let (Some(chosen), Some(pin), Some(code)) = (chosen, pin, code) else {
                return refused(&site, &session, problems);
            };
            let _turn = site.proofs.acquire().await.map_err(|_| Failure::Busy)?;
            sign_in.change_pin(&open.caller, Credentials { pin, code }, chosen).await
        }
        Session::Locked(_) => return Err(Failure::Locked),
        Session::None => return Err(Failure::SignedOut),
    };
    match (outcome, &session) {
        // Every session of theirs has ended: the new PIN opens the next one.
        (Ok(()), Session::Open(_)) => {
            let cookie = [(header::SET_COOKIE, site.cookie.take()?)];
            Ok((cookie, Redirect::to("/sign-in")).into_response())
        }
        (Ok(()), _) => Ok(Redirect::to("/").into_response()),
        (Err(error @ PinError::Same), _) => {
            problems.add("new_pin", sentence(&error.to_string()));
            refused(&site, &session, problems)
        }
        (
            Err(PinError::NotProved(
                error @ (SignInError::Refused
                | SignInError::Wait { .. }
                | SignInError::Locked
                | SignInError::Clock(_)),
            )),
            _,
        ) => {
            problems.add("pin", sentence(&error.to_string()));
            refused(&site, &session, problems)
        }
        (Err(error), _) => Err(error.into()),
    }
}

fn read_chosen(fields: &Fields, problems: &mut Problems) -> Option<ChosenPin> {
    let typed: Option<Pin> = fields.text("new_pin").parse().ok();
    let Some(typed) = typed else {
        problems.add("new_pin", "Choose a PIN of 6 to 16 digits");
        return None;
    };
    if fields.text("new_pin") != fields.text("again") {
        problems.add("again", "Type the same PIN twice");
        return None;
    }
    let told = |PinRefusal::Common| {
        problems
            .add("new_pin", "This PIN is among those that are guessed first: choose another one");
    };
    typed.choose().map_err(told).ok()
}

fn refused(site: &Site, session: &Session, problems: Problems) -> Result<Response, Failure> {
    shown(site, session, StatusCode::UNPROCESSABLE_ENTITY, problems)
}

fn shown(
    site: &Site,
    session: &Session,
    status: StatusCode,
    problems: Problems,
) -> Result<Response, Failure> {
    let form = |given, name: &str| PinForm { problems, given, name: name.to_owned() };
    match session {
        Session::GivenPin(known) => {
            site.outside_page(status, "pin.html", form(true, known.employee.name.expose()))
        }
        Session::Open(open) => {
            let name = open.caller.employee().name.expose();
            let page = site.page(open, ("/pin", "pin.html"), form(false, name))?;
            Ok((status, page).into_response())
        }
        Session::Locked(_) => Ok(Redirect::to("/unlock").into_response()),
        Session::None => Ok(Redirect::to("/sign-in").into_response()),
    }
}
