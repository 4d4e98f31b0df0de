//! `OperationOutcome` (hl7.org/fhir/R4/operationoutcome.html): what is to be said beside an answer, or instead of one.

use serde_json::{Value, json};

/// How much an issue weighs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Severity {
    Error,
    Warning,
    Information,
}

impl Severity {
    const fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Information => "information",
        }
    }
}

/// One thing to say.
#[derive(Clone, Debug)]
pub(super) struct Issue {
    pub(super) severity: Severity,
    /// A code of FHIR's `issue-type`.
    pub(super) code: &'static str,
    /// Which of the answers it is, where it is one.
    pub(super) answer: Option<&'static str>,
    /// In words, for whoever reads it.
    pub(super) text: String,
}

/// The system of the codes of [`Issue::answer`].
pub(super) const ANSWERS: &str = "urn:kinfold:check-answer";

impl Issue {
    /// A refusal.
    pub(super) fn error(code: &'static str, text: impl Into<String>) -> Self {
        Self { severity: Severity::Error, code, answer: None, text: text.into() }
    }

    /// Something that a reader must not overlook.
    pub(super) fn warning(code: &'static str, text: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, code, answer: None, text: text.into() }
    }

    fn json(&self) -> Value {
        let mut details = json!({ "text": self.text });
        if let Some(answer) = self.answer {
            details["coding"] = json!([{ "system": ANSWERS, "code": answer }]);
        }
        json!({ "severity": self.severity.word(), "code": self.code, "details": details })
    }
}

/// The resource.
pub(super) fn outcome(issues: &[Issue]) -> Value {
    let issues: Vec<Value> = issues.iter().map(Issue::json).collect();
    json!({ "resourceType": "OperationOutcome", "issue": issues })
}
