//! Who asks: a registered system, by its access token.

use std::{marker::PhantomData, sync::Arc};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};

use super::{answer::Shared, client::Client, refusal::Refusal, tokens::Scopes};

/// What a handler needs of a token.
pub(super) trait Scope {
    /// As SMART writes it.
    const NAME: &'static str;
    /// Whether it is among those held.
    fn is_held(scopes: Scopes) -> bool;
}

/// Flags may be searched.
pub(super) struct Flags;
/// Patients may be matched.
pub(super) struct Patients;

impl Scope for Flags {
    const NAME: &'static str = "system/Flag.rs";
    fn is_held(scopes: Scopes) -> bool {
        scopes.flags
    }
}

impl Scope for Patients {
    const NAME: &'static str = "system/Patient.r";
    fn is_held(scopes: Scopes) -> bool {
        scopes.patients
    }
}

/// A registered system whose token has this scope.
pub(super) struct Granted<S>(pub(super) Arc<Client>, pub(super) PhantomData<S>);

impl<S: Scope> FromRequestParts<Shared> for Granted<S> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, desk: &Shared) -> Result<Self, Refusal> {
        let token = bearer(&parts.headers).ok_or(Refusal::NoToken)?;
        let grant = desk.tokens.find(token, desk.now()).ok_or(Refusal::DeadToken)?;
        if !S::is_held(grant.scopes) {
            return Err(Refusal::NoScope(S::NAME));
        }
        Ok(Self(grant.client, PhantomData))
    }
}

/// The token of `authorization: Bearer …` (RFC 6750); none when there are two.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut sent = headers.get_all(header::AUTHORIZATION).iter();
    let (one, None) = (sent.next()?, sent.next()) else { return None };
    let (scheme, token) = one.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
