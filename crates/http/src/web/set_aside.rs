//! Several people at one screen: whoever locked it is set aside when a colleague signs in, and comes back with PIN and code.
//!
//! A second cookie of the browser's holds the secrets of those who were set aside. Each of their sessions is locked, and goes on under
//! another secret once its owner has reopened it ([`kinfold_service::sign_in::Reopened`]): what the cookie holds opens nothing by itself.

use std::convert::Infallible;

use axum::{
    extract::{FromRequestParts, State},
    http::{HeaderMap, HeaderValue, header, request::Parts},
    response::{AppendHeaders, IntoResponse, Redirect, Response},
};
use kinfold_domain::Employee;
use kinfold_service::{
    ports::SessionId,
    sign_in::{SessionError, SessionSecret},
};
use serde::Serialize;
use zeroize::Zeroizing;

use super::{
    drafts::Waits,
    emergency::remind,
    failure::Failure,
    fields::Fields,
    session::{self, CookieName, Session, value},
    site::{Shared, Site},
};

/// The most who are set aside in one browser: a shift of a small ward.
const MOST: usize = 8;

/// Who was set aside in a browser, as its cookie says: not yet looked up.
#[derive(Clone, Default)]
pub(super) struct Aside(Vec<SessionSecret>);

/// Somebody who was set aside, as pages name them.
#[derive(Serialize)]
pub(super) struct Colleague {
    name: String,
    session: String,
}

struct Person {
    secret: SessionSecret,
    employee: Employee,
}

impl CookieName {
    fn of_aside(&self) -> String {
        format!("{}-aside", self.of_session())
    }

    fn find_aside(&self, headers: &HeaderMap) -> Aside {
        let secrets = value(headers, &self.of_aside()).unwrap_or_default().split('.');
        Aside(secrets.filter_map(SessionSecret::parse).take(MOST).collect())
    }

    fn give_aside(&self, people: &[Person]) -> Result<HeaderValue, Failure> {
        let secrets: Vec<_> = people.iter().map(|person| person.secret.expose()).collect();
        let secrets: Vec<&str> = secrets.iter().map(|secret| secret.as_str()).collect();
        let value = Zeroizing::new(secrets.join("."));
        let more = if value.is_empty() { "; Max-Age=0" } else { "" };
        session::set(&self.of_aside(), &value, more)
    }
}

impl FromRequestParts<Shared> for Aside {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, site: &Shared) -> Result<Self, Infallible> {
        Ok(site.cookie.find_aside(&parts.headers))
    }
}

impl Aside {
    /// Who of them can still come back. One that is open is locked: it was set aside.
    async fn people(&self, site: &Site) -> Result<Vec<Person>, Failure> {
        let sign_in = &site.services.sign_in;
        let mut people = Vec::with_capacity(self.0.len());
        for secret in &self.0 {
            let employee = match sign_in.caller(secret).await {
                Err(SessionError::Locked(employee)) => *employee,
                Ok(caller) => {
                    sign_in.lock(&caller).await?;
                    caller.employee().clone()
                }
                Err(SessionError::None | SessionError::GivenPin(_)) => continue,
                Err(error @ SessionError::Store(_)) => return Err(error.into()),
            };
            people.push(Person { secret: secret.clone(), employee });
        }
        Ok(people)
    }

    /// Who of them can still come back, for a page.
    pub(super) async fn colleagues(&self, site: &Site) -> Result<Vec<Colleague>, Failure> {
        let people = self.people(site).await?;
        let named = people.into_iter().map(|Person { secret, employee }| Colleague {
            name: employee.name.expose().clone(),
            session: hex::encode(secret.id().0),
        });
        Ok(named.collect())
    }
}

