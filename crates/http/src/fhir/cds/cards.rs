//! Cards: what a clinician sees beside the patient's record.

use kinfold_domain::CheckAnswer;
use kinfold_service::check::{CheckError, Checked};
use serde_json::{Value, json};

use crate::fhir::{
    answer::Desk,
    ring,
    told::{self, told},
    words::markdown,
};

/// What the standard allows a summary to be, in characters.
const LONGEST_SUMMARY: usize = 139;

/// The card for an answer; none only where every register answered no, and was asked by all that was sent.
pub(super) fn of(desk: &Desk, checked: &Checked, unread: &[String]) -> Vec<Value> {
    if told::is_plain_no(checked) && unread.is_empty() {
        return Vec::new();
    }
    let told = told(desk, checked);
    let mut lines = told.lines;
    if !unread.is_empty() {
        lines.insert(0, "Part of the patient's record was not searched by:".to_owned());
        lines.splice(1..1, unread.iter().map(|problem| format!("{problem}.")));
    }
    let weight = match &checked.answer {
        CheckAnswer::OnRegister { .. } => "critical",
        CheckAnswer::RecentlyEnded { .. }
        | CheckAnswer::NotOnRegister
        | CheckAnswer::Several { .. }
        | CheckAnswer::Unconfirmed
        | CheckAnswer::Sealed { .. } => "warning",
    };
    vec![card(desk, weight, &format!("Child protection: {}", lowered(&told.summary)), &lines)]
}

/// The card for a check that was not answered: silence would be taken for "not on the register".
pub(super) fn unchecked(desk: &Desk, error: &CheckError) -> Value {
    let mut lines = vec![format!("{error}."), "This says nothing about the child.".to_owned()];
    lines.extend(ring::everybody(desk));
    card(desk, "warning", "Child protection: the registers were not checked", &lines)
}

fn card(desk: &Desk, indicator: &str, summary: &str, lines: &[String]) -> Value {
    let detail: Vec<String> = lines.iter().map(|line| format!("- {}", markdown(line))).collect();
    let summary: String = summary.chars().take(LONGEST_SUMMARY).collect();
    json!({
        "uuid": desk.uuid().to_string(),
        "summary": summary,
        "indicator": indicator,
        "detail": detail.join("\n"),
        "source": { "label": format!("Kinfold at {}", desk.services.agency.name) },
        "links": [{
            "label": "Check in Kinfold",
            "url": desk.address("check"),
            "type": "absolute",
        }],
    })
}

fn lowered(summary: &str) -> String {
    let mut chars = summary.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}
