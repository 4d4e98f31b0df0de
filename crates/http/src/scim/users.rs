//! The users: listed, read, added, replaced, changed, and deleted, which means that they have left.

use axum::{
    extract::{FromRequestParts, Path, State},
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use kinfold_domain::EmployeeId;
use kinfold_service::staff::{Known, StaffError};
use serde_json::{Map, Value, json};

use super::{
    Shared,
    body::Sent,
    filter::Filter,
    patch::{Patched, patched},
    query::Query,
    refusal::Refusal,
    user,
    view::{self, Scim},
    wrong::Wrong,
};

/// Whom an address names.
pub(super) struct Id(EmployeeId);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        let id = path.ok().and_then(|Path(id)| id.parse().ok());
        id.map(EmployeeId).map(Self).ok_or(Refusal::NotFound)
    }
}

/// `GET /scim/v2/Users`
pub(super) async fn list(State(services): State<Shared>, query: Query) -> Result<Scim, Refusal> {
    let (start, count) = query.page()?;
    let personnel = &services.personnel;
    let found = match query.filter()? {
        Filter::Everybody => personnel.all().await?,
        Filter::UserName(name) => personnel.named(&name).await?.into_iter().collect(),
        Filter::External(id) => {
            let is = |known: &Known| known.external.as_ref().is_some_and(|one| *one.expose() == id);
            personnel.all().await?.into_iter().filter(is).collect()
        }
        Filter::Nobody => Vec::new(),
    };
    let (wish, base) = (query.wish(), &services.base_url);
    let page = found.iter().skip(start - 1).take(count);
    let page: Vec<Value> = page.map(|known| wish.narrow(view::user(base, known))).collect();
    Ok(Scim(listed(found.len(), start, &page)))
}

/// `GET /scim/v2/Users/{id}`
pub(super) async fn one(
    State(services): State<Shared>,
    Id(id): Id,
    query: Query,
) -> Result<Scim, Refusal> {
    let known = services.personnel.one(id).await?;
    Ok(Scim(query.wish().narrow(view::user(&services.base_url, &known))))
}

/// `POST /scim/v2/Users`
pub(super) async fn create(
    State(services): State<Shared>,
    query: Query,
    Sent(sent): Sent,
) -> Result<Response, Refusal> {
    let roles = services.personnel.roles();
    let sent = user::Sent { user: &sent, known: None, roles: &roles };
    let (user_name, wanted) = (sent.user_name()?, sent.wanted()?);
    let known = {
        let services = Shared::clone(&services);
        finished(async move { services.personnel.join(user_name, wanted).await }).await?
    };
    let body = Scim(query.wish().narrow(view::user(&services.base_url, &known)));
    let mut response = (StatusCode::CREATED, body).into_response();
    if let Ok(place) = HeaderValue::try_from(view::location(&services.base_url, &known)) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    Ok(response)
}

/// `PUT /scim/v2/Users/{id}`
pub(super) async fn replace(
    State(services): State<Shared>,
    Id(id): Id,
    query: Query,
    Sent(sent): Sent,
) -> Result<Scim, Refusal> {
    let known = services.personnel.one(id).await?;
    let known = stand(&services, &known, &sent).await?;
    Ok(Scim(query.wish().narrow(view::user(&services.base_url, &known))))
}

/// `PATCH /scim/v2/Users/{id}`
pub(super) async fn change(
    State(services): State<Shared>,
    Id(id): Id,
    query: Query,
    Sent(sent): Sent,
) -> Result<Scim, Refusal> {
    let known = services.personnel.one(id).await?;
    let Patched { user, wrong } = patched(view::map(&services.base_url, &known), &sent);
    if let Some(wrong) = wrong {
        // Nobody stays because something else in the same request is wrong.
        if !(user::Sent { user: &user, known: Some(&known), roles: &[] }).active()? {
            finished(async move { services.personnel.leave(id).await }).await?;
        }
        return Err(wrong.into());
    }
    let known = stand(&services, &known, &user).await?;
    Ok(Scim(query.wish().narrow(view::user(&services.base_url, &known))))
}

/// `DELETE /scim/v2/Users/{id}`
pub(super) async fn delete(
    State(services): State<Shared>,
    Id(id): Id,
) -> Result<StatusCode, Refusal> {
    finished(async move { services.personnel.withdraw(id).await }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Brings somebody to how they are to stand. Whoever is to leave may be called otherwise by now.
async fn stand(
    services: &Shared,
    known: &Known,
    sent: &Map<String, Value>,
) -> Result<Known, Refusal> {
    let roles = services.personnel.roles();
    let sent = user::Sent { user: sent, known: Some(known), roles: &roles };
    let (wanted, employee) = (sent.wanted()?, &known.employed.employee);
    if wanted.active && sent.user_name()? != employee.user_name {
        return Err(Wrong::for_good().into());
    }
    let (services, id) = (Shared::clone(services), employee.id);
    finished(async move { services.personnel.bring_to(id, wanted).await }).await
}

/// What began is finished, also when nobody waits for the answer any more: a leaver must not have left by half.
async fn finished<T: Send + 'static>(
    work: impl Future<Output = Result<T, StaffError>> + Send + 'static,
) -> Result<T, Refusal> {
    match tokio::spawn(work).await {
        Ok(done) => Ok(done?),
        Err(_) => Err(Refusal::Panicked),
    }
}

/// A list of resources (RFC 7644, section 3.4.2).
pub(super) fn listed(total: usize, start: usize, resources: &[Value]) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": total,
        "startIndex": start,
        "itemsPerPage": resources.len(),
        "Resources": resources,
    })
}
