//! Sessions in several places: the line on top of every page, an employee's own sessions, and whom governance should ask.

use std::collections::HashMap;

use axum::{extract::State, response::Redirect};
use jiff::Timestamp;
use kinfold_domain::{EmployeeId, Role};
use kinfold_service::{
    ports::{Address, SessionId},
    sign_in::Origin,
    staff::Employed,
};
use serde::Serialize;

use super::{
    failure::Failure,
    fields::Fields,
    session::{Open, SignedIn},
    site::{Shared, Site},
    spoken::Spoken,
};

/// One of one's own sessions.
#[derive(Serialize)]
pub(super) struct SessionLine {
    id: String,
    place: String,
    since: String,
    seen: String,
    locked: bool,
    this: bool,
}

/// Somebody who is signed in at more than one address.
#[derive(Serialize)]
pub(super) struct ScatteredLine {
    user_name: String,
    name: String,
    places: Vec<String>,
}

/// `POST /sessions/end`: one of one's own other sessions.
pub(super) async fn end(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Redirect, Failure> {
    let mut id = [0; 32];
    hex::decode_to_slice(fields.text("session"), &mut id).map_err(|_| Failure::Garbled)?;
    ended(&site, &open, Some(SessionId(id))).await?;
    Ok(Redirect::to("/passkeys"))
}

/// `POST /sessions/end-others`: all of them but this one.
pub(super) async fn end_others(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
) -> Result<Redirect, Failure> {
    ended(&site, &open, None).await?;
    Ok(Redirect::to("/passkeys"))
}

async fn ended(site: &Site, open: &Open, which: Option<SessionId>) -> Result<(), Failure> {
    for session in site.services.sign_in.end_own(&open.caller, which).await? {
        site.forget(session);
    }
    Ok(())
}

/// What stands on every page of somebody who is signed in at another address too.
pub(super) fn banner(site: &Site, open: &Open) -> Vec<String> {
    let elsewhere = site.services.sign_in.elsewhere(&open.caller);
    if elsewhere.is_empty() {
        return Vec::new();
    }
    let spoken = site.spoken();
    elsewhere.iter().map(|session| at(&spoken, session.address, session.since)).collect()
}

/// One's own sessions.
pub(super) fn own(site: &Site, open: &Open) -> Vec<SessionLine> {
    let spoken = site.spoken();
    let own = site.services.sign_in.own_sessions(&open.caller);
    let line = |session: kinfold_service::sign_in::OwnSession| SessionLine {
        id: hex::encode(session.id.0),
        place: place(session.address),
        since: spoken.minute(session.since),
        seen: spoken.minute(session.seen),
        locked: session.locked,
        this: session.this,
    };
    own.into_iter().map(line).collect()
}

/// Who is signed in at more than one address now. Where employees work is for governance alone to see.
pub(super) async fn scattered(
    site: &Site,
    open: &Open,
    everybody: &[Employed],
) -> Result<Option<Vec<ScatteredLine>>, Failure> {
    if open.caller.employee().role.as_str() != Role::INFORMATION_GOVERNANCE {
        return Ok(None);
    }
    let known: HashMap<EmployeeId, &Employed> =
        everybody.iter().map(|one| (one.employee.id, one)).collect();
    let spoken = site.spoken();
    let mut lines = Vec::new();
    for one in site.services.sign_in.scattered().await? {
        let Some(employed) = known.get(&one.employee) else { continue };
        let places = one.places.into_iter().map(|(address, since)| at(&spoken, address, since));
        lines.push(ScatteredLine {
            user_name: employed.employee.user_name.to_string(),
            name: employed.employee.name.expose().clone(),
            places: places.collect(),
        });
    }
    Ok(Some(lines))
}

/// From where wrong sign-ins over many accounts come. As above, for governance alone.
pub(super) fn sprayed(site: &Site, open: &Open) -> Vec<String> {
    if open.caller.employee().role.as_str() != Role::INFORMATION_GOVERNANCE {
        return Vec::new();
    }
    let from = |origin: &Origin| match origin {
        Origin::Network(address) => address.expose().to_string(),
        Origin::Door(door) => door.clone(),
    };
    let sprayed = site.services.sign_in.sprayed();
    sprayed.iter().map(|one| format!("{}: {} accounts", from(&one.origin), one.accounts)).collect()
}

fn at(spoken: &Spoken, address: Option<Address>, since: Timestamp) -> String {
    format!("{} since {}", place(address), spoken.minute(since))
}

fn place(address: Option<Address>) -> String {
    match address {
        Some(address) => address.expose().to_string(),
        None => "an address that is not known".to_owned(),
    }
}
