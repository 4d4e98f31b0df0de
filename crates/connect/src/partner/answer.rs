//! Reads a partner's answer: the signed note, or why it refused.

use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::{
    Response, StatusCode,
    body::Incoming,
    header::{CONTENT_TYPE, HeaderMap},
};
use kinfold_service::ports::PartnerError;
use serde::Deserialize;

const MAX_ANSWER_BYTES: usize = 8 * 1024 * 1024;
/// A refusal is a sentence on a screen.
const MAX_DETAIL_CHARS: usize = 300;

/// Reads an answer whole.
pub(super) async fn read(response: Response<Incoming>) -> Result<String, PartnerError> {
    let (head, body) = response.into_parts();
    let body = Limited::new(body, MAX_ANSWER_BYTES).collect().await;
    let body = body.map_err(|error| {
        if error.is::<LengthLimitError>() {
            PartnerError::Untrusted("its answer is longer than 8 MiB".to_owned())
        } else {
            PartnerError::Unreachable
        }
    })?;
    judge(head.status, &head.headers, body.to_bytes().into())
}

/// An answer is UTF-8 text with status 200; anything else is a refusal if it says so in the form of RFC 9457.
fn judge(status: StatusCode, headers: &HeaderMap, body: Vec<u8>) -> Result<String, PartnerError> {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let is = |wanted: &str| kind.split(';').next().is_some_and(|kind| kind.trim() == wanted);
    let untrusted = |why: &str| Err(PartnerError::Untrusted(why.to_owned()));
    if status == StatusCode::OK && is("text/plain") {
        return String::from_utf8(body).or_else(|_| untrusted("its answer is not text"));
    }
    if (status.is_client_error() || status.is_server_error())
        && is("application/problem+json")
        && let Ok(problem) = serde_json::from_slice::<Problem>(&body)
        && let Some(said) = problem.said()
    {
        return Err(PartnerError::Refused(said));
    }
    untrusted(&format!("it answered with HTTP status {}", status.as_u16()))
}

/// Problem details (RFC 9457).
#[derive(Deserialize)]
struct Problem {
    title: Option<String>,
    detail: Option<String>,
}

impl Problem {
    /// What it says, fit for a screen and a log.
    fn said(&self) -> Option<String> {
        let said = self.detail.as_ref().or(self.title.as_ref())?;
        let printable = |c: &char| !c.is_control() && !is_invisible(*c);
        let said: String = said.chars().filter(printable).take(MAX_DETAIL_CHARS).collect();
        let said = said.trim();
        (!said.is_empty()).then(|| said.to_owned())
    }
}

/// Characters that turn the direction of the text around them or can't be seen.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
