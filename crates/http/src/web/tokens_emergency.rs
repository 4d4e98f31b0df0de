//! Operators end the emergency codes that somebody has lost.

use axum::{extract::State, response::Response};
use kinfold_domain::UserName;
use kinfold_service::{emergency::EmergencyError, records::Asker};

use super::{
    emergency::{Sheet, sheet},
    failure::Failure,
    fields::Fields,
    session::SignedIn,
    sign_in::read_user_name,
    site::{Shared, Site},
    spoken::Spoken,
    tokens::{admit, of_employee},
};

/// `POST /tokens/emergency-codes`
pub(super) async fn end(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    admit(&site, &open)?;
    let user_name = read_user_name(&fields).map_err(|_| Failure::Garbled)?;
    let by = Asker::from(open.caller.employee());
    site.services.emergency.end(&user_name, Some(by)).await?;
    of_employee(&site, &open, user_name.as_str()).await
}

/// Somebody's sheet, if there is one.
pub(super) async fn theirs(
    site: &Site,
    spoken: &Spoken,
    user_name: &UserName,
) -> Result<Option<Sheet>, Failure> {
    match site.services.emergency.of(user_name).await {
        Err(EmergencyError::NoAccount) => Ok(None),
        found => Ok(found?.map(|known| sheet(spoken, known))),
    }
}
