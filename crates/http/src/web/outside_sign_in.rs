//! Signing in, unlocking and stepping up at an identity provider: the way there, and the way back.
//!
//! A form can't lead there by itself: this site's policy lets forms lead to this site alone (`form-action`), which browsers hold against each
//! redirect, too. So its answer is a page that goes on. Nor does the session's cookie come back from there (`SameSite=Strict`): the browser is
//! known again by a cookie of its own, good for that one question, and the page that opens the session goes on by itself.

use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{AppendHeaders, IntoResponse, Response},
};
use kinfold_service::oidc::{Brought, Going, OutsideError, Went};
use serde::Serialize;
use zeroize::Zeroizing;

use super::{
    emergency::remind,
    failure::{Failure, sentence},
    lock,
    peer::Peer,
    session::{Session, ToReopen},
    set_aside::{self, Aside},
    site::{Shared, Site},
};

/// The longest of what a provider sends back in one parameter: codes that carry what they stand for have some kilobytes.
const LONGEST: usize = 8 << 10;
/// What is said of an opened session.
const IN: &str = "You are signed in";

#[derive(Serialize)]
struct GoPage {
    name: String,
    address: String,
    /// Where whoever would rather use PIN and code goes.
    instead: &'static str,
}

#[derive(Serialize)]
struct BackPage {
    name: String,
    address: String,
    heading: &'static str,
}

#[derive(Serialize)]
struct FailedPage {
    name: String,
    why: String,
}

/// `POST /sign-in/oidc`
pub(super) async fn ask(
    State(site): State<Shared>,
    session: Session,
    aside: Aside,
) -> Result<Response, Failure> {
    let arriving = set_aside::arriving(&site, session.clone(), &aside).await?;
    let gone = go(&site, site.services.outside.ask().await, "/sign-in")?;
    if !matches!(session, Session::Open(_) | Session::Locked(_)) {
        return Ok(gone);
    }
    let cookies = arriving.sent_on(&site).await?.map(|set| (header::SET_COOKIE, set));
    Ok((AppendHeaders(cookies), gone).into_response())
}

/// `POST /unlock/oidc`
pub(super) async fn ask_unlock(
    State(site): State<Shared>,
    ToReopen(locked): ToReopen,
) -> Result<Response, Failure> {
    go(&site, site.services.outside.ask_unlock(&locked.secret).await, "/unlock")
}

/// `GET /sign-in/oidc/back`: where the provider sends the browser.
pub(super) async fn back(
    State(site): State<Shared>,
    Peer(address): Peer,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let query = Zeroizing::new(query.unwrap_or_default());
    let (state, code) = (one(&query, "state"), one(&query, "code"));
    let (error, issuer) = (one(&query, "error"), one(&query, "iss"));
    let brought = Brought {
        state: state.as_ref().map_or("", |state| state.as_str()),
        code: code.as_ref().map(|code| code.as_str()),
        error: error.as_ref().map(|error| error.as_str()),
        issuer: issuer.as_ref().map(|issuer| issuer.as_str()),
    };
    let mark = site.cookie.find_question(&headers).unwrap_or_default();
    let spent = (header::SET_COOKIE, site.cookie.take_question()?);
    match site.services.outside.back(&mark, brought, address).await {
        Ok(Went::SignedIn(secret)) => {
            remind(&site, &secret).await;
            let given = (header::SET_COOKIE, site.cookie.give(&secret)?);
            let page = gone_through(&site, IN, "/")?;
            Ok((AppendHeaders([given, spent]), page).into_response())
        }
        Ok(Went::Unlocked(reopened)) => {
            remind(&site, &reopened.secret).await;
            let given = (header::SET_COOKIE, site.cookie.give(&reopened.secret)?);
            let page = gone_through(&site, IN, lock::go_on(&site, &reopened))?;
            Ok((AppendHeaders([given, spent]), page).into_response())
        }
        Ok(Went::SteppedUp) => {
            let page = gone_through(&site, "It is you", "/step-up")?;
            Ok((AppendHeaders([spent]), page).into_response())
        }
        Err(error) => Ok((AppendHeaders([spent]), failed(&site, error)?).into_response()),
    }
}

fn gone_through(site: &Site, heading: &'static str, to: &str) -> Result<Response, Failure> {
    let content = BackPage { name: name(site), address: to.to_owned(), heading };
    site.outside_page(StatusCode::OK, "outside-back.html", content)
}

pub(super) fn go(
    site: &Site,
    going: Result<Going, OutsideError>,
    instead: &'static str,
) -> Result<Response, Failure> {
    match going {
        Ok(Going { address, mark }) => {
            let cookie = [(header::SET_COOKIE, site.cookie.give_question(&mark)?)];
            let content = GoPage { name: name(site), address, instead };
            Ok((cookie, site.outside_page(StatusCode::OK, "outside-go.html", content)?)
                .into_response())
        }
        Err(error) => failed(site, error),
    }
}

/// What is told of a sign-in there that opened nothing.
fn failed(site: &Site, error: OutsideError) -> Result<Response, Failure> {
    let status = match &error {
        OutsideError::Away { .. } => StatusCode::SERVICE_UNAVAILABLE,
        OutsideError::Declined { .. }
        | OutsideError::Refused
        | OutsideError::TooWeak { .. }
        | OutsideError::TooOld { .. }
        | OutsideError::NotLinked { .. }
        | OutsideError::Over => StatusCode::UNAUTHORIZED,
        OutsideError::NotHere
        | OutsideError::SignIn(_)
        | OutsideError::Ledger(_)
        | OutsideError::Store(_) => return Err(error.into()),
    };
    let why = sentence(&error.to_string());
    site.outside_page(status, "outside-failed.html", FailedPage { name: name(site), why })
}

fn name(site: &Site) -> String {
    site.services.outside.name().unwrap_or_default().to_owned()
}

/// The only value of a parameter; of several nobody knows which is meant.
fn one(query: &str, name: &str) -> Option<Zeroizing<String>> {
    let mut values = url::form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name);
    let (_, value) = values.next().filter(|(_, value)| value.len() <= LONGEST)?;
    values.next().is_none().then(|| Zeroizing::new(value.into_owned()))
}

impl super::session::CookieName {
    /// The header that gives a browser that goes to the provider what it is known by when it comes back.
    fn give_question(&self, mark: &str) -> Result<HeaderValue, Failure> {
        self.question(mark, 600)
    }

    fn take_question(&self) -> Result<HeaderValue, Failure> {
        self.question("", 0)
    }

    /// `Lax`: it has to come back from another site, in the address bar and nowhere else.
    fn question(&self, mark: &str, seconds: u32) -> Result<HeaderValue, Failure> {
        let terms = format!("Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={seconds}");
        let cookie = Zeroizing::new(format!("{}={mark}; {terms}", self.of_questions()));
        let mut header = HeaderValue::try_from(cookie.as_str()).map_err(|_| Failure::Panicked)?;
        header.set_sensitive(true);
        Ok(header)
    }
}
