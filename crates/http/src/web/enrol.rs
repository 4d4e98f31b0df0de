//! Setting up a token: user name, PIN and enrolment code; then the QR code; then two codes that prove it.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, Uri},
    response::Response,
};
use kinfold_service::staff::{EnrolError, Enrolment};
use kinfold_token::CodePair;
use serde::Serialize;
use zeroize::Zeroizing;

use super::{
    clues::Problems,
    failure::{Failure, sentence},
    fields::Fields,
    peer::Peer,
    phone, qr,
    sign_in::{read_code, read_pin, read_user_name, with_wait},
    site::{Shared, Site},
};

#[derive(Default, Serialize)]
struct EnrolForm {
    #[serde(flatten)]
    problems: Problems,
    user_name: String,
}

/// The page with the secret, or, when the codes did not fit, without it: it is shown once.
#[derive(Serialize)]
struct CodesForm {
    #[serde(flatten)]
    problems: Problems,
    user_name: String,
    ticket: String,
    secret: Option<Secret>,
}

#[derive(Serialize)]
struct Secret {
    qr: String,
    uri: String,
    groups: String,
    seconds: u16,
    digits: u8,
    /// Where the phone fetches it; without it when the browser did not say at which address it is.
    phone: Option<ForPhone>,
}

#[derive(Serialize)]
struct ForPhone {
    qr: String,
    address: String,
    code: String,
}

/// `GET /enrol`
pub(super) async fn form(State(site): State<Shared>) -> Result<Response, Failure> {
    site.outside_page(StatusCode::OK, "enrol.html", EnrolForm::default())
}

/// `POST /enrol`
pub(super) async fn begin(
    State(site): State<Shared>,
    Peer(address): Peer,
    uri: Uri,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Failure> {
    let mut problems = Problems::default();
    let user_name = read_user_name(&fields).map_err(|text| problems.add("user_name", text)).ok();
    let pin = read_pin(&fields).map_err(|text| problems.add("pin", text)).ok();
    let ticket = fields.text("ticket");
    if ticket.is_empty() {
        problems.add("ticket", "Enter the enrolment code that your operator gave you");
    }
    let typed = short(fields.text("user_name"));
    let (Some(user_name), Some(pin), true) = (user_name, pin, problems.is_empty()) else {
        return begin_again(&site, StatusCode::UNPROCESSABLE_ENTITY, problems, typed);
    };
    let _turn = site.proofs.acquire().await.map_err(|_| Failure::Busy)?;
    match site.services.staff.begin(address, &user_name, pin, ticket).await {
        Ok(enrolment) => {
            let address = phone::address(&site, &uri, &headers);
            let secret =
                enrolment.map(|enrolment| secret(&site, &enrolment, address)).transpose()?;
            let (user_name, ticket) = (user_name.to_string(), short(ticket));
            let content = CodesForm { problems, user_name, ticket, secret };
            site.outside_page(StatusCode::OK, "enrol-codes.html", content)
        }
        Err(error @ EnrolError::Refused) => {
            problems.add("user_name", sentence(&error.to_string()));
            begin_again(&site, StatusCode::UNAUTHORIZED, problems, typed)
        }
        Err(ref error @ EnrolError::Wait { seconds }) => {
            problems.add("user_name", sentence(&error.to_string()));
            let page = begin_again(&site, StatusCode::TOO_MANY_REQUESTS, problems, typed)?;
            Ok(with_wait(page, Some(seconds)))
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /enrol/codes`
pub(super) async fn finish(
    State(site): State<Shared>,
    Peer(address): Peer,
    fields: Fields,
) -> Result<Response, Failure> {
    let mut problems = Problems::default();
    let user_name = read_user_name(&fields).map_err(|_| Failure::Garbled)?;
    let (ticket, mut wait) = (fields.text("ticket"), None);
    let first = read_code(&fields, "first").map_err(|text| problems.add("first", text)).ok();
    let second = read_code(&fields, "second").map_err(|text| problems.add("second", text)).ok();
    if let Some((first, second)) = first.zip(second) {
        let codes = CodePair::new(first, second);
        match site.services.staff.finish(address, &user_name, ticket, &codes).await {
            Ok(()) => return site.outside_page(StatusCode::OK, "enrol-done.html", ()),
            Err(
                error @ (EnrolError::NotMatched
                | EnrolError::SameCodeTwice
                | EnrolError::AppIgnoresPeriod
                | EnrolError::Clock(_)),
            ) => problems.add("first", sentence(&error.to_string())),
            Err(ref error @ EnrolError::Wait { seconds }) => {
                problems.add("first", sentence(&error.to_string()));
                wait = Some(seconds);
            }
            Err(error) => return Err(error.into()),
        }
    }
    let (user_name, ticket) = (user_name.to_string(), short(ticket));
    let content = CodesForm { problems, user_name, ticket, secret: None };
    let status = if wait.is_some() {
        StatusCode::TOO_MANY_REQUESTS
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    Ok(with_wait(site.outside_page(status, "enrol-codes.html", content)?, wait))
}

fn begin_again(
    site: &Site,
    status: StatusCode,
    problems: Problems,
    user_name: String,
) -> Result<Response, Failure> {
    site.outside_page(status, "enrol.html", EnrolForm { problems, user_name })
}

fn secret(site: &Site, enrolment: &Enrolment, address: Option<String>) -> Result<Secret, Failure> {
    let uri = enrolment.uri.expose();
    let base32 = enrolment.uri.seed().expose_base32();
    let groups: Vec<&str> = (0..base32.len())
        .step_by(4)
        .filter_map(|at| base32.get(at..(at + 4).min(base32.len())))
        .collect();
    let parameters = enrolment.uri.parameters();
    Ok(Secret {
        qr: qr::svg(&uri, "token app").ok_or(EnrolError::Secret)?,
        groups: groups.join(" "),
        seconds: parameters.step.seconds(),
        digits: parameters.digits.count(),
        phone: address.map(|address| for_phone(site, enrolment, address)).transpose()?,
        uri: uri.to_string(),
    })
}

/// The code stands behind the `#`, which browsers never send: it is in nobody's log.
fn for_phone(site: &Site, enrolment: &Enrolment, address: String) -> Result<ForPhone, Failure> {
    let code = site.services.staff.phone_code(enrolment);
    let text = Zeroizing::new(format!("{address}#{}", code.expose()));
    let qr = qr::svg(&text, "phone").ok_or(EnrolError::Secret)?;
    Ok(ForPhone { qr, address, code: code.expose().to_owned() })
}

fn short(text: &str) -> String {
    text.chars().take(64).collect()
}
