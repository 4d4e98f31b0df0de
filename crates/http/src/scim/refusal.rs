//! Every way in which a request is not answered, as a SCIM error (RFC 7644, section 3.12). None of them carries personal data.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use kinfold_service::{ports::PortError, staff::StaffError};
use serde_json::json;

use super::{view::Scim, wrong::Wrong};

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Refusal {
    /// No token, or another one.
    NoToken,
    /// There is no such address, or nobody of that identity.
    NotFound,
    /// The address does not answer this method.
    WrongMethod,
    /// RFC 7644 has it, and this surface does not offer it.
    NotOffered,
    /// The body is of another media type.
    OtherMedia,
    /// The body is longer than is read here.
    TooLarge,
    /// The body did not arrive whole, or is no JSON object.
    Syntax,
    /// What was sent is not taken.
    Wrong(Wrong),
    /// Too much to do, or it takes too long.
    Busy,
    /// A defect.
    Panicked,
    /// It was not done.
    Staff(StaffError),
}

impl Refusal {
    fn told(&self) -> (StatusCode, Option<&'static str>, String) {
        let (status, kind, text) = match self {
            Self::NoToken => {
                (StatusCode::UNAUTHORIZED, None, "send the token: authorization: Bearer …")
            }
            Self::NotFound => (StatusCode::NOT_FOUND, None, "there is no such address or user"),
            Self::WrongMethod => {
                (StatusCode::METHOD_NOT_ALLOWED, None, "this address does not answer that method")
            }
            Self::NotOffered => (StatusCode::NOT_IMPLEMENTED, None, "that is not offered here"),
            Self::OtherMedia => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, None, "send the body as application/scim+json")
            }
            Self::TooLarge => {
                (StatusCode::PAYLOAD_TOO_LARGE, None, "the body is longer than 64 KiB")
            }
            Self::Syntax => {
                (StatusCode::BAD_REQUEST, Some("invalidSyntax"), "the body is no JSON object")
            }
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, None, "too much to do: try once more"),
            Self::Panicked => {
                (StatusCode::INTERNAL_SERVER_ERROR, None, "a defect: tell the node's operator")
            }
            Self::Wrong(Wrong { kind, text }) => {
                return (StatusCode::BAD_REQUEST, Some(kind), text.clone());
            }
            Self::Staff(error) => return of_staff(error),
        };
        (status, kind, text.to_owned())
    }
}

fn of_staff(error: &StaffError) -> (StatusCode, Option<&'static str>, String) {
    let (status, kind) = match error {
        StaffError::Taken => (StatusCode::CONFLICT, Some("uniqueness")),
        StaffError::NoAccount => (StatusCode::NOT_FOUND, None),
        StaffError::Unnamed | StaffError::UnknownRole { .. } | StaffError::NotIts { .. } => {
            (StatusCode::BAD_REQUEST, Some("invalidValue"))
        }
        StaffError::NotLeft | StaffError::Oneself => (StatusCode::CONFLICT, None),
        StaffError::Session(_)
        | StaffError::Token(_)
        | StaffError::Passkey(_)
        | StaffError::Emergency(_)
        | StaffError::Link(_)
        | StaffError::Pin
        | StaffError::Ledger(_)
        | StaffError::Store(_) => {
            let text = "this node could not do it: say it again later, and tell its operator";
            return (StatusCode::SERVICE_UNAVAILABLE, None, text.to_owned());
        }
    };
    (status, kind, error.to_string())
}

impl From<StaffError> for Refusal {
    fn from(error: StaffError) -> Self {
        Self::Staff(error)
    }
}

impl From<Wrong> for Refusal {
    fn from(wrong: Wrong) -> Self {
        Self::Wrong(wrong)
    }
}

impl From<PortError> for Refusal {
    fn from(error: PortError) -> Self {
        Self::Staff(error.into())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, kind, detail) = self.told();
        if let (Self::Staff(error), StatusCode::SERVICE_UNAVAILABLE) = (&self, status) {
            let error: &(dyn std::error::Error + 'static) = error;
            tracing::error!(error, "what a personnel system said could not be done");
        }
        let mut body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
            "status": status.as_u16().to_string(),
            "detail": detail,
        });
        if let Some(kind) = kind {
            body["scimType"] = kind.into();
        }
        let mut response = (status, Scim(body)).into_response();
        if status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Bearer");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}
