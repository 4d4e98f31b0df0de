//! Locking a screen and reopening it, with what stood in the page's form.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{AppendHeaders, IntoResponse, Redirect, Response},
};
use kinfold_service::sign_in::Reopened;
use serde::Serialize;

use super::{
    clues::Problems,
    drafts::Waits,
    emergency::remind,
    failure::Failure,
    fields::Fields,
    peer::Peer,
    session::{Locked, Session, SignedIn, ToReopen},
    set_aside::{Aside, Colleague},
    sign_in::{refused_with, with_wait},
    site::{Shared, Site},
    typed_code::TypedCode,
};

#[derive(Serialize)]
struct UnlockForm {
    #[serde(flatten)]
    problems: Problems,
    name: String,
    /// What was typed is kept.
    kept: bool,
    not_kept: bool,
    /// Who else was at this screen.
    aside: Vec<Colleague>,
    passkey_origin: Option<String>,
    provider: Option<String>,
}

/// `POST /lock`: whatever can't be kept, the screen is locked.
pub(super) async fn lock(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    sent: Result<Fields, Failure>,
) -> Result<Redirect, Failure> {
    let sign_in = &site.services.sign_in;
    site.drafts.sweep(|session| sign_in.stands(session));
    site.drafts.keep(open.caller.session(), sent);
    sign_in.lock(&open.caller).await?;
    Ok(Redirect::to("/unlock"))
}

/// `GET /unlock`
pub(super) async fn locked(
    State(site): State<Shared>,
    session: Session,
    aside: Aside,
) -> Result<Response, Failure> {
    match session {
        Session::Open(_) | Session::GivenPin(_) => Ok(Redirect::to("/").into_response()),
        Session::None => Ok(Redirect::to("/sign-in").into_response()),
        Session::Locked(locked) => {
            again(&site, (StatusCode::OK, None), (&locked, &aside), Problems::default()).await
        }
    }
}

/// `POST /unlock`
pub(super) async fn unlock(
    State(site): State<Shared>,
    Peer(address): Peer,
    ToReopen(locked): ToReopen,
    aside: Aside,
    fields: Fields,
) -> Result<Response, Failure> {
    let mut problems = Problems::default();
    let Some(code) = TypedCode::read(&fields, &mut problems) else {
        let status = (StatusCode::UNPROCESSABLE_ENTITY, None);
        return again(&site, status, (&locked, &aside), problems).await;
    };
    let _turn = site.proofs.acquire().await.map_err(|_| Failure::Busy)?;
    let (hint, services, secret) = (code.hint(), &site.services, &locked.secret);
    let opened = match code {
        TypedCode::Token(typed) => services.sign_in.unlock(secret, typed, address).await,
        TypedCode::Emergency(typed) => services.emergency.unlock(secret, typed, address).await,
    };
    match opened {
        Ok(reopened) => unlocked(&site, &reopened).await,
        Err(error) => {
            let status = refused_with(error, ("pin", hint), &mut problems)?;
            again(&site, status, (&locked, &aside), problems).await
        }
    }
}

/// Lets somebody in again, to what they had left.
pub(super) async fn unlocked(site: &Site, reopened: &Reopened) -> Result<Response, Failure> {
    remind(site, &reopened.secret).await;
    let to = go_on(site, reopened);
    let cookie = AppendHeaders([(header::SET_COOKIE, site.cookie.give(&reopened.secret)?)]);
    Ok((cookie, Redirect::to(to)).into_response())
}

/// Hands what was left to the session as it goes on; answers where to.
pub(super) fn go_on(site: &Site, reopened: &Reopened) -> &'static str {
    site.hand_on(reopened.before, reopened.now);
    match site.drafts.waits(reopened.now) {
        Some(Waits::Kept) => "/draft",
        Some(Waits::NotKept) | None => "/",
    }
}

/// The page of a locked screen, with what is wrong.
pub(super) async fn again(
    site: &Site,
    (status, wait): (StatusCode, Option<i64>),
    (locked, aside): (&Locked, &Aside),
    problems: Problems,
) -> Result<Response, Failure> {
    let waits = site.drafts.waits(locked.secret.id());
    let form = UnlockForm {
        problems,
        name: locked.employee.name.expose().clone(),
        kept: waits == Some(Waits::Kept),
        not_kept: waits == Some(Waits::NotKept),
        aside: aside.colleagues(site).await?,
        passkey_origin: site.services.passkeys.origin().map(str::to_owned),
        provider: site.services.outside.name().map(str::to_owned),
    };
    let page = site.outside_page(status, "unlock.html", form)?;
    Ok(with_wait(page, wait))
}
