//! The schemas (RFC 7643, section 7): the user's as it is kept here, and those of the documents that this surface tells about itself.

use serde_json::{Value, json};

use super::user::SCHEMA;

/// All of them; `roles` are those that can be given.
pub(super) fn described(roles: &[String]) -> Vec<Value> {
    vec![user(roles), provider(), resource_type(), schema()]
}

fn user(roles: &[String]) -> Value {
    let text = |name, description| sent(name, "string").described(description);
    let attributes = vec![
        text("userName", "What they type to sign in; belongs to one person for good")
            .required()
            .with("mutability", "immutable")
            .with("uniqueness", "server"),
        text("displayName", "Their name, as the other agency reads it").required(),
        text("title", "Their job title, as the other agency reads it").required(),
        text("userType", "Their role, as the agreement names it")
            .required()
            .with("canonicalValues", roles),
        sent("emails", "complex")
            .described("Where they are told that something waits: one address")
            .several()
            .of(vec![
                text("value", "The address").required(),
                text("type", "What it is for").with("canonicalValues", ["work"]),
            ]),
        sent("active", "boolean").described("They work here; false: they have left").required(),
    ];
    core("User", "An employee", attributes)
}

fn provider() -> Value {
    let supported = || told("supported", "boolean").required();
    let can = |name| told(name, "complex").required().of(vec![supported()]);
    let number = |name| told(name, "integer").required();
    let text = |name| told(name, "string").required();
    let attributes = vec![
        reference("documentationUri", "external"),
        can("patch"),
        told("bulk", "complex").required().of(vec![
            supported(),
            number("maxOperations"),
            number("maxPayloadSize"),
        ]),
        told("filter", "complex").required().of(vec![supported(), number("maxResults")]),
        can("changePassword"),
        can("sort"),
        can("etag"),
        told("authenticationSchemes", "complex").several().required().of(vec![
            text("type"),
            text("name"),
            text("description"),
            reference("specUri", "external"),
            reference("documentationUri", "external"),
            told("primary", "boolean"),
        ]),
    ];
    core("ServiceProviderConfig", "What is offered here", attributes)
}

fn resource_type() -> Value {
    let uri = |name| reference(name, "uri").required().with("caseExact", true);
    let extension = vec![uri("schema"), told("required", "boolean").required()];
    let attributes = vec![
        told("id", "string"),
        told("name", "string").required(),
        told("description", "string"),
        reference("endpoint", "uri").required(),
        uri("schema"),
        told("schemaExtensions", "complex").several().of(extension),
    ];
    core("ResourceType", "A kind of resource", attributes)
}

fn schema() -> Value {
    let parts = |of: Vec<Attribute>| {
        let mut parts = vec![told("name", "string").required(), told("type", "string").required()];
        parts.extend(of);
        for name in ["multiValued", "required", "caseExact"] {
            parts.push(told(name, "boolean"));
        }
        for name in ["description", "mutability", "returned", "uniqueness"] {
            parts.push(told(name, "string"));
        }
        for name in ["canonicalValues", "referenceTypes"] {
            parts.push(told(name, "string").several());
        }
        parts
    };
    let inner = told("subAttributes", "complex").several().of(parts(Vec::new()));
    let attributes = vec![
        told("id", "string").required(),
        told("name", "string").required(),
        told("description", "string"),
        told("attributes", "complex").several().required().of(parts(vec![inner])),
    ];
    core("Schema", "A schema", attributes)
}

fn core(name: &str, description: &str, attributes: Vec<Attribute>) -> Value {
    let start = SCHEMA.strip_suffix("User").unwrap_or_default();
    json!({
        "schemas": [format!("{start}Schema")],
        "id": format!("{start}{name}"),
        "name": name,
        "description": description,
        "attributes": attributes.into_iter().map(|attribute| attribute.0).collect::<Vec<_>>(),
    })
}

/// An attribute's description.
struct Attribute(Value);

/// One that the personnel system says.
fn sent(name: &str, kind: &str) -> Attribute {
    told(name, kind).with("mutability", "readWrite")
}

/// One that is told here alone.
fn told(name: &str, kind: &str) -> Attribute {
    Attribute(json!({
        "name": name,
        "type": kind,
        "multiValued": false,
        "description": name,
        "required": false,
        "caseExact": false,
        "mutability": "readOnly",
        "returned": "default",
        "uniqueness": "none",
    }))
}

fn reference(name: &str, to: &str) -> Attribute {
    told(name, "reference").with("referenceTypes", [to])
}

impl Attribute {
    fn with(mut self, key: &str, value: impl serde::Serialize) -> Self {
        self.0[key] = json!(value);
        self
    }

    fn described(self, description: &str) -> Self {
        self.with("description", description)
    }

    fn required(self) -> Self {
        self.with("required", true)
    }

    fn several(self) -> Self {
        self.with("multiValued", true)
    }

    fn of(self, parts: Vec<Self>) -> Self {
        let parts: Vec<Value> = parts.into_iter().map(|part| part.0).collect();
        self.with("subAttributes", parts)
    }
}
