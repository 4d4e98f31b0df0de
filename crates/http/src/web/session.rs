//! Who is asking: the cookie, and the session that it opens.

use std::sync::Arc;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, Method, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use kinfold_domain::{AgencyId, Employee};
use kinfold_service::{
    Caller,
    sign_in::{SessionError, SessionSecret},
};

use zeroize::Zeroizing;

use super::{
    failure::Failure,
    site::{Shared, Site},
};

/// The cookie's name. It carries the agency's: two nodes on one machine share a host, and a browser sends each the other's.
pub(super) struct CookieName(String);

impl CookieName {
    pub(super) fn of(agency: &AgencyId) -> Self {
        Self(format!("__Host-kinfold-{agency}"))
    }

    /// The secret among a request's cookies.
    fn find(&self, headers: &HeaderMap) -> Option<SessionSecret> {
        SessionSecret::parse(value(headers, &self.0)?)
    }

    /// The cookie's own name.
    pub(super) fn of_session(&self) -> &str {
        &self.0
    }

    /// The name of the cookie by which a browser is known that comes back from an identity provider.
    pub(super) fn of_questions(&self) -> String {
        format!("{}-oidc", self.0)
    }

    /// What that cookie holds.
    pub(super) fn find_question(&self, headers: &HeaderMap) -> Option<Zeroizing<String>> {
        value(headers, &self.of_questions()).map(|value| Zeroizing::new(value.to_owned()))
    }

    /// The header that gives the secret to the browser until it is closed.
    pub(super) fn give(&self, secret: &SessionSecret) -> Result<HeaderValue, Failure> {
        set(&self.0, &secret.expose(), "")
    }

    /// The header that takes it away.
    pub(super) fn take(&self) -> Result<HeaderValue, Failure> {
        set(&self.0, "", "; Max-Age=0")
    }
}

/// A cookie that this site's own pages alone send, and no script reads.
pub(super) fn set(name: &str, value: &str, more: &str) -> Result<HeaderValue, Failure> {
    let terms = format!("Path=/; Secure; HttpOnly; SameSite=Strict{more}");
    let cookie = Zeroizing::new(format!("{name}={value}; {terms}"));
    let mut header = HeaderValue::try_from(cookie.as_str()).map_err(|_| Failure::Panicked)?;
    header.set_sensitive(true);
    Ok(header)
}

/// A cookie's value.
pub(super) fn value<'a>(headers: &'a HeaderMap, wanted: &str) -> Option<&'a str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find(|(name, _)| *name == wanted)
        .map(|(_, value)| value)
}

/// An open session.
pub(super) struct Open {
    pub(super) caller: Caller,
    pub(super) secret: SessionSecret,
}

/// One that opens a single page.
pub(super) struct Locked {
    pub(super) employee: Employee,
    pub(super) secret: SessionSecret,
}

/// How the asker stands.
#[derive(Clone)]
pub(super) enum Session {
    None,
    Locked(Arc<Locked>),
    /// Open for the page on which a PIN of one's own is chosen.
    GivenPin(Arc<Locked>),
    Open(Arc<Open>),
}

/// Finds the session of a request; this counts as use.
pub(super) async fn find(site: &Site, headers: &HeaderMap) -> Result<Session, Failure> {
    let Some(secret) = site.cookie.find(headers) else { return Ok(Session::None) };
    match site.services.sign_in.caller(&secret).await {
        Ok(caller) => Ok(Session::Open(Arc::new(Open { caller, secret }))),
        Err(SessionError::Locked(employee)) => {
            Ok(Session::Locked(Arc::new(Locked { employee: *employee, secret })))
        }
        Err(SessionError::GivenPin(employee)) => {
            Ok(Session::GivenPin(Arc::new(Locked { employee: *employee, secret })))
        }
        Err(SessionError::None) => Ok(Session::None),
        Err(error @ SessionError::Store(_)) => Err(Failure::Session(error)),
    }
}

/// Takes any session, also none.
impl FromRequestParts<Shared> for Session {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Shared) -> Result<Self, Self::Rejection> {
        Ok(parts.extensions.get().cloned().unwrap_or(Self::None))
    }
}

/// Takes an open session only. Whoever lacks one is led to the page where it is opened; a form that was sent without one is
/// refused, unless it is kept for whoever unlocks the screen ([`super::drafts`]).
pub(super) struct SignedIn(pub(super) Arc<Open>);

impl FromRequestParts<Shared> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &Shared) -> Result<Self, Response> {
        let looking = matches!(parts.method, Method::GET | Method::HEAD);
        match (parts.extensions.get(), looking) {
            (Some(Session::Open(open)), _) => Ok(Self(Arc::clone(open))),
            (Some(Session::Locked(_)), true) => Err(Redirect::to("/unlock").into_response()),
            (Some(Session::Locked(_)), false) => Err(Failure::Locked.into_response()),
            (Some(Session::GivenPin(_)), true) => Err(Redirect::to("/pin").into_response()),
            (Some(Session::GivenPin(_)), false) => Err(Failure::GivenPin.into_response()),
            (_, true) => Err(Redirect::to("/sign-in").into_response()),
            (_, false) => Err(Failure::SignedOut.into_response()),
        }
    }
}

/// Takes a locked session only, for what reopens it. Whoever has an open one goes on in it.
pub(super) struct ToReopen(pub(super) Arc<Locked>);

impl FromRequestParts<Shared> for ToReopen {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &Shared) -> Result<Self, Response> {
        match parts.extensions.get() {
            Some(Session::Locked(locked)) => Ok(Self(Arc::clone(locked))),
            Some(Session::Open(_) | Session::GivenPin(_)) => Err(Redirect::to("/").into_response()),
            Some(Session::None) | None => Err(Failure::SignedOut.into_response()),
        }
    }
}