/// Whoever has the screen, locked, among those who were set aside.
async fn with(
    site: &Site,
    session: &Session,
    mut people: Vec<Person>,
) -> Result<Vec<Person>, Failure> {
    let (secret, employee) = match session {
        Session::Open(open) => {
            site.services.sign_in.lock(&open.caller).await?;
            (&open.secret, open.caller.employee())
        }
        Session::Locked(locked) => (&locked.secret, &locked.employee),
        Session::None | Session::GivenPin(_) => return Ok(people),
    };
    people.retain(|person| person.secret.id() != secret.id());
    people.push(Person { secret: secret.clone(), employee: employee.clone() });
    if people.len() > MOST { Err(Failure::Crowded) } else { Ok(people) }
}

/// `POST /switch`: sets whoever has the screen aside, and turns to a colleague who was set aside, or to whoever comes new.
pub(super) async fn switch(
    State(site): State<Shared>,
    session: Session,
    aside: Aside,
    fields: Fields,
) -> Result<Response, Failure> {
    let mut people = aside.people(&site).await?;
    let mut wanted = SessionId([0; 32]);
    let named = hex::decode_to_slice(fields.text("session"), &mut wanted.0).is_ok();
    let at = people.iter().position(|person| named && person.secret.id() == wanted);
    // One who has ended meanwhile stands on no list any more.
    let coming = at.map(|at| people.remove(at));
    let people = with(&site, &session, people).await?;
    let (given, to) = match &coming {
        Some(person) => (site.cookie.give(&person.secret)?, "/unlock"),
        None => (site.cookie.take()?, "/sign-in"),
    };
    let cookies = [given, site.cookie.give_aside(&people)?].map(|set| (header::SET_COOKIE, set));
    Ok((AppendHeaders(cookies), Redirect::to(to)).into_response())
}

/// Somebody is about to sign in, perhaps over a screen that a colleague has left; refused where nobody more can be set aside.
pub(super) async fn arriving(
    site: &Site,
    session: Session,
    aside: &Aside,
) -> Result<Arrival, Failure> {
    let people = aside.people(site).await?;
    let has_screen = matches!(session, Session::Open(_) | Session::Locked(_));
    if people.len() + usize::from(has_screen) > MOST {
        return Err(Failure::Crowded);
    }
    Ok(Arrival { session, people })
}

/// Who had the screen before, and who was set aside.
pub(super) struct Arrival {
    session: Session,
    people: Vec<Person>,
}

impl Arrival {
    /// Somebody has signed in. What they had left in a session of their own at this screen is theirs again, and that session ends.
    pub(super) async fn signed_in(
        self,
        site: &Site,
        secret: &SessionSecret,
    ) -> Result<Response, Failure> {
        remind(site, secret).await;
        let sign_in = &site.services.sign_in;
        let employee = match sign_in.caller(secret).await {
            Ok(caller) => caller.employee().id,
            Err(SessionError::GivenPin(employee) | SessionError::Locked(employee)) => employee.id,
            Err(error) => return Err(error.into()),
        };
        let people = with(site, &self.session, self.people).await?;
        let (own, others): (Vec<_>, Vec<_>) =
            people.into_iter().partition(|person| person.employee.id == employee);
        for before in own {
            site.hand_on(before.secret.id(), secret.id());
            sign_in.sign_out(&before.secret).await?;
        }
        let kept = site.drafts.waits(secret.id()) == Some(Waits::Kept);
        let cookies = [site.cookie.give(secret)?, site.cookie.give_aside(&others)?];
        let cookies = cookies.map(|set| (header::SET_COOKIE, set));
        let to = Redirect::to(if kept { "/draft" } else { "/" });
        Ok((AppendHeaders(cookies), to).into_response())
    }

    /// Somebody is sent to where they sign in: what comes back from there does not know who had the screen.
    pub(super) async fn sent_on(self, site: &Site) -> Result<[HeaderValue; 2], Failure> {
        let people = with(site, &self.session, self.people).await?;
        Ok([site.cookie.take()?, site.cookie.give_aside(&people)?])
    }
}
