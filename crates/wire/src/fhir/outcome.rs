//! `OperationOutcome` (hl7.org/fhir/R4/operationoutcome.html): a server says why not.

use serde::Deserialize;

use super::element::{Element, Elements, Text};
use super::nesting::too_deep;

/// What an `OperationOutcome` says, without its free text: that may speak of a person.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Outcome {
    /// The code of its first error, such as `not-supported`, `throttled`, `exception`.
    pub code: String,
    /// At least one issue is an error.
    pub is_error: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw {
    resource_type: Text,
    #[serde(default)]
    issue: Elements<Issue>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Issue {
    severity: Element<Text>,
    code: Element<Text>,
}

impl Outcome {
    /// Reads an `OperationOutcome`; `None` when the bytes are anything else.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        if bytes.len() > 1024 * 1024 || too_deep(bytes) {
            return None;
        }
        let raw: Raw = serde_json::from_slice(bytes).ok()?;
        if raw.resource_type.as_str() != "OperationOutcome" {
            return None;
        }
        let is_error = |issue: &&Issue| {
            matches!(issue.severity.get().map(Text::as_str), Some("error" | "fatal"))
        };
        let issues = raw.issue.get();
        let error = issues.iter().find(is_error);
        let said = error.or_else(|| issues.first()).and_then(|issue| issue.code.get());
        let code = said.map(Text::as_str).filter(|code| is_code(code)).unwrap_or("unknown");
        Some(Self { code: code.to_owned(), is_error: error.is_some() })
    }
}

/// Issue types are short lower-case words; anything else could be free text.
fn is_code(text: &str) -> bool {
    (1..=32).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
}
