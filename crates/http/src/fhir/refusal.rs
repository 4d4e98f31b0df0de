//! Every way in which a request is not answered, as an `OperationOutcome`. None of them carries personal data.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use kinfold_service::{check::CheckError, identify::IdentifyError};
use kinfold_wire::{fhir::MatchRequestError, hooks::HookError};

use super::{
    answer::{Desk, Fhir},
    issue::{Issue, outcome},
    ring,
};

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Refusal {
    /// No token came along.
    NoToken,
    /// The token is unknown, or over.
    DeadToken,
    /// A CDS Hooks token is not believed.
    Distrusted,
    /// The token does not open this.
    NoScope(&'static str),
    /// The client wants something else than JSON.
    NotAcceptable,
    /// The body is of another media type than is read here.
    OtherMedia(&'static str),
    /// The body is longer than is read here.
    TooLarge,
    /// The body did not arrive whole, or not in time.
    Broken,
    /// The request can't be understood; the text names the part.
    Invalid { code: &'static str, text: String },
    /// A patient was named and not sent.
    NotPrefetched,
    /// There is no such address.
    NotFound,
    /// The address does not answer this method.
    WrongMethod,
    /// The node has too much to do, or takes too long.
    Busy,
    /// A defect.
    Panicked,
    /// The check was not answered; with whom to ring.
    Check(Box<CheckError>, Vec<String>),
    /// Nobody was looked for.
    Identify(Box<IdentifyError>),
}

impl Refusal {
    pub(super) fn invalid(code: &'static str, text: impl Into<String>) -> Self {
        Self::Invalid { code, text: text.into() }
    }

    /// The check was not answered: whom to ring stands in the refusal.
    pub(super) fn check(desk: &Desk, error: CheckError) -> Self {
        Self::Check(Box::new(error), ring::everybody(desk))
    }

    const fn status(&self) -> StatusCode {
        match self {
            Self::NoToken | Self::DeadToken | Self::Distrusted => StatusCode::UNAUTHORIZED,
            Self::NoScope(_) => StatusCode::FORBIDDEN,
            Self::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            Self::OtherMedia(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Broken | Self::Invalid { .. } => StatusCode::BAD_REQUEST,
            Self::NotPrefetched => StatusCode::PRECONDITION_FAILED,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            Self::Panicked => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Check(error, _) => match **error {
                CheckError::Refused(_) => StatusCode::FORBIDDEN,
                CheckError::NoAgreement(_) | CheckError::NoRegister | CheckError::Ledger(_) => {
                    StatusCode::SERVICE_UNAVAILABLE
                }
            },
            Self::Identify(error) => match **error {
                IdentifyError::Refused(_) => StatusCode::FORBIDDEN,
                IdentifyError::NoAgreement(_) | IdentifyError::Ledger(_) => {
                    StatusCode::SERVICE_UNAVAILABLE
                }
                IdentifyError::Store(_) => StatusCode::INTERNAL_SERVER_ERROR,
            },
        }
    }

    fn issue(&self) -> Issue {
        let (code, text) = match self {
            Self::NoToken => ("login", "send an access token: authorization: Bearer …"),
            Self::DeadToken => ("expired", "this access token is unknown or over: fetch another"),
            Self::Distrusted => ("login", "this token is not believed: see the integrators' guide"),
            Self::NoScope(scope) => {
                return Issue::error("forbidden", format!("the access token needs {scope}"));
            }
            Self::NotAcceptable => ("not-supported", "answers are application/fhir+json"),
            Self::OtherMedia(kind) => {
                return Issue::error("not-supported", format!("send the body as {kind}"));
            }
            Self::TooLarge => ("too-long", "the body is longer than is read here"),
            Self::Broken => ("structure", "the body did not arrive whole and in time"),
            Self::Invalid { code, text } => return Issue::error(code, text.clone()),
            Self::NotPrefetched => {
                return Issue::error("required", HookError::NotPrefetched.to_string());
            }
            Self::NotFound => ("not-found", "there is no such address: see /fhir/metadata"),
            Self::WrongMethod => ("not-supported", "this address does not answer that method"),
            Self::Busy => ("transient", "the node has too much to do: try once more, or ring"),
            Self::Panicked => ("exception", "the program has a defect: tell the node's operator"),
            Self::Check(error, ring) => return of_check(error, ring),
            Self::Identify(error) => return of_identify(error),
        };
        Issue::error(code, text)
    }
}

fn of_check(error: &CheckError, ring: &[String]) -> Issue {
    let code = match error {
        CheckError::Refused(_) => "forbidden",
        CheckError::NoAgreement(_) | CheckError::NoRegister | CheckError::Ledger(_) => "no-store",
    };
    let text = format!("Nothing was checked: {error}. {}", ring.join(" "));
    Issue::error(code, text.trim_end())
}

fn of_identify(error: &IdentifyError) -> Issue {
    let code = match error {
        IdentifyError::Refused(_) => "forbidden",
        IdentifyError::NoAgreement(_) | IdentifyError::Ledger(_) => "no-store",
        IdentifyError::Store(_) => {
            return Issue::error("exception", "what this node keeps could not be read");
        }
    };
    Issue::error(code, format!("Nobody was looked for: {error}."))
}

impl From<MatchRequestError> for Refusal {
    fn from(error: MatchRequestError) -> Self {
        let code = match error {
            MatchRequestError::NotJson | MatchRequestError::NotParameters => "structure",
            MatchRequestError::NoPatient => "required",
            MatchRequestError::Parameter(_) => "value",
            MatchRequestError::Unknown => "not-supported",
        };
        Self::invalid(code, error.to_string())
    }
}

impl From<HookError> for Refusal {
    fn from(error: HookError) -> Self {
        match error {
            HookError::NotPrefetched => Self::NotPrefetched,
            HookError::Malformed => Self::invalid("structure", error.to_string()),
            HookError::OtherHook => Self::invalid("not-supported", error.to_string()),
            HookError::OtherPatient => Self::invalid("conflict", error.to_string()),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        log(&self);
        let mut response = Fhir(self.status(), outcome(&[self.issue()])).into_response();
        // RFC 6750 section 3.
        let challenge = match self {
            Self::NoToken => "Bearer",
            Self::DeadToken | Self::Distrusted => "Bearer error=\"invalid_token\"",
            Self::NoScope(_) => "Bearer error=\"insufficient_scope\"",
            _ => return response,
        };
        let challenge = HeaderValue::from_static(challenge);
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        response
    }
}

/// Whatever somebody has to mend stands in the log, once.
fn log(refusal: &Refusal) {
    match refusal {
        Refusal::Check(error, _) => {
            told_operator(&**error, matches!(**error, CheckError::Ledger(_)));
        }
        Refusal::Identify(error) => told_operator(
            &**error,
            matches!(**error, IdentifyError::Ledger(_) | IdentifyError::Store(_)),
        ),
        _ => {}
    }
}

/// Logs a failure of this node's own.
pub(super) fn told_operator(error: &(dyn std::error::Error + 'static), is_own: bool) {
    if is_own {
        tracing::error!(error, "a clinical system could not be answered");
    }
}
