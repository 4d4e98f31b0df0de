//! CDS Hooks (cds-hooks.hl7.org, 1.0 and 2.0): when somebody opens a patient, their clinical system asks by itself, and shows a card.

mod caller;
mod cards;

use axum::{
    body::Body,
    extract::{Request, State},
    http::StatusCode,
    response::Response,
};
use kinfold_service::check::{CheckError, CheckQuestion};
use kinfold_wire::{fhir::Limits, hooks::PatientView};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    answer::{Shared, json},
    body,
    media::TakesJson,
    people,
    refusal::{Refusal, told_operator},
};
use caller::HookCaller;

/// The address of the service, below the node's own.
const SERVICE: &str = "cds-services/child-protection";

/// `GET /cds-services`
pub(in crate::fhir) async fn services(_: TakesJson) -> Response {
    let body = json!({ "services": [{
        "hook": "patient-view",
        "id": "child-protection",
        "title": "Child protection register",
        "description": "Whether the child is on the partner councils' registers, as at when, and whom to ring. No card is shown only \
            when every register answered that the child is not on it.",
        "prefetch": { "patient": "Patient/{{context.patientId}}" },
        "usageRequirements": "Call it for patients under 18 and for pregnant patients alone. Show an error as not checked.",
    }] });
    cards_json(&body)
}

/// `POST /cds-services/child-protection`
pub(in crate::fhir) async fn view(
    State(desk): State<Shared>,
    HookCaller(client): HookCaller,
    _: TakesJson,
    request: Request<Body>,
) -> Result<Response, Refusal> {
    let bytes = body::resource(request).await?;
    let limits = Limits { bytes: body::RESOURCE, ..Limits::default() };
    let call = PatientView::parse(&bytes, limits)?;
    let (subject, unread) = people::described(&desk, &call.patient)?;
    let question = CheckQuestion { subject, purpose: people::purpose(), choice: None };
    let cards = match desk.services.check.check_by_itself(&client.system, question).await {
        Ok(release) => cards::of(&desk, release.content(), &unread),
        Err(error) => {
            told_operator(&error, matches!(error, CheckError::Ledger(_)));
            vec![cards::unchecked(&desk, &error)]
        }
    };
    Ok(cards_json(&json!({ "cards": cards })))
}

#[derive(Deserialize)]
struct Feedback {
    feedback: Vec<OneFeedback>,
}

#[derive(Deserialize)]
struct OneFeedback {
    #[serde(rename = "card")]
    _card: String,
    #[serde(rename = "outcome")]
    _outcome: String,
}

/// `POST /cds-services/child-protection/feedback`: taken and not kept, since a card asks for nothing that could be accepted.
pub(in crate::fhir) async fn feedback(
    HookCaller(_): HookCaller,
    _: TakesJson,
    request: Request<Body>,
) -> Result<Response, Refusal> {
    let bytes = body::resource(request).await?;
    let read: Result<Feedback, _> = serde_json::from_slice(&bytes);
    match read {
        Ok(Feedback { feedback }) if !feedback.is_empty() => Ok(cards_json(&json!({}))),
        _ => Err(Refusal::invalid("structure", "the body is no feedback of CDS Hooks")),
    }
}

fn cards_json(body: &Value) -> Response {
    json(StatusCode::OK, "application/json", body)
}
