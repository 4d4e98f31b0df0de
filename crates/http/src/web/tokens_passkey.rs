//! Operators remove a passkey that somebody has lost.

use axum::{extract::State, response::Response};
use kinfold_service::records::Asker;

use super::{
    failure::Failure,
    fields::Fields,
    passkeys::identity,
    session::SignedIn,
    sign_in::read_user_name,
    site::Shared,
    tokens::{admit, of_employee},
};

/// `POST /tokens/passkey`
pub(super) async fn remove(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    admit(&site, &open)?;
    let user_name = read_user_name(&fields).map_err(|_| Failure::Garbled)?;
    let by = Asker::from(open.caller.employee());
    site.services.passkeys.remove(&user_name, identity(&fields)?, by).await?;
    of_employee(&site, &open, user_name.as_str()).await
}
