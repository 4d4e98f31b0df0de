//! An employee as a SCIM user, and the answer that carries it.

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use kinfold_service::staff::Known;
use serde_json::{Map, Value, json};
use url::Url;

use super::user::SCHEMA;

/// An answer's body.
pub(super) struct Scim(pub(super) Value);

impl IntoResponse for Scim {
    fn into_response(self) -> Response {
        let kind = HeaderValue::from_static("application/scim+json");
        ([(header::CONTENT_TYPE, kind)], Body::from(self.0.to_string())).into_response()
    }
}

/// Attributes that are always there (RFC 7643, section 7: returned `always`).
const ALWAYS: [&str; 2] = ["schemas", "id"];

/// Which attributes somebody wants to read (RFC 7644, section 3.9).
#[derive(Default)]
pub(super) struct Wish {
    /// These alone.
    pub(super) only: Option<Vec<String>>,
    /// All but these.
    pub(super) without: Vec<String>,
}

impl Wish {
    /// Leaves out what is not wanted. Of a part of an attribute the whole attribute is meant.
    pub(super) fn narrow(&self, mut user: Value) -> Value {
        let names = |list: &[String], name: &str| {
            let path = |one: &String| one.rsplit(':').next().unwrap_or_default().to_lowercase();
            list.iter().any(|one| path(one).split('.').next() == Some(&name.to_lowercase()))
        };
        if let Value::Object(user) = &mut user {
            user.retain(|name, _| {
                ALWAYS.contains(&name.as_str())
                    || self
                        .only
                        .as_ref()
                        .map_or_else(|| !names(&self.without, name), |only| names(only, name))
            });
        }
        user
    }
}

/// Where a user is found.
pub(super) fn location(base: &Url, known: &Known) -> String {
    format!("{base}scim/v2/Users/{}", known.employed.employee.id.0)
}

/// The user as the personnel system reads it.
pub(super) fn user(base: &Url, known: &Known) -> Value {
    Value::Object(map(base, known))
}

/// The same, by its attributes.
pub(super) fn map(base: &Url, known: &Known) -> Map<String, Value> {
    let employee = &known.employed.employee;
    let mut meta = json!({ "resourceType": "User", "location": location(base, known) });
    if let Some(changed) = known.employed.changed {
        meta["lastModified"] = changed.to_string().into();
    }
    let mut user = Map::new();
    let mut says = |name: &str, value: Value| user.insert(name.to_owned(), value);
    says("schemas", json!([SCHEMA]));
    says("id", json!(employee.id.0));
    says("userName", json!(employee.user_name));
    says("displayName", json!(employee.name.expose()));
    says("title", json!(employee.job_title));
    says("userType", json!(employee.role));
    says("active", json!(!known.employed.left));
    if let Some(email) = &known.email {
        says("emails", json!([{ "value": email.expose(), "type": "work" }]));
    }
    if let Some(external) = &known.external {
        says("externalId", json!(external.expose()));
    }
    says("meta", meta);
    user
}
