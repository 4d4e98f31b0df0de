//! What this surface says of itself (RFC 7643, sections 5 to 7).

use axum::extract::{Path, State, rejection::PathRejection};
use serde_json::{Value, json};
use url::Url;

use super::{
    Shared, query::MOST, refusal::Refusal, schemas::described, user::SCHEMA, users::listed,
    view::Scim,
};

/// `GET /scim/v2/ServiceProviderConfig`
pub(super) async fn provider(State(services): State<Shared>) -> Scim {
    let no = json!({ "supported": false });
    Scim(json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": { "supported": true },
        "bulk": { "supported": false, "maxOperations": 0, "maxPayloadSize": 0 },
        "filter": { "supported": true, "maxResults": MOST },
        "changePassword": no,
        "sort": no,
        "etag": no,
        "authenticationSchemes": [{
            "type": "oauthbearertoken",
            "name": "Bearer token",
            "description": "The token of the node’s configuration, in the header Authorization",
            "primary": true,
        }],
        "meta": meta(&services.base_url, "ServiceProviderConfig", "ServiceProviderConfig"),
    }))
}

/// `GET /scim/v2/ResourceTypes`
pub(super) async fn resource_types(State(services): State<Shared>) -> Scim {
    Scim(listed(1, 1, &[of_users(&services.base_url)]))
}

/// `GET /scim/v2/ResourceTypes/{id}`
pub(super) async fn resource_type(
    State(services): State<Shared>,
    id: Result<Path<String>, PathRejection>,
) -> Result<Scim, Refusal> {
    let is_users = id.is_ok_and(|Path(id)| id == "User");
    if is_users { Ok(Scim(of_users(&services.base_url))) } else { Err(Refusal::NotFound) }
}

/// `GET /scim/v2/Schemas`
pub(super) async fn schemas(State(services): State<Shared>) -> Scim {
    let all = all_schemas(&services);
    Scim(listed(all.len(), 1, &all))
}

/// `GET /scim/v2/Schemas/{id}`
pub(super) async fn schema(
    State(services): State<Shared>,
    id: Result<Path<String>, PathRejection>,
) -> Result<Scim, Refusal> {
    let Ok(Path(id)) = id else { return Err(Refusal::NotFound) };
    let found = all_schemas(&services).into_iter().find(|schema| schema["id"] == *id);
    found.map(Scim).ok_or(Refusal::NotFound)
}

fn all_schemas(services: &Shared) -> Vec<Value> {
    let mut all = described(&services.personnel.roles());
    for schema in &mut all {
        let path = format!("Schemas/{}", schema["id"].as_str().unwrap_or_default());
        schema["meta"] = meta(&services.base_url, "Schema", &path);
    }
    all
}

fn of_users(base: &Url) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
        "id": "User",
        "name": "User",
        "description": "An employee of this agency who may use the node",
        "endpoint": "/Users",
        "schema": SCHEMA,
        "meta": meta(base, "ResourceType", "ResourceTypes/User"),
    })
}

fn meta(base: &Url, kind: &str, path: &str) -> Value {
    json!({ "resourceType": kind, "location": format!("{base}scim/v2/{path}") })
}
