//! A token whose clock has wandered, found again by two codes: user name, PIN, and two codes that it showed one after the other.

use axum::{extract::State, http::StatusCode, response::Response};
use kinfold_token::CodePair;
use serde::Serialize;

use super::{
    clues::Problems,
    failure::Failure,
    fields::Fields,
    peer::Peer,
    sign_in::{read_code, read_pin, read_user_name, refused, with_wait},
    site::{Shared, Site},
};

#[derive(Default, Serialize)]
struct ResyncForm {
    #[serde(flatten)]
    problems: Problems,
    user_name: String,
}

/// `GET /resync`
pub(super) async fn form(State(site): State<Shared>) -> Result<Response, Failure> {
    site.outside_page(StatusCode::OK, "resync.html", ResyncForm::default())
}

/// `POST /resync`
pub(super) async fn find(
    State(site): State<Shared>,
    Peer(address): Peer,
    fields: Fields,
) -> Result<Response, Failure> {
    let mut problems = Problems::default();
    let user_name = read_user_name(&fields).map_err(|text| problems.add("user_name", text)).ok();
    let pin = read_pin(&fields).map_err(|text| problems.add("pin", text)).ok();
    let first = read_code(&fields, "first").map_err(|text| problems.add("first", text)).ok();
    let second = read_code(&fields, "second").map_err(|text| problems.add("second", text)).ok();
    let typed = fields.text("user_name").chars().take(64).collect();
    let (Some(user_name), Some(pin), Some((first, second))) = (user_name, pin, first.zip(second))
    else {
        return again(&site, StatusCode::UNPROCESSABLE_ENTITY, problems, typed);
    };
    let codes = CodePair::new(first, second);
    let _turn = site.proofs.acquire().await.map_err(|_| Failure::Busy)?;
    match site.services.sign_in.resynchronise(address, &user_name, pin, &codes).await {
        Ok(()) => site.outside_page(StatusCode::OK, "resync-done.html", ()),
        Err(error) => {
            let (status, wait) = refused(error, "user_name", &mut problems)?;
            Ok(with_wait(again(&site, status, problems, typed)?, wait))
        }
    }
}

fn again(
    site: &Site,
    status: StatusCode,
    problems: Problems,
    user_name: String,
) -> Result<Response, Failure> {
    site.outside_page(status, "resync.html", ResyncForm { problems, user_name })
}
